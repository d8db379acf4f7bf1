/// The sizes that a form may have.
public struct FormLimits: Sendable, Equatable {
    /// Most fields in a form.
    public var fieldCount = 100
    /// Longest field name in bytes after decoding.
    public var nameBytes = 64
    /// Longest field value in bytes after decoding.
    public var valueBytes = 16 * 1_024

    /// The defaults.
    public init() {}
}
