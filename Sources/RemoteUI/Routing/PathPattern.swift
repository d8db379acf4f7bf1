import HTTP

/// The path of a route: literal segments, and `{name}` for a segment that the request gives.
struct PathPattern: Sendable, Hashable {
    private enum Segment: Sendable, Hashable {
        case literal(Substring)
        case parameter(String)
    }

    private let segments: [Segment]

    init(_ path: String) {
        segments = path.split(separator: "/", omittingEmptySubsequences: false).dropFirst().map { part in
            part.hasPrefix("{") && part.hasSuffix("}")
                ? .parameter(String(part.dropFirst().dropLast())) : .literal(part)
        }
    }

    var hasParameters: Bool {
        segments.contains { if case .parameter = $0 { true } else { false } }
    }

    /// The parameters of a request's path, decoded once; nil if the path is another one. A literal segment matches
    /// only as it is written: an encoded way of writing it is another path, and so is an empty segment.
    func match(_ path: String) -> [String: String]? {
        guard path.utf8.first == UInt8(ascii: "/") else { return nil }
        let parts = path.split(separator: "/", omittingEmptySubsequences: false).dropFirst()
        guard parts.count == segments.count else { return nil }
        var parameters: [String: String] = [:]
        for (segment, part) in zip(segments, parts) {
            switch segment {
            case .literal(let text): guard text == part else { return nil }
            case .parameter(let name):
                guard let value = try? PercentCoding.decodeText(part), !value.isEmpty else { return nil }
                // A name is data; a slash or a control character in it is somebody's attempt to make it a path.
                guard !value.utf8.contains(where: { $0 < 0x20 || $0 == 0x7F || $0 == UInt8(ascii: "/") }) else {
                    return nil
                }
                parameters[name] = value
            }
        }
        return parameters
    }
}
