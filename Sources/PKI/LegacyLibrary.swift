import COpenSSL

/// An OpenSSL library context of its own with the legacy provider, for single DES. Loading that provider into the
/// process's context would make single DES, RC4 and MD4 available to everything else.
struct LegacyLibrary: ~Copyable {
    private let context: OpaquePointer
    private let providers: [OpaquePointer]

    /// - Throws: `library` when the legacy provider is not installed.
    init() throws(PKIError) {
        guard let context = OSSL_LIB_CTX_new() else { throw .drained(.library, "library context") }
        var providers: [OpaquePointer] = []
        for name in ["default", "legacy"] {
            guard let provider = OSSL_PROVIDER_load(context, name) else {
                for provider in providers { OSSL_PROVIDER_unload(provider) }
                OSSL_LIB_CTX_free(context)
                throw .drained(.library, "OpenSSL provider \(name)")
            }
            providers.append(provider)
        }
        self.context = context
        self.providers = providers
    }

    deinit {
        for provider in providers { OSSL_PROVIDER_unload(provider) }
        OSSL_LIB_CTX_free(context)
    }

    /// Lends the context; everything made in it must be freed before the body returns.
    borrowing func with<Result>(_ body: (OpaquePointer) throws(PKIError) -> Result) throws(PKIError) -> Result {
        try body(context)
    }
}
