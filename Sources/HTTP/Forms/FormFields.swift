/// The fields of a form sent as `application/x-www-form-urlencoded`, or of a query in that format.
///
/// Strict: bad percent sequences, bytes that are not UTF-8, NUL, empty names and pairs, and more than the limits
/// allow are errors. A
/// repeated name is an error when it is read, so that no code ever picks one of two values.
public struct FormFields: Sendable {
    private let values: [String: [String]]
    /// The names of the fields in the order of their first appearance.
    public let names: [String]

    /// Decodes a form body.
    ///
    /// - Throws: `.malformed` or `.tooLarge`; the reason names no value, since a value may be a secret.
    public init(urlEncoded bytes: [UInt8], limits: FormLimits = FormLimits()) throws(HTTPError) {
        try self.init(urlEncoded: bytes, plusIsSpace: true, limits: limits)
    }

    /// Decodes a query; no query has no fields.
    ///
    /// - Parameter plusIsSpace: false leaves `+` as it is, for values in base64 that a client did not percent-encode.
    public init(query: String?, plusIsSpace: Bool = true, limits: FormLimits = FormLimits()) throws(HTTPError) {
        try self.init(urlEncoded: Array((query ?? "").utf8), plusIsSpace: plusIsSpace, limits: limits)
    }

    private init(urlEncoded bytes: [UInt8], plusIsSpace: Bool, limits: FormLimits) throws(HTTPError) {
        var values: [String: [String]] = [:]
        var names: [String] = []
        if !bytes.isEmpty {
            // One more split than the limit tells "too many" without splitting all of an attacker's body.
            let pairs = bytes.split(
                separator: UInt8(ascii: "&"), maxSplits: limits.fieldCount, omittingEmptySubsequences: false)
            guard pairs.count <= limits.fieldCount else {
                throw HTTPError(.tooLarge, "The form has more than \(limits.fieldCount) fields.")
            }
            for pair in pairs {
                let parts = pair.split(separator: UInt8(ascii: "="), maxSplits: 1, omittingEmptySubsequences: false)
                let name = try Self.text(parts[0], limit: limits.nameBytes, plusIsSpace: plusIsSpace)
                guard !name.isEmpty else {
                    throw HTTPError(.malformed, "The form has a field without a name.")
                }
                let value =
                    parts.count == 2
                    ? try Self.text(parts[1], limit: limits.valueBytes, plusIsSpace: plusIsSpace) : ""
                if values[name] == nil {
                    names.append(name)
                }
                values[name, default: []].append(value)
            }
        }
        self.values = values
        self.names = names
    }

    /// The value of a field; nil when the form has no such field.
    ///
    /// - Throws: `.repeated` when the field appears more than once.
    public func value(_ name: String) throws(HTTPError) -> String? {
        guard let found = values[name] else {
            return nil
        }
        guard found.count == 1 else {
            throw HTTPError(.repeated, "The form has the field \(name) more than once.")
        }
        return found[0]
    }

    private static func text(_ bytes: ArraySlice<UInt8>, limit: Int, plusIsSpace: Bool) throws(HTTPError) -> String {
        let decoded = try PercentCoding.decode(bytes, plusIsSpace: plusIsSpace)
        guard decoded.count <= limit else {
            throw HTTPError(.tooLarge, "A field of the form is longer than \(limit) bytes.")
        }
        guard !decoded.contains(0), let text = String(validating: decoded, as: UTF8.self) else {
            throw HTTPError(.malformed, "A field of the form is not text in UTF-8.")
        }
        return text
    }
}
