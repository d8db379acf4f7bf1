import FoundationEssentials
import PKI
import SCEP

@testable import PracticeCA

/// Keys that are made once a run: making one is the slow part.
enum Keys {
    static let authority = made()
    static let device = made()
    static let other = made()

    /// Hands out the CA's keys: the same key in each place is no matter to the tests.
    static func forAuthority() throws(PKIError) -> PrivateKey { try authority.get() }

    private static func made() -> Result<PrivateKey, PKIError> {
        do {
            return .success(try PrivateKey.generate(.rsa(bits: 2048)))
        } catch {
            return .failure(error)
        }
    }
}

/// The time of all tests.
let noon = Date(timeIntervalSince1970: 1_700_000_000)

/// Bytes that count up, so that every draw is another.
final class CountingRandom: RandomSource {
    private let next = Counter()

    func bytes(_ count: Int) throws(PKIError) -> [UInt8] {
        let value = next.increment()
        return (0..<count).map { UInt8(truncatingIfNeeded: $0 == count - 1 ? value : $0 + 1) }
    }
}

func makeRequest(
    key: PrivateKey, commonName: String = "device.example", challenge: String? = "word",
    names: [GeneralName] = [.dns("device.example"), .ip([192, 0, 2, 7])],
    usage: KeyUsage = [.digitalSignature, .keyEncipherment]
) throws -> CertificateRequest {
    try CertificateRequest(
        subject: Name(organization: "Test", commonName: commonName), key: key, digest: .sha256,
        challengePassword: challenge, subjectAltNames: names, keyUsage: usage)
}

/// The self-signed certificate with which a requester without one signs (RFC 8894 §2.3).
func makeRequester(key: PrivateKey, commonName: String = "device.example") throws -> Certificate {
    try CertificateTemplate(
        subject: Name(commonName: commonName), publicKey: key.publicKey,
        serialNumber: SerialNumber.random(using: SystemRandom()),
        notBefore: noon.addingTimeInterval(-86400), notAfter: noon.addingTimeInterval(86400)
    ).selfSigned(with: key, digest: .sha256)
}
