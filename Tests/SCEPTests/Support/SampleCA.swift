import Foundation
import PKI

@testable import SCEP

/// A CA of the tests, with the certificates of its registration authorities.
struct SampleCA {
    let key: PrivateKey
    let certificate: Certificate

    static let caUsage: KeyUsage = [.keyCertSign, .cRLSign]

    init(
        _ name: String = "CA", keyName: String = "ca", key: PrivateKey? = nil, usage: KeyUsage = caUsage,
        from: Date = Samples.now - 365 * Samples.day, to: Date = Samples.now + 3650 * Samples.day,
        digest: DigestAlgorithm = .sha256
    ) throws {
        self.key = try key ?? Samples.key(keyName)
        var template = try Self.template(name, self.key, serial: [1], from: from, to: to)
        template.isCA = true
        template.keyUsage = usage
        certificate = try template.selfSigned(with: self.key, digest: digest)
    }

    private init(key: PrivateKey, certificate: Certificate) {
        self.key = key
        self.certificate = certificate
    }

    /// A CA below this one.
    func below(_ name: String, keyName: String, usage: KeyUsage = caUsage) throws -> SampleCA {
        let key = try Samples.key(keyName)
        var template = try Self.template(name, key, serial: [2])
        template.isCA = true
        template.keyUsage = usage
        return SampleCA(key: key, certificate: try template.issued(by: certificate, key: self.key, digest: .sha256))
    }

    /// An end-entity certificate; nil usage leaves keyUsage out.
    func issue(
        _ name: String, keyName: String, usage: KeyUsage, serial: [UInt8] = [3],
        from: Date = Samples.now - Samples.day, to: Date = Samples.now + 365 * Samples.day,
        digest: DigestAlgorithm = .sha256
    ) throws -> Certificate {
        var template = try Self.template(name, Samples.key(keyName), serial: serial, from: from, to: to)
        template.keyUsage = usage
        return try template.issued(by: certificate, key: key, digest: digest)
    }

    /// What a request asks for.
    func issue(
        to request: CertificateRequest, subject: Name? = nil, subjectAltNames: [GeneralName]? = nil,
        serial: [UInt8] = [77], from: Date = Samples.now - Samples.day, to: Date = Samples.now + 365 * Samples.day,
        isCA: Bool = false
    ) throws -> Certificate {
        let template = CertificateTemplate(
            subject: subject ?? request.subject, publicKey: request.publicKey, serialNumber: serial, notBefore: from,
            notAfter: to, isCA: isCA, subjectAltNames: subjectAltNames ?? request.subjectAltNames)
        return try template.issued(by: certificate, key: key, digest: .sha256)
    }

    static func template(
        _ name: String, _ key: PrivateKey, serial: [UInt8], from: Date = Samples.now - 365 * Samples.day,
        to: Date = Samples.now + 3650 * Samples.day
    ) throws -> CertificateTemplate {
        CertificateTemplate(
            subject: try Name(organization: "Example", commonName: name), publicKey: key.publicKey,
            serialNumber: serial, notBefore: from, notAfter: to)
    }
}
