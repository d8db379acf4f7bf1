/// Owns one OpenSSL object and frees it once.
///
/// Unchecked because a pointer is not Sendable. It is sound because the objects kept in a handle (`X509`, `EVP_PKEY`)
/// are complete before the handle is shared and only read afterwards; OpenSSL guards their reference counts and its
/// own lazily filled caches with locks. Objects that OpenSSL changes while it works (CMS, stores, contexts) never live
/// in a handle: they are made, used and freed within one call.
final class Handle: @unchecked Sendable {
    private let pointer: OpaquePointer
    private let release: (OpaquePointer) -> Void

    init(owning pointer: OpaquePointer, release: @escaping (OpaquePointer) -> Void) {
        self.pointer = pointer
        self.release = release
    }

    deinit { release(pointer) }

    /// Lends the pointer; the object outlives the body, which must not keep the pointer.
    func with<Result, Failure: Error>(
        _ body: (OpaquePointer) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        defer { withExtendedLifetime(self) {} }
        return try body(pointer)
    }
}
