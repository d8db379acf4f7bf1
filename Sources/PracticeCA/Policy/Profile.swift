/// Whose habits the practice CA takes on.
public enum Profile: String, Sendable, Codable, CaseIterable {
    /// As RFC 8894 describes it: one CA that signs and decrypts itself.
    case rfc
    /// As Microsoft's NDES answers: a CA with two registration authority certificates, one-time challenges, SHA-1
    /// replies without certificates, one zero byte inside a FAILURE, and an HRESULT beside it.
    case ndes

    /// Where the SCEP service is (RFC 8894 §4.1: SCEPPATH).
    public var path: String {
        switch self {
        case .rfc: "/scep"
        case .ndes: "/certsrv/mscep/mscep.dll"
        }
    }

    /// The page on which NDES shows the present challenge; the RFC knows no such page.
    public var administrationPath: String? {
        switch self {
        case .rfc: nil
        case .ndes: "/certsrv/mscep_admin/"
        }
    }

    /// The reply to GetCACaps (RFC 8894 §3.5.2).
    var capabilities: String {
        switch self {
        case .rfc: "AES\nDES3\nSHA-1\nSHA-256\nSHA-512\nSCEPStandard\nPOSTPKIOperation\nRenewal\n"
        case .ndes: "POSTPKIOperation\r\nRenewal\r\nSHA-512\r\nSHA-256\r\nSHA-1\r\nDES3"
        }
    }

    /// The `Server` header field.
    var server: String {
        switch self {
        case .rfc: "practice-ca"
        case .ndes: "Microsoft-IIS/10.0"
        }
    }

    /// Whether registration authority certificates stand between the CA and the requester.
    var hasRegistrationAuthority: Bool { self == .ndes }

    /// Whether a challenge is good for one request only.
    var spendsChallenges: Bool { self == .ndes }

    /// Whether a path, as sent, means the SCEP service. Old clients append `/pkiclient.exe` to what they were told.
    func serves(path sent: String) -> Bool {
        let name = self == .ndes ? sent.lowercased() : sent
        return name == path || name == path + "/pkiclient.exe" || (self == .rfc && name == "/cgi-bin/pkiclient.exe")
    }
}
