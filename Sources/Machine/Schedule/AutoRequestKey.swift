import PKI

/// [Settings for Key and Certificate To Be Issued]: what an automatic request asks for (T7). The challenge password is
/// kept apart, sealed.
public struct AutoRequestKey: Codable, Equatable, Sendable {
    public var keyName: String
    public var signatureAlgorithm: DigestAlgorithm
    /// RSA modulus in bits.
    public var keyLength: Int
    /// Empty if there is none.
    public var organization: String
    /// An IP address or a fully qualified domain name.
    public var commonName: String
    public var use: KeyUse

    public init(
        keyName: String, signatureAlgorithm: DigestAlgorithm = .sha256, keyLength: Int = 2048,
        organization: String = "", commonName: String, use: KeyUse = .none
    ) {
        self.keyName = keyName
        self.signatureAlgorithm = signatureAlgorithm
        self.keyLength = keyLength
        self.organization = organization
        self.commonName = commonName
        self.use = use
    }

    /// The part of a checked request that is kept.
    init(_ request: IssuanceRequest) {
        self.init(
            keyName: request.keyName, signatureAlgorithm: request.signatureAlgorithm, keyLength: request.keyLength,
            organization: request.organization, commonName: request.commonName, use: request.use)
    }

    /// Whether a form would take the algorithm and the length today (I1).
    func isOffered(legacyMode: Bool) -> Bool {
        IssuanceRequest.signatureAlgorithms(legacyMode: legacyMode).contains(signatureAlgorithm)
            && IssuanceRequest.keyLengths(legacyMode: legacyMode).contains(keyLength)
    }

    /// The request for one key.
    ///
    /// - Parameter keyName: the name that this key gets, when ``keyName`` is taken another one.
    public func request(keyName: String, challengePassword: Secret) -> IssuanceRequest {
        IssuanceRequest(
            keyName: keyName, signatureAlgorithm: signatureAlgorithm, keyLength: keyLength,
            organization: organization, commonName: commonName, challengePassword: challengePassword, use: use)
    }
}

extension IssuanceRequest.Form {
    /// The form of the key settings as they are, without the challenge password; the defaults when there are none.
    init(_ key: AutoRequestKey?) {
        guard let key else {
            self.init()
            return
        }
        self.init(
            keyName: key.keyName, signatureAlgorithm: key.signatureAlgorithm.rawValue,
            keyLength: String(key.keyLength), organization: key.organization, commonName: key.commonName,
            keyUseLocation: key.use.identifier)
        if case .ipsec(let policy) = key.use {
            keyUseLocation = "ipsec"
            ipsecPolicy = String(policy)
        }
    }
}
