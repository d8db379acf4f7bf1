import Machine

/// Numbers as the report prints them.
enum Decimal {
    /// A number that is not negative with so many digits after the point.
    static func text(_ value: Double, _ digits: Int) -> String {
        let scale = (0..<digits).reduce(1) { scale, _ in scale * 10 }
        let scaled = Int((value * Double(scale)).rounded())
        return digits == 0
            ? grouped(scaled) : "\(grouped(scaled / scale)).\(CivilDate.padded(scaled % scale, digits))"
    }

    /// As `12,345`.
    static func grouped(_ value: Int) -> String {
        value < 1000 ? "\(value)" : "\(grouped(value / 1000)),\(CivilDate.padded(value % 1000, 3))"
    }

    /// Microseconds as seconds, short ones to the hundredth and others to the tenth.
    static func seconds(_ microseconds: Int) -> String {
        text(Double(microseconds) / 1e6, microseconds < 10_000_000 ? 2 : 1)
    }
}
