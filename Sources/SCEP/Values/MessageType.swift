/// The messageType attribute (RFC 8894 §3.2.1.2).
public enum MessageType: Int, Sendable, Codable, CaseIterable {
    /// The reply to every request.
    case certRep = 3
    case renewalReq = 17
    case pkcsReq = 19
    /// GetCertInitial in older drafts.
    case certPoll = 20
    case getCert = 21
    case getCRL = 22

    /// The attribute's value: the number in decimal.
    var text: String { String(rawValue) }

    /// Reads the attribute's value; nil for anything but a known number in its shortest form.
    init?(text: String) {
        guard let type = Self.allCases.first(where: { $0.text == text }) else { return nil }
        self = type
    }
}
