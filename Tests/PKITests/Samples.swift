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

    /// Every message and certificate in Tests/Recorded.
    static let recordings = [
        "ndes2012-failure.der", "jscep/scep_req0.der", "jscep/scep_req1.der", "jscep/scep_req2.der",
        "jscep/scep_resp0.der", "jscep/scep_resp1.der", "jscep/scep_resp2.der", "cryptlib/scep_ca1.der",
        "cryptlib/scep_ca2.der", "cryptlib/scep_ca3.der", "cryptlib/scep_ca7.der", "cryptlib/scep_ca8.der",
        "cryptlib/scep_cli.dat", "micromdm/PKCSReq.der", "micromdm/CertRep.der", "micromdm/ndes-success.der",
        "made/close-primes.der", "made/constructed.der", "made/indefinite.der", "made/key-identifier.der",
        "made/oaep-sha256.der", "made/oaep.der", "made/rc2.der", "made/signed-indefinite.der",
        "made/signed-key-identifier.der", "made/signed-md5.der", "made/signed-pss.der", "made/single-des.der",
        "made/two-recipients.der",
    ]

    /// A file of Tests/Recorded.
    static func recorded(_ name: String, file: String = #filePath) throws -> [UInt8] {
        let folder = URL(filePath: file).deletingLastPathComponent().deletingLastPathComponent()
        return try [UInt8](Data(contentsOf: folder.appending(path: "Recorded/\(name)")))
    }

    /// A PEM file of Tests/Recorded.
    static func text(_ name: String) throws -> String { String(decoding: try recorded(name), as: UTF8.self) }
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

/// The same numbers in every run.
struct SeededNumbers: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var z = state
        z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
        z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
        return z ^ (z >> 31)
    }
}

extension [UInt8] {
    /// With every occurrence of some bytes exchanged for as many others.
    func replacing(_ old: [UInt8], by new: [UInt8]) -> [UInt8] {
        var result = self
        var index = 0
        while index + old.count <= result.count {
            if Array(result[index..<(index + old.count)]) == old {
                result.replaceSubrange(index..<(index + old.count), with: new)
                index += old.count
            } else {
                index += 1
            }
        }
        return result
    }
}
