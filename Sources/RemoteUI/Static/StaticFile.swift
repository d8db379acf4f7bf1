import HTTP
import HTTPTypes
import PKI

/// One file of Public/, in memory since the start, ready to send.
struct StaticFile: Sendable {
    let contentType: String
    /// A strong validator: the beginning of the content's SHA-256 (RFC 9110 8.8.3).
    let etag: String
    let bytes: [UInt8]

    /// Nil for a file whose kind is not served.
    init?(name: String, bytes: [UInt8]) {
        guard let dot = name.lastIndex(of: "."), dot != name.startIndex,
            let type = Self.types[String(name[name.index(after: dot)...])]
        else { return nil }
        contentType = type
        etag = "\"\(Hex.encode(Array(DigestAlgorithm.sha256.hash(bytes).prefix(16))))\""
        self.bytes = bytes
    }

    /// The only kinds that are served (ASVS 13.4.7).
    private static let types = [
        "css": "text/css; charset=utf-8",
        "js": "text/javascript; charset=utf-8",
        "svg": "image/svg+xml",
        "png": "image/png",
        "ico": "image/x-icon",
        "txt": "text/plain; charset=utf-8",
    ]

    /// The file, or 304 if the browser has it. It is asked for again each time, so that an update is seen at once.
    func response(to request: Request) -> Response {
        let isKnown = request.fields[.ifNoneMatch].map(matches) ?? false
        var response =
            isKnown ? Response(status: .notModified) : Response(contentType: contentType, body: bytes)
        response.fields[.eTag] = etag
        response.fields[.cacheControl] = "no-cache"
        return response
    }

    /// If-None-Match compares weakly: `W/` makes no difference (RFC 9110 13.1.2).
    private func matches(_ condition: String) -> Bool {
        condition.split(separator: ",").map { $0.trimmingBlanks() }
            .contains { $0 == "*" || $0 == etag || $0 == "W/\(etag)" }
    }
}
