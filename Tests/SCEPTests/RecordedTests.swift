import Foundation
import PKI
import Testing

@testable import SCEP

/// Messages of real servers. Their private keys are not known, so they are read as far as the envelope.
@Suite struct RecordedTests {
    private func signedData(_ name: String) throws -> (SignedData, MessageAttributes) {
        let signedData = try SignedData(ber: Samples.recorded(name))
        return (signedData, MessageAttributes(signedData: signedData))
    }

    /// Reads a recorded reply as the engine does, knowing its signer, transaction and nonce.
    private func read(_ name: String, signer: Certificate) throws -> VerifiedReply.Content {
        let (_, attributes) = try signedData(name)
        let now = signer.notBefore + Samples.day
        let authority = try Authority(
            certificates: [signer], capabilities: Capabilities(unknown: .empty), trust: .unconfirmed, now: now)
        let id = try #require(try attributes.text(AttributeOID.transactionID).flatMap(TransactionID.init))
        let nonce = Nonce(bytes: try #require(try attributes.octets(AttributeOID.recipientNonce)))
        return try VerifiedReply(
            Samples.recorded(name), authority: authority, transactionID: id, nonce: nonce, policy: ReplyPolicy(),
            now: now
        ).content
    }

    @Test("R4, R7: the SUCCESS of a real NDES is verified by its RA certificate; its envelope is AES-128-CBC")
    func ndesSuccess() throws {
        let registration = try Certificate(
            pem: String(decoding: Samples.recorded("micromdm/ndes-ra.pem"), as: UTF8.self))
        let (message, attributes) = try signedData("micromdm/ndes-success.der")
        #expect(message.certificates.isEmpty && message.digest == .sha1)
        #expect(try attributes.text(AttributeOID.microsoftMessage) == "Issued")
        #expect(registration.extendedKeyUsages.contains("1.3.6.1.4.1.311.20.2.1"))
        guard case .success(let envelope) = try read("micromdm/ndes-success.der", signer: registration) else {
            Issue.record("no SUCCESS")
            return
        }
        #expect(try Envelope(envelope, invalid: .malformedReply).cipher == .aes128CBC)
    }

    @Test("R11: micromdm's SUCCESS without senderNonce is verified by its CA")
    func micromdmSuccess() throws {
        let ca = try Certificate(pem: String(decoding: Samples.recorded("micromdm/ca.pem"), as: UTF8.self))
        let (_, attributes) = try signedData("micromdm/CertRep.der")
        #expect(try attributes.octets(AttributeOID.senderNonce) == nil)
        guard case .success(let envelope) = try read("micromdm/CertRep.der", signer: ca) else {
            Issue.record("no SUCCESS")
            return
        }
        #expect(try Envelope(envelope, invalid: .malformedReply).cipher == .desCBC)
    }

    @Test("R1, R3: the FAILURE of NDES 2012 has one zero byte, failInfo 2 and an HRESULT; its signer is unknown to us")
    func ndesFailure() throws {
        let (message, attributes) = try signedData("ndes2012-failure.der")
        #expect(message.content == [0] && message.certificates.isEmpty)
        #expect(try attributes.text(AttributeOID.pkiStatus) == "2")
        #expect(try attributes.text(AttributeOID.failInfo) == "2")
        #expect(try attributes.text(AttributeOID.microsoftStatus) == "-2147024809")
        let stranger = try SampleCA().certificate
        #expect(code { _ = try read("ndes2012-failure.der", signer: stranger) } == .unknownSigner)
    }

    @Test("jscep's SUCCESS is verified by the certificate that signed it")
    func jscep() throws {
        let (message, _) = try signedData("jscep/scep_resp2.der")
        let signer = try #require(message.signerCertificate(among: message.certificates))
        guard case .success(let envelope) = try read("jscep/scep_resp2.der", signer: signer) else {
            Issue.record("no SUCCESS")
            return
        }
        #expect(try Envelope(envelope, invalid: .malformedReply).cipher == .aes128CBC)
    }
}
