import HTTPTypes

@testable import HTTP

/// What a parser made of some bytes, in a form that does not depend on how they were split.
enum Reading: Equatable, CustomStringConvertible {
    /// The requests as text, then the status of the refusal if there was one.
    case requests([String], refused: Int?)

    static func of(_ pieces: [ArraySlice<UInt8>], limits: MessageLimits = MessageLimits()) -> Reading {
        var parser = RequestParser(limits: limits)
        var requests: [String] = []
        var head = ""
        var body: [UInt8] = []
        for piece in pieces {
            parser.append(piece)
            do throws(HTTPError) {
                while let event = try parser.next() {
                    switch event {
                    case .head(let read): head = text(read)
                    case .body(let data): body += data
                    case .end:
                        requests.append(head + " [" + String(decoding: body, as: UTF8.self) + "]")
                        body = []
                    }
                }
            } catch {
                guard case .refused(let status) = error.code else {
                    return .requests(requests, refused: -1)
                }
                return .requests(requests, refused: status)
            }
        }
        return .requests(requests, refused: nil)
    }

    /// The same bytes in one piece, byte by byte, and in two pieces at every position.
    static func ofEverySplit(_ bytes: [UInt8], limits: MessageLimits = MessageLimits()) -> [Reading] {
        var readings = [of([bytes[...]], limits: limits), of(bytes.indices.map { bytes[$0...$0] }, limits: limits)]
        // Long inputs are split at intervals: every position would take the square of their length.
        let step = max(1, bytes.count / 150)
        for position in stride(from: 1, to: bytes.count, by: step) {
            readings.append(of([bytes[..<position], bytes[position...]], limits: limits))
        }
        return readings
    }

    private static func text(_ head: RequestHead) -> String {
        let query = head.query.map { "?\($0)" } ?? ""
        let host = head.host.map { "\($0.name)\($0.port.map { ":\($0)" } ?? "")" } ?? "-"
        let fields = head.fields.map { "\($0.name.canonicalName)=\($0.value)" }.joined(separator: "|")
        return "\(head.method.rawValue) \(head.path)\(query) 1.\(head.minorVersion) \(host) \(head.framing) "
            + "\(head.keepsAlive) \(head.expectsContinue) \(fields)"
    }

    var description: String {
        switch self {
        case .requests(let requests, let status):
            "\(requests) \(status.map { "refused with \($0)" } ?? "")"
        }
    }

    var refusal: Int? {
        switch self {
        case .requests(_, let refused): refused
        }
    }

    var count: Int {
        switch self {
        case .requests(let requests, _): requests.count
        }
    }
}
