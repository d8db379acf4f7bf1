import Glibc

/// The requests of each second with and without the adjustment, as an SVG picture with a logarithmic scale.
struct LoadPlot {
    let without: [Int]
    let with: [Int]
    let title: String

    private static let width = 900.0
    private static let height = 420.0
    private static let left = 70.0
    private static let right = 20.0
    private static let top = 70.0
    private static let bottom = 55.0
    /// Seconds before and after the start that are shown.
    private static let before = 30
    private static let decades = 4

    var svg: String {
        let seconds = max(without.count, with.count) + 30
        var lines = [
            """
            <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 \(Int(Self.width)) \(Int(Self.height))" \
            font-family="sans-serif" font-size="13" role="img" aria-labelledby="title">
            """,
            "<title id=\"title\">\(title)</title>",
            "<rect width=\"100%\" height=\"100%\" fill=\"#ffffff\"/>",
            "<text x=\"\(Int(Self.left))\" y=\"24\" font-size=\"15\" fill=\"#222222\">\(title)</text>",
        ]
        lines += legend + valueAxis(seconds) + timeAxis(seconds)
        // Without: one line for each second in which anything comes, for there are few.
        for (second, count) in without.enumerated() where count > 0 {
            lines.append(
                """
                <line x1="\(x(Double(second) + 0.5, seconds))" x2="\(x(Double(second) + 0.5, seconds))" \
                y1="\(y(0))" y2="\(y(count))" stroke="#d55e00" stroke-width="2.5"/>
                """)
        }
        let points = with.enumerated().map { "\(x(Double($0) + 0.5, seconds)),\(y($1))" }
        lines.append(
            "<polyline points=\"\(points.joined(separator: " "))\" fill=\"none\" stroke=\"#0072b2\" stroke-width=\"1\"/>"
        )
        return (lines + ["</svg>", ""]).joined(separator: "\n")
    }

    private var legend: [String] {
        [("#d55e00", "all at the same time", 0), ("#0072b2", "with [Auto Adjust Issuance Request Time]", 190)].flatMap {
            colour, words, place in
            [
                "<rect x=\"\(Int(Self.left) + place)\" y=\"38\" width=\"14\" height=\"10\" fill=\"\(colour)\"/>",
                "<text x=\"\(Int(Self.left) + place + 20)\" y=\"48\" fill=\"#222222\">\(words)</text>",
            ]
        }
    }

    private func valueAxis(_ seconds: Int) -> [String] {
        (0...Self.decades).flatMap { decade in
            let value = (0..<decade).reduce(1) { value, _ in value * 10 }
            return [
                """
                <line x1="\(Int(Self.left))" x2="\(Int(Self.width - Self.right))" y1="\(y(value))" y2="\(y(value))" \
                stroke="#cccccc"/>
                """,
                """
                <text x="\(Int(Self.left) - 8)" y="\(y(value))" dy="4" text-anchor="end" fill="#444444">\
                \(Decimal.grouped(value))</text>
                """,
            ]
        } + [
            """
            <text x="16" y="\(Int((Self.top + Self.height - Self.bottom) / 2))" text-anchor="middle" fill="#444444" \
            transform="rotate(-90 16 \(Int((Self.top + Self.height - Self.bottom) / 2)))">requests per second (logarithmic)</text>
            """
        ]
    }

    private func timeAxis(_ seconds: Int) -> [String] {
        let bottom = Int(Self.height - Self.bottom)
        let marks = stride(from: 0, through: seconds, by: 60).map { second in
            """
            <text x="\(x(Double(second), seconds))" y="\(bottom + 20)" text-anchor="middle" fill="#444444">\
            \(second / 60)</text>
            """
        }
        return marks + [
            """
            <text x="\(Int((Self.left + Self.width - Self.right) / 2))" y="\(bottom + 42)" text-anchor="middle" \
            fill="#444444">minutes after the Request Start Date/Time</text>
            """
        ]
    }

    private func x(_ second: Double, _ seconds: Int) -> String {
        let share = (second + Double(Self.before)) / Double(seconds + Self.before)
        return Decimal.text(Self.left + share * (Self.width - Self.left - Self.right), 1)
    }

    /// Logarithmic from 1 up; below one request a second the line stands a little under the axis of 1.
    private func y(_ count: Int) -> String {
        let share = count > 0 ? log10(Double(count)) / Double(Self.decades) : -0.05
        return Decimal.text(Self.height - Self.bottom - 14 - share * (Self.height - Self.bottom - 14 - Self.top), 1)
    }
}
