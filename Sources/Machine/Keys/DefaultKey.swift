import FoundationEssentials
import PKI

/// The self-signed key made at first start, so that the Remote UI speaks HTTPS from the first minute.
struct DefaultKey: Sendable {
    static let name = "Default Key"
    /// Ten years: nothing renews it.
    static let validity = 3650.0 * 86400

    let key: PrivateKey
    let certificate: Certificate

    /// Generates an RSA-2048 key, which is CPU heavy, unless the certificate is to be made anew for one that is there.
    ///
    /// - Parameters:
    ///   - hostName: the subject; named in subjectAltName too, beside `localhost`.
    ///   - addresses: the machine's own addresses.
    init(
        key present: PrivateKey? = nil, hostName: String, addresses: [String], random: any RandomSource, now: Date
    ) throws(PKIError) {
        if let present { key = present } else { key = try PrivateKey.generate(.rsa(bits: 2048)) }
        let commonName = String(hostName.prefix(64))
        var names: [GeneralName] = []
        for name in [hostName, "localhost", "127.0.0.1", "::1"] + addresses {
            let general = GeneralName(commonName: name)
            if !names.contains(general) { names.append(general) }
        }
        var template = CertificateTemplate(
            subject: try Name(commonName: commonName), publicKey: key.publicKey,
            serialNumber: try SerialNumber.random(using: random), notBefore: now.addingTimeInterval(-86400),
            notAfter: now.addingTimeInterval(Self.validity), keyUsage: [.digitalSignature, .keyEncipherment])
        template.extendedKeyUsages = ["1.3.6.1.5.5.7.3.1"]  // serverAuth
        template.subjectAltNames = names
        certificate = try template.selfSigned(with: key, digest: .sha256)
    }
}
