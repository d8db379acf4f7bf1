/// A key was not let serve TLS.
struct TLSRefusal: Error {
    /// Nil when key or certificate cannot be read, or do not belong together.
    let problem: TLSProblem?
    /// For the log, in OpenSSL's words where it was OpenSSL; holds no secret.
    let reason: String
}
