import PKI

/// What stopped an exchange with a SCEP server. Equal by everything but the reason.
///
/// The code says what the matter is, in enough detail to tell an administrator cause and remedy; the reason is
/// English for the log. Neither ever holds a challenge password or key.
public struct SCEPError: Error, Sendable {
    /// What happened on the way to the server.
    public enum TransportFailure: String, Sendable, Codable, CaseIterable {
        /// The host name is unknown.
        case resolve
        /// Nobody accepts connections there.
        case connect
        /// The deadline passed.
        case timedOut
        /// The server closed the connection before its reply was complete.
        case closed
        /// The reply is no HTTP.
        case malformed
        /// The reply is larger than a SCEP reply can be.
        case tooLarge
        /// Anything else between the two machines.
        case other
    }

    public enum Code: Sendable, Hashable, Codable {
        case transport(TransportFailure)
        /// An HTTP status other than 200, redirects that are not followed included.
        case httpStatus(Int)
        /// A redirect to HTTPS, which is not supported (C7); the status is in ``SCEPError/httpStatus``.
        case redirectToHTTPS
        /// HTTP 200 without a body: NDES 2012 does so to POST.
        case emptyReply
        /// A web page instead of a SCEP reply: wrong URL, a captive portal, NDES's administration page.
        case notSCEPServer
        /// The request is too long for GET and the server offers no POST. Nothing was sent.
        case tooLongForGET
        /// The server, or what stands in front of it, refuses the long URL that a GET of the request makes: IIS, as long
        /// as its limits are those that it is installed with. The status is in ``SCEPError/httpStatus``.
        case longURLRefused

        /// The reply to GetCACert holds no CA certificate.
        case noCACertificate
        /// No certificate of the authority can be encrypted to (all of them are elliptic-curve certificates).
        case noEncryptionCertificate
        /// The CA is not the one whose fingerprint was typed, or nobody has accepted it yet.
        case authorityNotAccepted
        /// The CA is not the one that was accepted earlier.
        case authorityChanged
        case authorityExpired
        case authorityNotYetValid
        /// An RA certificate was not issued by the accepted CA.
        case raUntrusted
        case raExpired
        case raNotYetValid

        /// The reply cannot be read.
        case malformedReply
        /// The signature is wrong, or made with a digest that is not allowed.
        case badSignature
        /// Signed by a certificate that the authority did not show.
        case unknownSigner
        /// Not the answer to this transaction.
        case transactionIDMismatch
        /// Not the answer to this message.
        case nonceMismatch
        /// The reply is no CertRep.
        case wrongMessageType
        /// A pkiStatus that RFC 8894 does not know.
        case unknownStatus
        /// Encrypted for somebody else.
        case notRecipient
        case decryptionFailed
        /// Encrypted with single DES, which RFC 8894 forbids (§2.9); a switch allows it for old servers.
        case singleDESRefused
        /// SUCCESS, but no certificate for the request's key is in it.
        case noIssuedCertificate
        /// The issued certificate is out of its validity, a CA certificate, not of the accepted CA, or ambiguous.
        case issuedCertificateInvalid

        /// The certificate to renew is out of date, not RSA, or not of the key that was given.
        case notRenewable
        /// Server side: a request that cannot be read.
        case malformedRequest
        /// The call does not fit the state of the transaction.
        case wrongState
        /// A cryptographic operation of our own failed, such as a signature with a key that does not fit.
        case cryptography
    }

    public let code: Code
    /// For the log: one line of English, printable, without secrets.
    public let reason: String
    /// The HTTP status, when one was received, also behind other codes such as ``Code/tooLongForGET``.
    public let httpStatus: Int?
    /// Whether the server may have the request and act on it, although no reply could be read.
    public let requestMayHaveArrived: Bool
    /// Whether the server accepted the connection, whatever was asked and whatever came of it.
    public let wasConnected: Bool

    /// - Parameter wasConnected: nil where it follows from the rest.
    public init(
        _ code: Code, _ reason: String, httpStatus: Int? = nil, requestMayHaveArrived: Bool = false,
        wasConnected: Bool? = nil
    ) {
        self.code = code
        self.reason = PeerText.clean(reason)
        self.httpStatus = httpStatus
        self.requestMayHaveArrived = requestMayHaveArrived
        self.wasConnected = wasConnected ?? (requestMayHaveArrived || httpStatus != nil || code.needsConnection)
    }

    /// Whether the exchange failed between the two machines (refused connection, time-out, lost connection, cut-off
    /// reply, unknown name), so that sending the same again may help. A reply that came, whatever it was, is none.
    public var isCommunicationError: Bool {
        guard case .transport(let failure) = code else { return false }
        return switch failure {
        case .resolve, .connect, .timedOut, .closed, .other: true
        case .malformed, .tooLarge: false
        }
    }

    /// The same error, told to an exchange whose request had been sent.
    var afterRequest: SCEPError {
        SCEPError(code, reason, httpStatus: httpStatus, requestMayHaveArrived: true)
    }
}

extension SCEPError.Code {
    /// Whether only a server that was reached can be the cause.
    fileprivate var needsConnection: Bool {
        switch self {
        case .transport(.closed), .transport(.malformed), .transport(.tooLarge): true
        default: false
        }
    }
}

extension SCEPError: Equatable {
    public static func == (left: SCEPError, right: SCEPError) -> Bool {
        left.code == right.code && left.httpStatus == right.httpStatus
            && left.requestMayHaveArrived == right.requestMayHaveArrived && left.wasConnected == right.wasConnected
    }
}

extension SCEPError: CustomStringConvertible {
    public var description: String { "\(code): \(reason)" }
}
