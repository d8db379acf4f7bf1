/// What the command line of `practice-ca serve` says.
public struct ServiceConfiguration: Sendable {
    public static let validities = 1...3650

    /// The folder of keys, certificates and requests; made when it is not there.
    public var dataFolder: String
    /// An IPv4 or IPv6 literal.
    public var address = "127.0.0.1"
    /// 0 picks a free one.
    public var port: UInt16 = 0
    public var profile = Profile.rfc
    /// The challenge password: 1 to 255 characters. With the NDES profile it is the first of many.
    public var challenge: String
    public var approval = Approval.automatic
    /// Whether the registration authority gets new keys and certificates at this start; what was sealed for the ones
    /// before cannot be opened any more.
    public var renewsRegistrationAuthority = false
    /// For how many days a certificate is issued, one of ``validities``.
    public var validityDays = 365
    public var faults: Set<Fault> = []
    /// Whether requests in single DES are opened, which RFC 8894 forbids (§2.9).
    public var acceptsSingleDES = false
    /// The time before each byte with ``Fault/slowDrip``.
    public var dripPause = Duration.seconds(1)

    public init(dataFolder: String, challenge: String) {
        self.dataFolder = dataFolder
        self.challenge = challenge
    }
}
