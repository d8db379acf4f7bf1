import COpenSSL
import PKI

/// Owns an `SSL_CTX`: settings, certificates and keys that sessions share. Complete before it is shared and only read
/// afterwards.
final class TLSContext: Sendable {
    /// OpenSSL counts references to a finished context under its own lock.
    nonisolated(unsafe) private let pointer: OpaquePointer

    /// The name that both sides agree on by ALPN (RFC 7301).
    private static let protocolName: [UInt8] = [8] + Array("http/1.1".utf8)

    /// A context for servers.
    ///
    /// - Parameters:
    ///   - chain: DER, the server's certificate first.
    ///   - pkcs8: the key of the first certificate.
    /// - Throws: `.tls`.
    init(serverChain chain: [[UInt8]], pkcs8: [UInt8]) throws(HTTPError) {
        let pointer = try Self.make(TLS_server_method())
        self.pointer = pointer
        guard let leaf = chain.first,
            SSL_CTX_use_certificate_ASN1(pointer, Int32(leaf.count), leaf) == 1
        else {
            throw Self.error("The server's certificate cannot be used")
        }
        for der in chain.dropFirst() {
            guard let certificate = Self.certificate(der) else {
                throw Self.error("A certificate of the server's chain cannot be read")
            }
            guard SSL_CTX_ctrl(pointer, SSL_CTRL_EXTRA_CHAIN_CERT, 0, UnsafeMutableRawPointer(certificate)) == 1 else {
                X509_free(certificate)
                throw Self.error("A certificate of the server's chain cannot be used")
            }
        }
        guard let key = Self.key(pkcs8) else {
            throw Self.error("The server's key cannot be read")
        }
        defer { EVP_PKEY_free(key) }
        guard SSL_CTX_use_PrivateKey(pointer, key) == 1, SSL_CTX_check_private_key(pointer) == 1 else {
            throw Self.error("The server's key does not belong to its certificate")
        }
        SSL_CTX_set_alpn_select_cb(
            pointer,
            { _, out, outLength, offered, offeredLength, _ in
                TLSContext.selectProtocol(out, outLength, offered, offeredLength)
            }, nil)
    }

    /// A context for clients: the server must show a certificate under one of the anchors.
    ///
    /// - Throws: `.tls`.
    init(anchors: [[UInt8]]) throws(HTTPError) {
        let pointer = try Self.make(TLS_client_method())
        self.pointer = pointer
        SSL_CTX_set_verify(pointer, SSL_VERIFY_PEER, nil)
        for der in anchors {
            guard let certificate = Self.certificate(der) else {
                throw Self.error("A trust anchor cannot be read")
            }
            defer { X509_free(certificate) }
            guard X509_STORE_add_cert(SSL_CTX_get_cert_store(pointer), certificate) == 1 else {
                throw Self.error("A trust anchor cannot be used")
            }
        }
        // Returns 0 when it works, unlike the rest of the library.
        guard SSL_CTX_set_alpn_protos(pointer, Self.protocolName, UInt32(Self.protocolName.count)) == 0 else {
            throw Self.error("TLS is not available")
        }
    }

    /// A context for clients that take whatever certificate they are shown, with the signatures, groups and least key
    /// length that today's browsers have: for a ``TLSTrial``.
    ///
    /// - Throws: `.tls`.
    init(browser: Void) throws(HTTPError) {
        let pointer = try Self.make(TLS_client_method())
        self.pointer = pointer
        // 80 bits: an RSA key of 1024 bits is taken, with a warning; a signature with SHA-1 is not.
        SSL_CTX_set_security_level(pointer, 1)
        SSL_CTX_set_cert_verify_callback(
            pointer,
            { store, _ in
                X509_STORE_CTX_set_error(store, X509_V_OK)
                return 1
            }, nil)
        var signatures = Array(
            """
            ecdsa_secp256r1_sha256:rsa_pss_rsae_sha256:rsa_pkcs1_sha256:ecdsa_secp384r1_sha384:rsa_pss_rsae_sha384:\
            rsa_pkcs1_sha384:rsa_pss_rsae_sha512:rsa_pkcs1_sha512
            """.utf8CString)
        var groups = Array("X25519:P-256:P-384".utf8CString)
        guard SSL_CTX_ctrl(pointer, SSL_CTRL_SET_SIGALGS_LIST, 0, &signatures) == 1,
            SSL_CTX_ctrl(pointer, SSL_CTRL_SET_GROUPS_LIST, 0, &groups) == 1
        else {
            throw Self.error("TLS is not available")
        }
    }

    deinit {
        SSL_CTX_free(pointer)
    }

    /// The versions that sessions under this context offer, the best first: the system's configuration may leave one out.
    var versions: [Int32] {
        let highest = SSL_CTX_ctrl(pointer, SSL_CTRL_GET_MAX_PROTO_VERSION, 0, nil)
        let options = SSL_CTX_get_options(pointer)
        return [(TLS1_3_VERSION, Option.noTLS13), (TLS1_2_VERSION, Option.noTLS12)].compactMap { version, no in
            (highest == 0 || highest >= Int(version)) && options & no == 0 ? version : nil
        }
    }

    /// A session under this context.
    ///
    /// - Throws: `.tls` when memory is exhausted.
    func makeSession() throws(HTTPError) -> OpaquePointer {
        guard let session = SSL_new(pointer) else {
            throw Self.error("TLS is not available")
        }
        return session
    }

    /// Makes an error out of OpenSSL's error queue and empties it. The queue names functions and reasons, no data.
    static func error(_ what: String) -> HTTPError {
        let number = ERR_peek_last_error()
        ERR_clear_error()
        guard number != 0, let text = ERR_reason_error_string(number) else {
            return HTTPError(.tls, "\(what).")
        }
        return HTTPError(.tls, "\(what): \(String(cString: text)).")
    }

    private static func make(_ method: OpaquePointer?) throws(HTTPError) -> OpaquePointer {
        ERR_clear_error()
        guard let pointer = SSL_CTX_new(method) else {
            throw error("TLS is not available")
        }
        // TLS 1.2 with forward secrecy and authenticated encryption, and TLS 1.3 (ASVS 12.1.1, 12.1.2). No
        // renegotiation, no compression, no
        // session kept: a stolen ticket key would open recorded sessions, and keep-alive already spares the
        // handshakes.
        SSL_CTX_set_options(
            pointer, Option.noRenegotiation | Option.noCompression | Option.noTicket | Option.serverPreference)
        SSL_CTX_ctrl(pointer, SSL_CTRL_SET_SESS_CACHE_MODE, 0, nil)
        SSL_CTX_set_num_tickets(pointer, 0)
        // The session gives memory back between records: most connections are idle.
        SSL_CTX_ctrl(pointer, SSL_CTRL_MODE, Int(SSL_MODE_RELEASE_BUFFERS), nil)
        guard SSL_CTX_ctrl(pointer, SSL_CTRL_SET_MIN_PROTO_VERSION, Int(TLS1_2_VERSION), nil) == 1,
            SSL_CTX_set_cipher_list(pointer, "ECDHE+AESGCM:ECDHE+CHACHA20") == 1
        else {
            SSL_CTX_free(pointer)
            throw error("TLS is not available")
        }
        return pointer
    }

    /// `SSL_OP_…`: macros with an argument, which Swift does not import.
    private enum Option {
        static let noTicket: UInt64 = 1 << 14
        static let noCompression: UInt64 = 1 << 17
        static let serverPreference: UInt64 = 1 << 22
        static let noTLS12: UInt64 = 1 << 27
        static let noTLS13: UInt64 = 1 << 29
        static let noRenegotiation: UInt64 = 1 << 30
    }

    private static func certificate(_ der: [UInt8]) -> OpaquePointer? {
        der.withUnsafeBufferPointer { buffer in
            var position = buffer.baseAddress
            return d2i_X509(nil, &position, buffer.count)
        }
    }

    private static func key(_ pkcs8: [UInt8]) -> OpaquePointer? {
        pkcs8.withUnsafeBufferPointer { buffer in
            var position = buffer.baseAddress
            return d2i_AutoPrivateKey(nil, &position, buffer.count)
        }
    }

    /// A client that offers protocols but not ours is turned away, so that no other protocol's bytes are read as HTTP
    /// (RFC 7301 section 3.2).
    private static func selectProtocol(
        _ out: UnsafeMutablePointer<UnsafePointer<UInt8>?>?, _ outLength: UnsafeMutablePointer<UInt8>?,
        _ offered: UnsafePointer<UInt8>?, _ offeredLength: UInt32
    ) -> Int32 {
        guard let out, let outLength, let offered else {
            return SSL_TLSEXT_ERR_ALERT_FATAL
        }
        let names = UnsafeBufferPointer(start: offered, count: Int(offeredLength))
        var index = 0
        while index < names.count {
            let length = Int(names[index])
            guard index + 1 + length <= names.count else {
                return SSL_TLSEXT_ERR_ALERT_FATAL
            }
            if names[index...].prefix(1 + length).elementsEqual(protocolName) {
                out.pointee = offered + index + 1
                outLength.pointee = UInt8(length)
                return SSL_TLSEXT_ERR_OK
            }
            index += 1 + length
        }
        return SSL_TLSEXT_ERR_ALERT_FATAL
    }
}
