import FoundationEssentials
import PKI
import Testing

@testable import PracticeCA

@Suite("The CA's own certificates")
struct CertificateAuthorityTests {
    private let temporary = TemporaryFolder()

    private func authority(_ profile: Profile) throws -> CertificateAuthority {
        try CertificateAuthority(
            temporary.open(), profile: profile, now: noon, random: SystemRandom(), makeKey: Keys.forAuthority)
    }

    @Test("RFC profile: one certificate that issues, signs and decrypts")
    func rfc() throws {
        let authority = try authority(.rfc)
        #expect(authority.published == [authority.certificate])
        #expect(authority.certificate.isCA)
        #expect(
            authority.certificate.keyUsage == [.keyCertSign, .cRLSign, .digitalSignature, .keyEncipherment])
        #expect(authority.certificate.isSigned(by: authority.certificate))
    }

    @Test("N1: NDES profile: two registration authority certificates with one key usage each, and the CA")
    func ndes() throws {
        let authority = try authority(.ndes)
        #expect(authority.published.count == 3)
        #expect(authority.signer.certificate.keyUsage == .digitalSignature)
        #expect(authority.recipient.certificate.keyUsage == .keyEncipherment)
        for certificate in [authority.signer.certificate, authority.recipient.certificate] {
            #expect(certificate.extendedKeyUsages == ["1.3.6.1.4.1.311.20.2.1"])
            #expect(certificate.isSigned(by: authority.certificate))
            #expect(!certificate.isCA)
        }
    }

    @Test("A second start finds the same CA", arguments: Profile.allCases)
    func again(profile: Profile) throws {
        let first = try authority(profile)
        let second = try CertificateAuthority(
            temporary.open(), profile: profile, now: noon, random: SystemRandom(),
            makeKey: { () throws(PKIError) in throw PKIError(.library, "no new key is wanted") })
        #expect(second.published == first.published)
    }

    @Test("Keys are readable by their owner only")
    func modes() throws {
        _ = try authority(.ndes)
        for name in ["ca-key.der", "ra-signing-key.der", "ra-encryption-key.der"] {
            #expect(try temporary.mode(name) == 0o600)
        }
    }

    @Test("After a crash between key and certificate the key is kept")
    func crash() throws {
        let key = try Keys.device.get()
        try temporary.open().write(key.pkcs8(), to: "ca-key.der")
        #expect(try authority(.rfc).certificate.matches(key))
    }

    @Test("A certificate without its key, or with another one, is reported and not replaced")
    func damaged() throws {
        let certificate = try authority(.rfc).certificate
        let folder = try temporary.open()
        try folder.write(Keys.device.get().pkcs8(), to: "ca-key.der")
        #expect(throws: PracticeCAError(.damaged, "")) { try authority(.rfc) }
        #expect(try folder.read("ca.pem") == [UInt8](certificate.pem.utf8))
    }
}
