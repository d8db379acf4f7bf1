import COpenSSL

/// One TLS connection as a filter: what the peer sent goes in, what the program reads comes out, and the other way
/// round. It never touches a
/// socket. Lives on one thread.
final class TLSSession {
    /// What reading gave.
    enum Read {
        case bytes([UInt8])
        /// The peer said that it sends no more (close_notify).
        case ended
    }

    private let session: OpaquePointer
    /// Records from the peer, owned by the session.
    private let incoming: OpaquePointer
    /// Records for the peer, owned by the session.
    private let outgoing: OpaquePointer
    private(set) var isEstablished = false
    /// Whether the peer said that it sends no more (close_notify); known as soon as its bytes are here, even when
    /// data came along with it.
    private(set) var hasPeerEnded = false

    /// The server's side of a session.
    ///
    /// - Throws: `.tls`.
    convenience init(server context: TLSContext) throws(HTTPError) {
        try self.init(context: context)
        SSL_set_accept_state(session)
    }

    /// The client's side of a session with the server that has a certificate for this host (RFC 9110 section 4.3.4).
    ///
    /// - Throws: `.tls`.
    convenience init(client context: TLSContext, host: String) throws(HTTPError) {
        try self.init(context: context)
        SSL_set_connect_state(session)
        let isSet: Bool
        if SocketAddress(literal: host, port: 0) != nil {
            isSet = X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(session), host) == 1
        } else {
            var name = Array(host.utf8CString)
            isSet =
                SSL_set1_host(session, host) == 1
                && SSL_ctrl(session, SSL_CTRL_SET_TLSEXT_HOSTNAME, Int(TLSEXT_NAMETYPE_host_name), &name) == 1
        }
        guard isSet else {
            throw TLSContext.error("The server's name cannot be checked")
        }
    }

    /// The client's side of a session for a ``TLSTrial``, in this version and no other.
    ///
    /// - Throws: `.tls`.
    convenience init(browser context: TLSContext, version: Int32) throws(HTTPError) {
        try self.init(context: context)
        SSL_set_connect_state(session)
        guard SSL_ctrl(session, SSL_CTRL_SET_MIN_PROTO_VERSION, Int(version), nil) == 1,
            SSL_ctrl(session, SSL_CTRL_SET_MAX_PROTO_VERSION, Int(version), nil) == 1
        else {
            throw TLSContext.error("TLS is not available")
        }
    }

    private init(context: TLSContext) throws(HTTPError) {
        ERR_clear_error()
        let session = try context.makeSession()
        guard let incoming = BIO_new(BIO_s_mem()) else {
            SSL_free(session)
            throw TLSContext.error("TLS is not available")
        }
        guard let outgoing = BIO_new(BIO_s_mem()) else {
            BIO_free(incoming)
            SSL_free(session)
            throw TLSContext.error("TLS is not available")
        }
        SSL_set_bio(session, incoming, outgoing)
        self.session = session
        self.incoming = incoming
        self.outgoing = outgoing
    }

    deinit {
        SSL_free(session)
    }

    /// Takes in what the peer sent; moves the handshake on while it lasts, and gives what can be read.
    ///
    /// - Throws: `.tls`; an alert for the peer may be among the output.
    func receive(_ bytes: UnsafeRawBufferPointer) throws(HTTPError) -> Read {
        ERR_clear_error()
        guard bytes.isEmpty || BIO_write(incoming, bytes.baseAddress, Int32(bytes.count)) == Int32(bytes.count) else {
            throw TLSContext.error("TLS is out of memory")
        }
        guard try advanceHandshake() else {
            return .bytes([])
        }
        var plain: [UInt8] = []
        while true {
            let (result, piece) = read()
            if result > 0 {
                plain.append(contentsOf: piece)
                continue
            }
            switch SSL_get_error(session, result) {
            case SSL_ERROR_WANT_READ, SSL_ERROR_WANT_WRITE:
                return .bytes(plain)
            case SSL_ERROR_ZERO_RETURN:
                hasPeerEnded = true
                return plain.isEmpty ? .ended : .bytes(plain)
            default:
                throw TLSContext.error("The TLS connection failed")
            }
        }
    }

    /// Begins or continues the handshake.
    ///
    /// - Returns: whether it is complete.
    /// - Throws: `.tls`.
    @discardableResult
    func advanceHandshake() throws(HTTPError) -> Bool {
        guard !isEstablished else {
            return true
        }
        ERR_clear_error()
        let result = SSL_do_handshake(session)
        if result == 1 {
            isEstablished = true
            return true
        }
        guard SSL_get_error(session, result) == SSL_ERROR_WANT_READ else {
            throw TLSContext.error(verificationFailure ?? "The TLS handshake failed")
        }
        return false
    }

    /// Encrypts for the peer; only after the handshake.
    ///
    /// - Throws: `.tls`.
    func send(_ plain: [UInt8]) throws(HTTPError) {
        guard !plain.isEmpty else {
            return
        }
        ERR_clear_error()
        // The outgoing side is memory, so that a write is always whole.
        guard SSL_write(session, plain, Int32(plain.count)) == Int32(plain.count) else {
            throw TLSContext.error("The TLS connection failed")
        }
    }

    /// Says that no more will be sent (close_notify).
    func end() {
        ERR_clear_error()
        if isEstablished {
            SSL_shutdown(session)
        }
        ERR_clear_error()
    }

    /// The records that are ready for the peer.
    func takeOutput() -> [UInt8] {
        let count = BIO_ctrl_pending(outgoing)
        guard count > 0 else {
            return []
        }
        return [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
            filled = Int(max(0, BIO_read(outgoing, buffer.baseAddress, Int32(count))))
        }
    }

    private func read() -> (result: Int32, piece: [UInt8]) {
        var result: Int32 = 0
        let piece = [UInt8](unsafeUninitializedCapacity: 16 * 1_024) { buffer, filled in
            result = SSL_read(session, buffer.baseAddress, Int32(buffer.count))
            filled = Int(max(0, result))
        }
        return (result, piece)
    }

    /// Why the peer's certificate was not believed, if that was the reason.
    private var verificationFailure: String? {
        let result = SSL_get_verify_result(session)
        guard result != Int(X509_V_OK), let text = X509_verify_cert_error_string(result) else {
            return nil
        }
        return "The server's certificate is not trusted (\(String(cString: text)))"
    }
}
