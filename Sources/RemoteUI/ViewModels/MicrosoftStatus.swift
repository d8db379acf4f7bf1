import PKI

/// The error code of a Windows server (HRESULT) as Microsoft writes it, with what it means for a request.
struct MicrosoftStatus: Sendable {
    let code: UInt32

    /// `0x80094800`
    var figures: String {
        let bytes = [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: code >> $0) }
        return "0x" + Hex.encode(bytes, uppercase: true)
    }

    /// The code with its meaning, if it is known.
    func words(_ text: Texts) -> String {
        meaning(text).map { text("status.windows.meaning", figures, $0) } ?? figures
    }

    /// The meaning of the codes that a request meets; nil for any other.
    func meaning(_ text: Texts) -> String? {
        switch code {
        case 0x8007_0005: text("status.windows.access-denied")
        case 0x8007_0057: text("status.windows.invalid-argument")
        case 0x8007_06BA: text("status.windows.server-unavailable")
        case 0x8009_0005: text("status.windows.bad-data")
        case 0x8009_4011: text("status.windows.enroll-denied")
        case 0x8009_4012: text("status.windows.template-denied")
        case 0x8009_4800: text("status.windows.unsupported-template")
        default: nil
        }
    }
}
