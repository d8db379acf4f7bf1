import Foundation
import PKI

@testable import SCEP

/// Fixed time, fixed random numbers and the keys in `Made`, so that every run does the same.
enum Samples {
    /// 2027-01-01 00:00:00 UTC.
    static let now = Date(timeIntervalSince1970: 1_798_761_600)
    static let day = 86_400.0

    static func file(_ path: String, file: String = #filePath) throws -> [UInt8] {
        let tests = URL(filePath: file).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        return try [UInt8](Data(contentsOf: tests.appending(path: path)))
    }

    static func made(_ name: String) throws -> [UInt8] { try file("SCEPTests/Made/\(name)") }
    static func recorded(_ name: String) throws -> [UInt8] { try file("Recorded/\(name)") }

    static func key(_ name: String) throws -> PrivateKey {
        try PrivateKey(pem: String(decoding: made("\(name)-key.pem"), as: UTF8.self))
    }

    static func certificate(_ name: String) throws -> Certificate {
        try Certificate(pem: String(decoding: made("\(name).pem"), as: UTF8.self))
    }

    static func request(
        commonName: String = "device.example.com", key: PrivateKey? = nil, challengePassword: String? = "secret123",
        subjectAltNames: [GeneralName] = [.dns("device.example.com")],
        keyUsage: KeyUsage = [.digitalSignature, .keyEncipherment]
    ) throws -> CertificateRequest {
        try CertificateRequest(
            subject: Name(organization: "Example", commonName: commonName), key: key ?? Samples.key("requester"),
            digest: .sha256, challengePassword: challengePassword, subjectAltNames: subjectAltNames,
            keyUsage: keyUsage)
    }

    static func server(_ url: String = "http://ca.example.com/scep", port: Int = 80) throws -> ServerURL {
        try ServerURL(url: url, port: port)
    }
}

/// Counts up: each call gives other bytes, each run the same.
final class CountingRandom: RandomSource, @unchecked Sendable {
    // Tests use one from one task at a time.
    private var counter: UInt8 = 0

    func bytes(_ count: Int) throws(PKIError) -> [UInt8] {
        counter += 1
        return (0..<count).map { UInt8(truncatingIfNeeded: $0) &* 7 &+ counter }
    }
}

/// The code of the error that the body throws; nil when it throws none.
func code(of body: () throws -> Void) -> SCEPError.Code? {
    do {
        try body()
        return nil
    } catch {
        return (error as? SCEPError)?.code
    }
}

/// The same for a body that waits.
func codeAwaited(of body: () async throws -> Void) async -> SCEPError.Code? {
    do {
        try await body()
        return nil
    } catch {
        return (error as? SCEPError)?.code
    }
}
