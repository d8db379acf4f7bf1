import PKI

/// What an enrolment ended with.
public struct IssuedCertificate: Sendable, Hashable {
    /// What a CA changed of what was asked for. No reason to refuse the certificate, but worth telling.
    public enum Difference: Sendable, Hashable {
        /// The certificate's own subject.
        case subject(Name)
        /// A requested subjectAltName that the certificate lacks.
        case missingSubjectAltName(String)
        /// The chain ends at an RA certificate that was accepted in place of the CA; the CA itself is unknown.
        case chainNotVerified
    }

    public let certificate: Certificate
    /// The other certificates of the reply and the authority that lead to the CA, nearest first, the CA last.
    public let chain: [Certificate]
    public let differences: [Difference]
}

extension IssuedCertificate: Codable {
    private enum CodingKeys: String, CodingKey { case certificate, chain, differences }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        certificate = try container.decode(DERCoded<Certificate>.self, forKey: .certificate).value
        chain = try container.decode([DERCoded<Certificate>].self, forKey: .chain).map(\.value)
        differences = try container.decode([Difference].self, forKey: .differences)
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(DERCoded(certificate), forKey: .certificate)
        try container.encode(chain.map(DERCoded.init), forKey: .chain)
        try container.encode(differences, forKey: .differences)
    }
}

extension IssuedCertificate.Difference: Codable {
    private enum CodingKeys: String, CodingKey { case subject, missingSubjectAltName, chainNotVerified }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        if let subject = try container.decodeIfPresent(DERCoded<Name>.self, forKey: .subject) {
            self = .subject(subject.value)
        } else if let name = try container.decodeIfPresent(String.self, forKey: .missingSubjectAltName) {
            self = .missingSubjectAltName(name)
        } else {
            self = .chainNotVerified
        }
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        switch self {
        case .subject(let name): try container.encode(DERCoded(name), forKey: .subject)
        case .missingSubjectAltName(let name): try container.encode(name, forKey: .missingSubjectAltName)
        case .chainNotVerified: try container.encode(true, forKey: .chainNotVerified)
        }
    }
}
