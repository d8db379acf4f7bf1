/// What the steps say of the server's capabilities: the machine's own figures, `HTTP 500; GET, 3DES-CBC, SHA-1` where the
/// server named none, so that what is used by default does not read as the server's word.
struct CapabilitiesDetail: Sendable {
    /// What came in place of a list; nil if one came.
    let status: String?
    let rest: String

    init(_ detail: String) {
        let parts = detail.split(separator: "; ", maxSplits: 1).map(String.init)
        if let first = parts.first, first.hasPrefix("HTTP "), first.dropFirst(5).allSatisfy(\.isNumber) {
            (status, rest) = (first, parts.count > 1 ? parts[1] : "")
        } else {
            (status, rest) = (nil, detail)
        }
    }

    func words(_ text: Texts) -> String {
        guard let status else { return rest }
        return rest.isEmpty
            ? text("test.capabilities.missing", status) : text("progress.capabilities.missing", status, rest)
    }
}
