import COpenSSL

/// The end of a process that uses OpenSSL on several threads.
public enum ProcessEnd {
    /// Leaves OpenSSL's memory to the system at the end of the process. Its own clean-up runs inside `exit` and frees what
    /// threads that are just ending may free too.
    ///
    /// To be called once, before anything else that uses OpenSSL.
    public static func skipOpenSSLCleanUp() {
        OPENSSL_init_crypto(UInt64(OPENSSL_INIT_NO_ATEXIT), nil)
    }
}
