import HTTP
import PKI

/// The query of a SCEP request (RFC 8894 §4.1), read the way old clients write it.
struct SCEPQuery: Sendable, Equatable {
    enum Operation: String, CaseIterable {
        case getCACaps = "getcacaps"
        case getCACert = "getcacert"
        case pkiOperation = "pkioperation"
    }

    /// The value of `operation`, or nil when there is none.
    let operationName: String?
    /// The value of `message`, percent-decoded.
    let message: String?

    /// Clients differ in the case of the name.
    var operation: Operation? {
        operationName.flatMap { Operation(rawValue: $0.lowercased()) }
    }

    /// Throws when a percent sign is not followed by two hex digits.
    init(_ query: String?) throws(PracticeCAError) {
        var operation: String?
        var message: String?
        for pair in (query ?? "").utf8.split(separator: UInt8(ascii: "&")) {
            let parts = pair.split(separator: UInt8(ascii: "="), maxSplits: 1, omittingEmptySubsequences: false)
            let value = parts.count == 2 ? try Self.percentDecoded(parts[1]) : ""
            switch String(Substring(parts[0])).lowercased() {
            case "operation" where operation == nil: operation = value
            case "message" where message == nil: message = value
            default: continue
            }
        }
        operationName = operation
        self.message = message
    }

    /// The binary message that a GET carries.
    ///
    /// Accepts Base64 with line breaks (Cisco, strongSwan, sscep), with its `+` left bare, which some proxies turn into
    /// blanks, and without the padding.
    func messageBytes() throws(PracticeCAError) -> [UInt8] {
        var text = (message ?? "").utf8.compactMap { byte -> UInt8? in
            switch byte {
            case UInt8(ascii: "\r"), UInt8(ascii: "\n"), UInt8(ascii: "\t"), UInt8(ascii: "="): nil
            case UInt8(ascii: " "): UInt8(ascii: "+")
            default: byte
            }
        }
        text += [UInt8](repeating: UInt8(ascii: "="), count: (4 - text.count % 4) % 4)
        guard !text.isEmpty, let bytes = Base64.decode(String(decoding: text, as: UTF8.self)) else {
            throw PracticeCAError(.malformedRequest, "the message is not Base64")
        }
        return bytes
    }

    /// A plus sign stays one: this is a URL, not a form.
    private static func percentDecoded(_ text: Substring.UTF8View) throws(PracticeCAError) -> String {
        do {
            return String(decoding: try PercentCoding.decode(text), as: UTF8.self)
        } catch {
            throw PracticeCAError(.malformedRequest, error.reason)
        }
    }
}
