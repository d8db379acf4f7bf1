import SCEP

/// How the machine talks to the SCEP server (C1, C2, C6).
public struct CommunicationSettings: Codable, Equatable, Sendable {
    /// [SCEP Server URL] and [Port Number].
    public var server: ServerURL
    /// [Communication Timeout] in seconds, 1 to 120: bounds the whole exchange of one attempt.
    public var timeout: Int
    /// The CA's fingerprint, typed in advance; a CA with another one is never accepted.
    public var caFingerprint: Fingerprint?

    public static let ports = 1...65535
    public static let timeouts = 1...120
    public static let defaultPort = 80
    public static let defaultTimeout = 30

    public init(server: ServerURL, timeout: Int = defaultTimeout, caFingerprint: Fingerprint? = nil) {
        self.server = server
        self.timeout = timeout
        self.caFingerprint = caFingerprint
    }

    public enum Field: String, Hashable, Sendable, CaseIterable {
        case scepServerURL, portNumber, communicationTimeout, caFingerprint
    }

    /// The form as it was typed.
    public struct Form: Equatable, Sendable {
        public var scepServerURL: String
        public var portNumber: String
        public var communicationTimeout: String
        public var caFingerprint: String

        public init(scepServerURL: String, portNumber: String, communicationTimeout: String, caFingerprint: String) {
            self.scepServerURL = scepServerURL
            self.portNumber = portNumber
            self.communicationTimeout = communicationTimeout
            self.caFingerprint = caFingerprint
        }

        /// The form of settings as they are, or of the defaults.
        public init(_ settings: CommunicationSettings?) {
            self.init(
                scepServerURL: settings?.server.url ?? "",
                portNumber: String(settings?.server.port ?? CommunicationSettings.defaultPort),
                communicationTimeout: String(settings?.timeout ?? CommunicationSettings.defaultTimeout),
                caFingerprint: settings?.caFingerprint?.text ?? "")
        }

        /// The settings, or every problem at once.
        public func validated() throws(FieldErrors<Field>) -> CommunicationSettings {
            var errors = FieldErrors<Field>()
            // The URL is judged with the default port, so that a bad port does not hide a bad URL.
            let address = errors.check(.scepServerURL) { () throws(FieldProblemError) in
                try Self.server(scepServerURL, port: CommunicationSettings.defaultPort)
            }
            let port = errors.check(.portNumber) { () throws(FieldProblemError) in
                try FieldRules.integer(FieldRules.trimmed(portNumber), in: CommunicationSettings.ports)
            }
            let timeout = errors.check(.communicationTimeout) { () throws(FieldProblemError) in
                try FieldRules.integer(FieldRules.trimmed(communicationTimeout), in: CommunicationSettings.timeouts)
            }
            var fingerprint: Fingerprint?
            if !FieldRules.trimmed(caFingerprint).isEmpty {
                fingerprint = errors.check(.caFingerprint) { () throws(FieldProblemError) in
                    try Self.fingerprint(caFingerprint)
                }
            }
            guard let address, let port, let timeout, errors.isEmpty,
                let server = errors.check(
                    .scepServerURL,
                    { () throws(FieldProblemError) in
                        try Self.server(address.url, port: port)
                    })
            else { throw errors }
            return CommunicationSettings(server: server, timeout: timeout, caFingerprint: fingerprint)
        }

        private static func server(_ url: String, port: Int) throws(FieldProblemError) -> ServerURL {
            do {
                return try ServerURL(url: url, port: port)
            } catch {
                throw FieldProblemError(error == .empty ? .required : .serverURL(error))
            }
        }

        private static func fingerprint(_ text: String) throws(FieldProblemError) -> Fingerprint {
            do {
                return try Fingerprint(text: text)
            } catch {
                throw FieldProblemError(.fingerprint(error))
            }
        }
    }
}
