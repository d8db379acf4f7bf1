import FoundationEssentials
import Glibc
import Logging
import PKI
import PracticeCA
import SCEP

/// How many requests a second the practice CA answers: measured, on this computer, over loopback.
struct Capacity {
    let requests: Int
    /// From the first request to the last answer.
    let seconds: Double
    /// Processor time of the whole process in that span, the sending side included.
    let processorSeconds: Double

    var requestsPerSecond: Double { Double(requests) / seconds }
    var processorMilliseconds: Double { processorSeconds / Double(requests) * 1000 }

    /// Makes all requests beforehand (one RSA-2048 key, a transaction each), then sends them over `lanes` at a time.
    static func measure(requests count: Int, lanes: Int) async throws -> Capacity {
        var template = Array("/tmp/request-load-XXXXXX".utf8CString)
        guard let folder = mkdtemp(&template).map({ String(cString: $0) }) else { throw Failure.noFolder }
        defer { try? FileManager.default.removeItem(atPath: folder) }
        var quiet = Logger(label: "practice-ca")
        quiet.logLevel = .critical
        let server = try PracticeServer(
            ServiceConfiguration(dataFolder: folder, challenge: "practice"), logger: quiet)
        let running = Task { try await server.run() }
        defer { running.cancel() }

        let address = try ServerURL(url: "http://127.0.0.1\(Profile.rfc.path)", port: Int(server.port))
        let client = SCEP.Client(transport: HTTPTransport(server: address))
        let key = try PrivateKey.generate(.rsa(bits: 2048))
        let enrolments = try await enrolments(
            count + lanes, address, client, key: key, accepted: Fingerprint(of: server.authority))
        // Not counted: the first requests find everything cold.
        _ = try await send(Array(enrolments.prefix(lanes)), client, lanes: lanes)
        let counted = Array(enrolments.dropFirst(lanes))
        let begin = (ContinuousClock.now, processorTime())
        let replies = try await send(counted, client, lanes: lanes)
        let capacity = Capacity(
            requests: count, seconds: begin.0.duration(to: .now) / .seconds(1),
            processorSeconds: processorTime() - begin.1)
        for (place, reply) in replies {
            var transaction = counted[place].transaction
            guard case .issued = try transaction.receive(reply, key: key, now: Date()) else { throw Failure.refused }
        }
        return capacity
    }

    enum Failure: Error {
        case noFolder
        case refused
    }

    private struct Enrolment: Sendable {
        let transaction: Transaction
        let message: OutgoingMessage
    }

    private static func enrolments(
        _ count: Int, _ address: ServerURL, _ client: SCEP.Client, key: PrivateKey, accepted: Fingerprint
    ) async throws -> [Enrolment] {
        let deadline = ContinuousClock.now + .seconds(30)
        let authority = try await client.authority(
            capabilities: client.capabilities(deadline: deadline), trust: .accepted(accepted), now: Date(),
            deadline: deadline)
        let request = try CertificateRequest(
            subject: Name(commonName: "printer.example"), key: key, digest: .sha256, challengePassword: "practice",
            subjectAltNames: [GeneralName(commonName: "printer.example")])
        return try (0..<count).map { number in
            var transaction = try Transaction(
                csr: request, key: key, server: address, attempt: UInt32(number), now: Date(), random: SystemRandom())
            try transaction.adopt(authority, accepted: accepted)
            let message = try transaction.makeRequest(key: key, random: SystemRandom())
            return Enrolment(transaction: transaction, message: message)
        }
    }

    private static func send(
        _ enrolments: [Enrolment], _ client: SCEP.Client, lanes: Int
    ) async throws -> [(Int, TransportReply)] {
        try await withThrowingTaskGroup(of: [(Int, TransportReply)].self) { group in
            for lane in 0..<lanes {
                group.addTask {
                    var replies: [(Int, TransportReply)] = []
                    for place in stride(from: lane, to: enrolments.count, by: lanes) {
                        let deadline = ContinuousClock.now + .seconds(60)
                        replies.append((place, try await client.send(enrolments[place].message, deadline: deadline)))
                    }
                    return replies
                }
            }
            return try await group.reduce(into: []) { $0 += $1 }
        }
    }

    /// Processor time of the process so far, in seconds.
    private static func processorTime() -> Double {
        var time = timespec()
        clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }
}
