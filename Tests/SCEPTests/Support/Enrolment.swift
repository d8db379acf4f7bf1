import Foundation
import PKI

@testable import SCEP

/// An enrolment whose request has been made and is answered by a server of the tests.
struct Enrolment {
    let ca: SampleCA
    let signing: Certificate
    let encryption: Certificate
    let key: PrivateKey
    let request: CertificateRequest
    let random = CountingRandom()
    var transaction: Transaction
    let message: OutgoingMessage

    /// - Parameters:
    ///   - withRA: an NDES-like authority with two RA certificates; else a CA alone.
    ///   - key: of the request, when it is not the one that signs the messages.
    init(
        withRA: Bool = false, capabilities: String = "SCEPStandard", key: PrivateKey? = nil,
        request: CertificateRequest? = nil, ca: SampleCA? = nil
    ) throws {
        let ca = try ca ?? SampleCA()
        self.ca = ca
        signing = try ca.issue("RA signing", keyName: "ra-signing", usage: .digitalSignature, serial: [3])
        encryption = try ca.issue("RA encryption", keyName: "ra-encryption", usage: .keyEncipherment, serial: [4])
        self.key = try Samples.key("requester")
        self.request = try request ?? Samples.request(key: key)
        transaction = try Transaction(
            csr: self.request, key: self.key, server: Samples.server(), now: Samples.now, random: random)
        let authority = try Authority(
            certificates: withRA ? [signing, encryption, ca.certificate] : [ca.certificate],
            capabilities: Capabilities(body: Array(capabilities.utf8)), trust: .unconfirmed, now: Samples.now)
        try transaction.adopt(authority, accepted: Fingerprint(of: ca.certificate))
        message = try transaction.makeRequest(key: self.key, random: random)
    }

    /// The certificates and keys that the server may decrypt with.
    var recipients: [(certificate: Certificate, key: PrivateKey)] {
        get throws { [(ca.certificate, ca.key), (encryption, try Samples.key("ra-encryption"))] }
    }

    /// A message as the server reads it.
    func read(_ message: OutgoingMessage) throws -> RequestMessage {
        try RequestMessage(ber: message.bytes, recipients: recipients)
    }

    /// The certificate that the request asks for.
    func issued() throws -> Certificate { try ca.issue(to: request) }

    /// The body of a reply, signed by the CA unless another signer is named.
    func reply(
        _ result: ReplyMessage.Result, _ options: ReplyOptions = ReplyOptions(), to message: OutgoingMessage? = nil,
        signer: (certificate: Certificate, key: PrivateKey)? = nil
    ) throws -> [UInt8] {
        let signer = signer ?? (ca.certificate, ca.key)
        return try ReplyMessage(to: read(message ?? self.message), result)
            .encoded(signer: signer.certificate, key: signer.key, options: options, random: random)
    }

    /// A SUCCESS with the certificate alone.
    func success(_ change: (inout ReplyOptions) throws -> Void = { _ in }) throws -> [UInt8] {
        var options = ReplyOptions()
        try change(&options)
        return try reply(.success(issued(), chain: []), options)
    }

    /// Hands a body to the transaction as the server's answer with status 200.
    mutating func receive(
        _ body: [UInt8], contentType: String? = "application/x-pki-message", policy: ReplyPolicy = ReplyPolicy(),
        now: Date = Samples.now
    ) throws -> Outcome {
        try transaction.receive(
            TransportReply(status: 200, contentType: contentType, body: body), key: key, policy: policy, now: now)
    }
}

extension Outcome {
    var certificate: Certificate? {
        if case .issued(let issued) = self { issued.certificate } else { nil }
    }

    var failure: Failure? {
        if case .failed(let failure) = self { failure } else { nil }
    }
}
