/// What the program decides about the machine at start.
public struct MachineConfiguration: Sendable {
    /// Where everything is kept; made with mode 0700 if it is missing.
    public var dataDirectory: String
    /// Most keys, the default key included (K5).
    public var keyLimit: Int
    /// Offers SHA1 and RSA 1024 for servers of old (I1).
    public var legacyMode: Bool
    /// Opens replies in single DES, which RFC 8894 forbids (§2.9).
    public var allowsSingleDES: Bool

    public init(
        dataDirectory: String, keyLimit: Int = 8, legacyMode: Bool = false, allowsSingleDES: Bool = false
    ) {
        self.dataDirectory = dataDirectory
        self.keyLimit = keyLimit
        self.legacyMode = legacyMode
        self.allowsSingleDES = allowsSingleDES
    }
}
