import PKI

extension IssuanceRequest {
    /// The form as it was typed. Choices carry values such as `sha256`, `2048`, `1` (IPSec policy), and for the
    /// location `none`, `tls`, `ieee8021x` or `ipsec`.
    public struct Form: Equatable, Sendable {
        public var keyName: String
        public var signatureAlgorithm: String
        public var keyLength: String
        public var organization: String
        public var commonName: String
        public var challengePassword: Secret
        public var keyUseLocation: String
        /// The second choice, read when the location is `ipsec`.
        public var ipsecPolicy: String

        public init(
            keyName: String = "", signatureAlgorithm: String = "sha256", keyLength: String = "2048",
            organization: String = "", commonName: String = "", challengePassword: Secret = Secret(""),
            keyUseLocation: String = "none", ipsecPolicy: String = ""
        ) {
            self.keyName = keyName
            self.signatureAlgorithm = signatureAlgorithm
            self.keyLength = keyLength
            self.organization = organization
            self.commonName = commonName
            self.challengePassword = challengePassword
            self.keyUseLocation = keyUseLocation
            self.ipsecPolicy = ipsecPolicy
        }

        /// The request, or every problem at once. Whether the key name is free is the machine's answer.
        public func validated(legacyMode: Bool) throws(FieldErrors<Field>) -> IssuanceRequest {
            var errors = FieldErrors<Field>()
            let name = errors.check(.keyName) { () throws(FieldProblemError) in
                let name = try FieldRules.identifier(FieldRules.trimmed(keyName), 1...24)
                // A browser takes these for folders, so that the key's own pages could not be reached.
                guard name != ".", name != ".." else { throw FieldProblemError(.invalidCharacter) }
                return name
            }
            let digest = errors.check(.signatureAlgorithm) { () throws(FieldProblemError) in
                let choice = DigestAlgorithm(rawValue: signatureAlgorithm.lowercased())
                return try Self.offered(choice, by: IssuanceRequest.signatureAlgorithms(legacyMode: legacyMode))
            }
            let length = errors.check(.keyLength) { () throws(FieldProblemError) in
                try Self.offered(Int(keyLength), by: IssuanceRequest.keyLengths(legacyMode: legacyMode))
            }
            let organization = errors.check(.organization) { () throws(FieldProblemError) in
                try FieldRules.printableASCII(FieldRules.trimmed(self.organization), 0...64)
            }
            let commonName = errors.check(.commonName) { () throws(FieldProblemError) in
                try CommonName.validated(self.commonName)
            }
            let challenge = errors.check(.challengePassword) { () throws(FieldProblemError) in
                try FieldRules.printableASCII(challengePassword.text, 0...64)
            }
            let use = keyUse(&errors)
            guard let name, let digest, let length, let organization, let commonName, let challenge, let use else {
                throw errors
            }
            return IssuanceRequest(
                keyName: name, signatureAlgorithm: digest, keyLength: length, organization: organization,
                commonName: commonName, challengePassword: Secret(challenge), use: use)
        }

        private func keyUse(_ errors: inout FieldErrors<Field>) -> KeyUse? {
            switch keyUseLocation {
            case "none": return KeyUse.none
            case "tls": return .tls
            case "ieee8021x": return .ieee8021X
            case "ipsec":
                return errors.check(.ipsecPolicy) { () throws(FieldProblemError) in
                    .ipsec(policy: try Self.offered(Int(ipsecPolicy), by: Array(KeyUse.ipsecPolicies)))
                }
            default:
                errors.add(.keyUseLocation, keyUseLocation.isEmpty ? .required : .notOffered)
                return nil
            }
        }

        private static func offered<Choice: Equatable>(
            _ choice: Choice?, by choices: [Choice]
        ) throws(FieldProblemError) -> Choice {
            guard let choice, choices.contains(choice) else { throw FieldProblemError(.notOffered) }
            return choice
        }
    }
}
