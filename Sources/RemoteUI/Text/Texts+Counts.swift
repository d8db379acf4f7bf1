extension Texts {
    /// `1 time`, `5 times`
    func times(_ count: Int) -> String {
        count == 1 ? self("security.time") : self("security.times", String(count))
    }

    /// `1 minute`, `5 minutes`
    func minutes(_ count: Int) -> String {
        count == 1 ? self("security.minute") : self("security.minutes", String(count))
    }

    /// `1 day`, `30 days`
    func days(_ count: Int) -> String {
        count == 1 ? self("auto.interval.day") : self("auto.interval.days", String(count))
    }
}
