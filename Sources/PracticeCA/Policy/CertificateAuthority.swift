import FoundationEssentials
import PKI

/// The CA's own certificates and keys: made once, found again at each start.
///
/// `ca.pem` and `ca-key.der` (PKCS#8); with the NDES profile also `ra-signing` and `ra-encryption`.
public struct CertificateAuthority: Sendable {
    static let organization = "Practice CA"
    static let commonName = "Practice Root CA"
    /// Certificate Request Agent, which NDES's registration authority certificates carry.
    static let enrolmentAgent = "1.3.6.1.4.1.311.20.2.1"
    static let validityOfCA: TimeInterval = 10 * 365 * 86400
    static let validityOfRA: TimeInterval = 2 * 365 * 86400

    let ca: Identity
    /// Signs replies.
    let signer: Identity
    /// Opens requests.
    let recipient: Identity

    /// The CA certificate, to which everything issued chains.
    public var certificate: Certificate { ca.certificate }

    /// What GetCACert answers: one certificate, or registration authority first as NDES sends them.
    var published: [Certificate] {
        hasRegistrationAuthority ? [signer.certificate, recipient.certificate, ca.certificate] : [ca.certificate]
    }

    var hasRegistrationAuthority: Bool { signer.certificate != ca.certificate }

    /// Loads the identities that the profile needs and makes those that are not there.
    ///
    /// - Parameter makeKey: makes an RSA key; takes a noticeable part of a second.
    public init(
        _ folder: StateFolder, profile: Profile, now: Date, random: any RandomSource,
        makeKey: () throws(PKIError) -> PrivateKey = { () throws(PKIError) in try .generate(.rsa(bits: 2048)) }
    ) throws(PracticeCAError) {
        let maker = IdentityMaker(now: now, random: random)
        let ca = try Self.identity("ca", in: folder, makeKey: makeKey) { key throws(PKIError) in
            try maker.root(key: key)
        }
        self.ca = ca
        guard profile.hasRegistrationAuthority else {
            signer = ca
            recipient = ca
            return
        }
        signer = try Self.identity("ra-signing", in: folder, makeKey: makeKey) { key throws(PKIError) in
            try maker.registrationAuthority(key: key, usage: .digitalSignature, issuer: ca)
        }
        recipient = try Self.identity("ra-encryption", in: folder, makeKey: makeKey) { key throws(PKIError) in
            try maker.registrationAuthority(key: key, usage: .keyEncipherment, issuer: ca)
        }
    }

    /// Removes what belongs to the registration authority, so that it is made anew. A certificate goes before its key:
    /// after a crash in between, the key is there and gets another certificate.
    static func forgetRegistrationAuthority(_ folder: StateFolder) throws(PracticeCAError) {
        for name in ["ra-signing", "ra-encryption"] {
            try folder.remove(name + ".pem")
            try folder.remove(name + "-key.der")
        }
    }

    /// An authority in memory only, for the fault that puts another CA in this one's place.
    init(impostorFor profile: Profile, maker: IdentityMaker, key: PrivateKey) throws(PKIError) {
        ca = Identity(certificate: try maker.root(key: key), key: key)
        guard profile.hasRegistrationAuthority else {
            signer = ca
            recipient = ca
            return
        }
        signer = Identity(
            certificate: try maker.registrationAuthority(key: key, usage: .digitalSignature, issuer: ca), key: key)
        recipient = Identity(
            certificate: try maker.registrationAuthority(key: key, usage: .keyEncipherment, issuer: ca), key: key)
    }

    /// The key is stored before the certificate: after a crash in between, the certificate is made for that key.
    private static func identity(
        _ name: String, in folder: StateFolder, makeKey: () throws(PKIError) -> PrivateKey,
        certify: (PrivateKey) throws(PKIError) -> Certificate
    ) throws(PracticeCAError) -> Identity {
        let storedKey = try folder.read(name + "-key.der")
        let storedCertificate = try folder.read(name + ".pem")
        do {
            let key: PrivateKey
            if let storedKey {
                key = try PrivateKey(pkcs8: storedKey)
            } else {
                guard storedCertificate == nil else {
                    throw PracticeCAError(.damaged, "\(name).pem is there but its key \(name)-key.der is not")
                }
                key = try makeKey()
                try folder.write(key.pkcs8(), to: name + "-key.der")
            }
            if let storedCertificate {
                let certificate = try Certificate(pem: String(decoding: storedCertificate, as: UTF8.self))
                guard certificate.matches(key) else {
                    throw PracticeCAError(.damaged, "\(name)-key.der is not the key of \(name).pem")
                }
                return Identity(certificate: certificate, key: key)
            }
            let certificate = try certify(key)
            try folder.write([UInt8](certificate.pem.utf8), to: name + ".pem")
            return Identity(certificate: certificate, key: key)
        } catch let error as PracticeCAError {
            throw error
        } catch {
            throw PracticeCAError(.cryptography, "\(name): \((error as? PKIError)?.reason ?? "unusable")")
        }
    }
}
