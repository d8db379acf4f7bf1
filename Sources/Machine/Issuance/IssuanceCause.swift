/// Why a request or a connection test did not succeed. A page gives the cause and the remedy of each case.
public enum IssuanceCause: String, Hashable, Sendable, Codable, CaseIterable {
    // The way to the server
    case nameNotResolved
    case notConnected
    case timedOut
    case connectionClosed
    /// What came back is not HTTP, or is larger than any right answer.
    case unreadableHTTP
    /// Something else between the two machines.
    case transportFailed
    case httpStatus
    /// The server redirects to HTTPS, which is not supported (C7).
    case redirectToHTTPS
    /// The server answers, but not as a SCEP server: a wrong path, most likely.
    case notSCEPServer
    /// HTTP 200 without a body: NDES 2012 does so to POST.
    case emptyReply

    // The authority
    case noCACertificate
    /// The CA has no RSA certificate that a request can be encrypted for.
    case noEncryptionCertificate
    /// The fingerprint is not the one that was typed in advance.
    case fingerprintMismatch
    /// No CA has been accepted yet.
    case authorityNotAccepted
    /// Another CA than the accepted one answers.
    case authorityChanged
    case authorityExpired
    case authorityNotYetValid
    case raNotTrusted
    case raExpired
    case raNotYetValid

    // The reply
    case unreadableReply
    case replySignatureInvalid
    case replySignerUnknown
    /// The reply belongs to another request (transaction ID, nonce, message type).
    case replyMismatch
    case unknownStatus
    /// The reply is encrypted for somebody else, or cannot be decrypted.
    case replyNotDecryptable
    /// The reply is encrypted with single DES, which is refused unless it is allowed.
    case singleDESRefused
    case noIssuedCertificate
    case issuedCertificateInvalid
    /// The server takes GET requests only, and the request is too long for one.
    case tooLongForGET
    /// The server refuses the long URL of a GET request: IIS with the limits that it is installed with.
    case longURLRefused

    // The server's decision
    case deferred
    case refusedByServer

    // The machine
    case keyLimit
    /// The settings of the auto request ask for SHA1 or a short key, and the legacy mode is off (I1).
    case legacyKeySettings
    /// The machine stopped before the key was stored; nothing was sent.
    case interrupted
    case keyGenerationFailed
    /// The disk is full. The transaction is kept.
    case storageFull
    /// The store refused to write. The transaction is kept.
    case storageFailed
    case machineFailure
    /// An administrator gave the request up.
    case discarded
    /// The settings ask for something else by now, and a new request takes the place of this one.
    case superseded
    /// The timer was switched off before the request was sent.
    case timerSwitchedOff
}
