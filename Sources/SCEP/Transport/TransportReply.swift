/// An HTTP reply, whatever its status.
public struct TransportReply: Sendable, Hashable {
    /// Longest CertRep that is read, in bytes.
    public static let maximumCertRepLength = 1 << 20
    /// Longest GetCACert reply that is read, in bytes.
    public static let maximumAuthorityLength = 256 << 10

    public let status: Int
    /// The media type as sent. Nothing depends on it: servers get it wrong.
    public let contentType: String?
    /// The `Server` field.
    public let server: String?
    public let body: [UInt8]
    /// The address that answered, where the transport knows it.
    public let remoteAddress: String?

    public init(
        status: Int, contentType: String? = nil, server: String? = nil, body: [UInt8], remoteAddress: String? = nil
    ) {
        self.status = status
        self.contentType = contentType
        self.server = server
        self.body = body
        self.remoteAddress = remoteAddress
    }

    /// The first check of a CertRep: it came with status 200, has a body of a possible size, and is no web page.
    func checkPKIOperation() throws(SCEPError) {
        try checkStatus(.pkiOperation)
        guard !body.isEmpty else {
            throw SCEPError(.emptyReply, "PKIOperation was answered with nothing", httpStatus: status)
        }
        try checkBody(.pkiOperation, maximum: Self.maximumCertRepLength)
    }

    /// The first check of a GetCACert reply.
    func checkAuthority() throws(SCEPError) {
        try checkStatus(.getCACert)
        guard !body.isEmpty else {
            throw SCEPError(.noCACertificate, "GetCACert was answered with nothing", httpStatus: status)
        }
        try checkBody(.getCACert, maximum: Self.maximumAuthorityLength)
    }

    private func checkStatus(_ operation: TransportOperation) throws(SCEPError) {
        guard status == 200 else {
            throw SCEPError(
                .httpStatus(status), "\(operation.rawValue): HTTP status \(status): \(PeerText.excerpt(body))",
                httpStatus: status)
        }
    }

    private func checkBody(_ operation: TransportOperation, maximum: Int) throws(SCEPError) {
        guard body.count <= maximum else {
            throw SCEPError(
                .transport(.tooLarge), "\(operation.rawValue) was answered with \(body.count) bytes", httpStatus: status
            )
        }
        if Capabilities.isMarkup(body) {
            throw SCEPError(
                .notSCEPServer, "\(operation.rawValue) was answered with a web page: \(PeerText.excerpt(body))",
                httpStatus: status)
        }
    }
}
