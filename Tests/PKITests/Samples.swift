import Foundation
import PKI
import Testing

/// Keys and certificates that tests share; made once, since RSA keys are slow to make.
enum Samples {
    /// 2026-01-01 00:00:00 UTC.
    static let start = Date(timeIntervalSince1970: 1_767_225_600)
    static let day = 86_400.0
    static let key = Result { () throws(PKIError) in try PrivateKey.generate(.rsa(bits: 2048)) }
    static let otherKey = Result { () throws(PKIError) in try PrivateKey.generate(.rsa(bits: 2048)) }

    static func template(
        _ commonName: String, _ key: PrivateKey, serial: [UInt8] = [1]
    ) throws -> CertificateTemplate {
        CertificateTemplate(
            subject: try Name(organization: "Example", commonName: commonName), publicKey: key.publicKey,
            serialNumber: serial, notBefore: start, notAfter: start + 365 * day)
    }

    static func certificate(_ commonName: String = "device", serial: [UInt8] = [1]) throws -> Certificate {
        try template(commonName, key.get(), serial: serial).selfSigned(with: key.get(), digest: .sha256)
    }

    static func authority(_ commonName: String = "CA") throws -> Certificate {
        var template = try template(commonName, otherKey.get())
        template.isCA = true
        template.keyUsage = [.keyCertSign, .cRLSign]
        return try template.selfSigned(with: otherKey.get(), digest: .sha256)
    }

    /// A file of Tests/Recorded.
    static func recorded(_ name: String, file: String = #filePath) throws -> [UInt8] {
        let folder = URL(filePath: file).deletingLastPathComponent().deletingLastPathComponent()
        return try [UInt8](Data(contentsOf: folder.appending(path: "Recorded/\(name)")))
    }
}

/// The code of the error that the body throws.
func code(of body: () throws -> Void) -> PKIError.Code? {
    do {
        try body()
        return nil
    } catch {
        return (error as? PKIError)?.code
    }
}
