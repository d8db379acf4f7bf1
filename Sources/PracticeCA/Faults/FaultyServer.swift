import Dispatch
import HTTP
import HTTPTypes

/// A server for faults of delivery: one request a connection; the response comes byte by byte, in part, or not at all.
final class FaultyServer: Sendable {
    private let listener: BlockingListener
    private let responder: SCEPResponder
    private let limits: MessageLimits
    private let pause: Duration
    private let queue = DispatchQueue(label: "faulty-server", attributes: .concurrent)

    /// - Parameter pause: before each byte of a response that drips.
    init(
        address: String, port: UInt16, responder: SCEPResponder, limits: MessageLimits, pause: Duration
    ) throws(PracticeCAError) {
        listener = try BlockingListener(address: address, port: port)
        self.responder = responder
        self.limits = limits
        self.pause = pause
    }

    var port: UInt16 { listener.port }

    /// Serves until the task is cancelled.
    func run() async {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                queue.async {
                    while let connection = self.listener.accept() {
                        self.queue.async { self.serve(connection) }
                    }
                    continuation.resume()
                }
            }
        } onCancel: {
            listener.stop()
        }
    }

    private func serve(_ connection: Int32) {
        guard let request = readRequest(connection) else {
            listener.finish(connection)
            return
        }
        Task {
            let answer = await responder.answer(request)
            queue.async {
                self.deliver(answer, to: connection)
                self.listener.finish(connection)
            }
        }
    }

    private func readRequest(_ connection: Int32) -> Request? {
        var parser = RequestParser(limits: limits)
        var head: RequestHead?
        var body: [UInt8] = []
        while true {
            do {
                switch try parser.next() {
                case .head(let read): head = read
                case .body(let bytes): body += bytes
                case .end:
                    return head.map {
                        Request(method: $0.method, path: $0.path, query: $0.query, fields: $0.fields, body: body)
                    }
                case nil:
                    guard let bytes = listener.read(connection) else { return nil }
                    parser.append(bytes)
                }
            } catch {
                return nil
            }
        }
    }

    private func deliver(_ answer: Answer, to connection: Int32) {
        let bytes = Self.encode(answer.response)
        switch answer.delivery {
        case .none: return
        case .whole: _ = listener.write(bytes, to: connection)
        case .truncated: _ = listener.write(Self.half(of: bytes), to: connection)
        case .reset:
            _ = listener.write(Self.half(of: bytes), to: connection)
            listener.resetOnFinish(connection)
        case .drip: drip(bytes[...], to: connection)
        }
    }

    /// A thread is held for as long as it takes; there are few of them, and nobody needs more to practise.
    private func drip(_ bytes: ArraySlice<UInt8>, to connection: Int32) {
        let parts = pause.components
        let nanoseconds = parts.seconds * 1_000_000_000 + parts.attoseconds / 1_000_000_000
        let never = DispatchSemaphore(value: 0)
        for byte in bytes {
            _ = never.wait(timeout: .now() + .nanoseconds(Int(nanoseconds)))
            guard listener.write([byte], to: connection) else { return }
        }
    }

    /// Ends within the body, which is longer than the head.
    private static func half(of response: [UInt8]) -> [UInt8] { Array(response.prefix(response.count / 2)) }

    private static func encode(_ response: Response) -> [UInt8] {
        var head = "HTTP/1.1 \(response.status.code) \(response.status.reasonPhrase)\r\n"
        for field in response.fields { head += "\(field.name.rawName): \(field.value)\r\n" }
        head += "Content-Length: \(response.body.count)\r\nConnection: close\r\n\r\n"
        return [UInt8](head.utf8) + response.body
    }
}
