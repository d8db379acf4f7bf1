import FoundationEssentials

/// What the CA knows about one transaction: one file in the folder `requests`.
public struct EnrolmentRecord: Sendable, Codable, Equatable {
    public enum State: String, Sendable, Codable {
        /// Waits for `practice-ca approve` or `practice-ca deny`.
        case pending
        /// Approved; the certificate is made when the requester asks again.
        case approved
        case denied
        case issued
    }

    /// The transaction ID as the requester sent it.
    public let transactionID: String
    /// The subject asked for, as RFC 4514 text.
    public let subject: String
    /// When the request came.
    public let requested: Date
    /// SHA-256 of the request's public key (SubjectPublicKeyInfo) in hex: a second request with this transaction ID
    /// is the same request only when it is for the same key.
    let keyFingerprint: String
    /// SHA-256 of the key that signed the message in hex: only its owner may ask for the result (CertPoll).
    let requesterKeyFingerprint: String
    /// The PKCS#10 request, Base64 of DER, for as long as it waits. It holds the challenge password.
    var request: String?
    public internal(set) var state: State
    /// The issued certificate's serial number in hex; the certificate is in `certificates/SERIAL.pem`.
    public internal(set) var serialNumber: String?
    /// When the certificate was made.
    public internal(set) var issued: Date?
}
