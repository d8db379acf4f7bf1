/// Makes words that came from the network fit for a log line or a page: one line, no control characters, bounded.
enum PeerText {
    static func clean(_ text: String, limit: Int = 500) -> String {
        var result = String.UnicodeScalarView()
        var count = 0
        for scalar in text.unicodeScalars {
            guard count < limit else { break }
            let isHarmless: Bool
            switch scalar.properties.generalCategory {
            // Format characters include those that turn the direction of writing: a text could dress up as another.
            case .control, .format, .surrogate, .privateUse, .unassigned, .lineSeparator, .paragraphSeparator:
                isHarmless = false
            default: isHarmless = true
            }
            let next = isHarmless ? scalar : " "
            if next == " ", result.isEmpty || result.last == " " { continue }
            result.append(next)
            count += 1
        }
        if result.last == " " { result.removeLast() }
        return String(result)
    }

    /// The start of a body that was meant for a human: the first 200 characters or so.
    static func excerpt(_ body: [UInt8]) -> String {
        clean(String(decoding: body.prefix(1000), as: UTF8.self), limit: 200)
    }
}
