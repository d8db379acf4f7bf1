import PKI

/// What the server says it can do (RFC 8894 §3.5.2). The answer is not authenticated: it chooses among algorithms
/// that are all acceptable, and never below them.
public struct Capabilities: Sendable, Hashable, Codable {
    /// Where the list came from. A server without GetCACaps is served all the same, with the oldest algorithms.
    public enum Source: Sendable, Hashable, Codable {
        case listed
        /// HTTP 200 with nothing in it.
        case empty
        case httpStatus(Int)
        case closed
        case timedOut
    }

    /// Longest reply that can be a capability list, in bytes.
    public static let maximumBodyLength = 1024

    /// As sent, each once, in the order of the server.
    public let tokens: [String]
    /// The `Server` field of the reply, cleaned.
    public let server: String?
    public let source: Source

    /// Reads a reply with status 200.
    /// - Throws: ``SCEPError/Code/notSCEPServer`` for a web page or a body that is too long.
    public init(body: [UInt8], server: String? = nil) throws(SCEPError) {
        guard body.count <= Self.maximumBodyLength, !Self.isMarkup(body) else {
            throw SCEPError(.notSCEPServer, "GetCACaps was answered with: \(PeerText.excerpt(body))", httpStatus: 200)
        }
        let separators: [UInt8] = [0x00, 0x09, 0x0a, 0x0d, 0x20, UInt8(ascii: ",")]
        var tokens: [String] = []
        var seen: Set<String> = []
        for word in body.split(whereSeparator: separators.contains) {
            guard word.allSatisfy({ $0 > 0x20 && $0 < 0x7f }) else { continue }
            let token = String(decoding: word, as: UTF8.self)
            if seen.insert(token.lowercased()).inserted { tokens.append(token) }
        }
        self.tokens = tokens
        self.server = server.map { PeerText.clean($0, limit: 100) }
        source = tokens.isEmpty ? .empty : .listed
    }

    /// The capabilities of a server that did not say any.
    public init(unknown source: Source, server: String? = nil) {
        tokens = []
        self.server = server.map { PeerText.clean($0, limit: 100) }
        self.source = source
    }

    /// Whether a token is listed: as a whole word, in any case.
    public func contains(_ token: String) -> Bool {
        let wanted = token.lowercased()
        return tokens.contains { $0.lowercased() == wanted }
    }

    /// SCEPStandard: AES, SHA-256, POST and the rest of RFC 8894 §2.9.
    public var isStandard: Bool { contains("SCEPStandard") }
    public var supportsPOST: Bool { isStandard || contains("POSTPKIOperation") }
    public var supportsAES: Bool { isStandard || containsAny("AES", "AES128", "AES-128", "AES-256") }
    public var supportsSHA256: Bool { isStandard || containsAny("SHA-256", "SHA256") }
    public var supportsSHA384: Bool { containsAny("SHA-384", "SHA384") }
    public var supportsSHA512: Bool { containsAny("SHA-512", "SHA512") }
    public var supportsRenewal: Bool { contains("Renewal") }
    public var supportsGetNextCACert: Bool { contains("GetNextCACert") }

    /// The version of Internet Information Services behind NDES, from the `Server` field: (8, 5) is 2012 R2.
    public var iisVersion: (major: Int, minor: Int)? {
        guard let server, server.lowercased().hasPrefix("microsoft-iis/") else { return nil }
        let number = server.dropFirst("microsoft-iis/".count).prefix { $0.isASCII && ($0.isNumber || $0 == ".") }
        let parts = number.split(separator: ".").map { Int($0) }
        guard let major = parts.first ?? nil else { return nil }
        return (major, parts.count > 1 ? parts[1] ?? 0 : 0)
    }

    /// The algorithms and the method for a request to this server.
    ///
    /// AES-128 and SHA-256 where the server knows them: the point where implementations meet, even where stronger is
    /// listed. NDES up to IIS 8.5 (2012 R2) gets GET and 3DES whatever it lists, since it answers POST with nothing.
    /// - Parameters:
    ///   - method: the administrator's word on the method, if any.
    ///   - cipher: the administrator's word on the cipher, if any; single DES is not taken.
    public func choice(method: AlgorithmChoice.Method? = nil, cipher: ContentCipher? = nil) -> AlgorithmChoice {
        let isOldNDES = iisVersion.map { $0 <= (8, 5) } ?? false
        let digest: DigestAlgorithm =
            supportsSHA256 ? .sha256 : supportsSHA512 ? .sha512 : supportsSHA384 ? .sha384 : .sha1
        return AlgorithmChoice(
            cipher: cipher.flatMap { $0 == .desCBC ? nil : $0 } ?? (supportsAES && !isOldNDES ? .aes128CBC : .des3CBC),
            digest: digest,
            method: method ?? (supportsPOST && !isOldNDES ? .post : .get))
    }

    /// How a renewal is asked for: RenewalReq of servers that follow RFC 8894, and PKCSReq signed with the old
    /// certificate of those whose "Renewal" still means that, NDES and Cisco, or that list no "Renewal" at all.
    public var renewalType: MessageType {
        supportsRenewal && (isStandard || !meansOldRenewal) ? .renewalReq : .pkcsReq
    }

    private var meansOldRenewal: Bool {
        guard let server = server?.lowercased() else { return false }
        // HTTPAPI answers where Windows itself stands in front of IIS.
        return ["microsoft-iis", "microsoft-httpapi", "cisco"].contains { server.contains($0) }
    }

    private func containsAny(_ names: String...) -> Bool { names.contains(where: contains) }

    /// Whether a body starts as HTML or XML does.
    static func isMarkup(_ body: [UInt8]) -> Bool {
        let bom: [UInt8] = [0xef, 0xbb, 0xbf]
        let text = body.starts(with: bom) ? body.dropFirst(3) : body[...]
        return text.first { $0 != 0x20 && $0 != 0x09 && $0 != 0x0a && $0 != 0x0d } == UInt8(ascii: "<")
    }
}
