import FoundationEssentials
import PKI
import Testing

@testable import PracticeCA

@Suite("What is issued")
struct IssuingPolicyTests {
    private let policy = IssuingPolicy(validityDays: 365)

    private func template(_ request: CertificateRequest) -> CertificateTemplate {
        policy.template(for: request, serialNumber: [1], now: noon)
    }

    @Test("Subject, key, names and key usage are those of the request")
    func asRequested() throws {
        let request = try makeRequest(key: Keys.device.get(), usage: .digitalSignature)
        let template = template(request)
        #expect(template.subject == request.subject)
        #expect(template.publicKey == request.publicKey)
        #expect(template.subjectAltNames == [.dns("device.example"), .ip([192, 0, 2, 7])])
        #expect(template.keyUsage == .digitalSignature)
        #expect(!template.isCA)
    }

    @Test("A certificate is for TLS servers and clients, for the set time, from five minutes ago")
    func fixed() throws {
        let template = try template(makeRequest(key: Keys.device.get()))
        #expect(template.extendedKeyUsages == ["1.3.6.1.5.5.7.3.1", "1.3.6.1.5.5.7.3.2"])
        #expect(template.notBefore == noon.addingTimeInterval(-300))
        #expect(template.notAfter == noon.addingTimeInterval(365 * 86400 - 300))
    }

    @Test("Nobody makes itself a CA")
    func noCA() throws {
        let request = try makeRequest(key: Keys.device.get(), usage: [.digitalSignature, .keyCertSign, .cRLSign])
        #expect(template(request).keyUsage == .digitalSignature)
    }

    @Test("A request with a changed byte is refused")
    func badSignature() throws {
        var der = try makeRequest(key: Keys.device.get()).der
        der[der.count - 1] ^= 1
        let request = try CertificateRequest(der: der)
        #expect(throws: IssuingPolicy.Refusal.request) {
            try policy.check(request)
        }
    }

    @Test("RSA and elliptic-curve keys are accepted", arguments: [KeyAlgorithm.p256, .p384, .rsa(bits: 1024)])
    func keys(algorithm: KeyAlgorithm) throws {
        let request = try makeRequest(key: PrivateKey.generate(algorithm), usage: .digitalSignature)
        #expect(throws: Never.self) { try policy.check(request) }
    }
}
