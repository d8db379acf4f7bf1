import HTTPTypes

/// One header or trailer field line (RFC 9112 section 5).
enum FieldLine {
    /// Reads `name: value`.
    ///
    /// - Throws: `.malformed` for a line without a colon, a name that is not a token (a blank before the colon or at
    ///   the start of the
    ///   line included: RFC 9112 sections 5.1 and 2.2), or a control character in the value (a bare CR included).
    static func parse(_ line: ArraySlice<UInt8>) throws(HTTPError) -> HTTPField {
        guard let colon = line.firstIndex(of: UInt8(ascii: ":")) else {
            throw HTTPError(.malformed, "A header line has no colon.")
        }
        let rawName = line[..<colon]
        guard !rawName.isEmpty, rawName.allSatisfy(\.isToken), let name = HTTPField.Name(rawName.text) else {
            throw HTTPError(.malformed, "A header field's name is not a token.")
        }
        let value = line[(colon + 1)...].trimmed
        guard value.allSatisfy(\.isFieldContent) else {
            throw HTTPError(.malformed, "A header field's value has a control character.")
        }
        return HTTPField(name: name, value: value)
    }

    /// The elements of a comma-separated list, trimmed, empty ones included (RFC 9110 section 5.6.1).
    static func elements(_ value: String) -> [ArraySlice<UInt8>] {
        Array(value.utf8).split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false).map(\.trimmed)
    }
}
