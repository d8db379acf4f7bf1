import Machine
import PKI

/// The fields of [Certificate Issuance Request] (I1). The challenge password is never filled in.
struct RequestForm: Sendable {
    let form: IssuanceRequest.Form
    var errors = FieldErrors<IssuanceRequest.Field>()
    let legacyMode: Bool
    var isDisabled = false
    let text: Texts

    var key: [FormField] {
        [
            field("key_name", "request.key-name", .text, form.keyName, isRequired: true, .keyName),
            field(
                "signature_algorithm", "request.signature", .choice(algorithms), form.signatureAlgorithm,
                isRequired: true, .signatureAlgorithm),
            field("key_length", "request.length", .choice(lengths), form.keyLength, isRequired: true, .keyLength),
        ]
    }

    var certificate: [FormField] {
        [
            field("organization", "request.organization", .text, form.organization, .organization),
            field("common_name", "request.common-name", .text, form.commonName, isRequired: true, .commonName),
            challenge,
        ]
    }

    private var challenge: FormField {
        var field = field(
            "challenge_password", "request.challenge", .secret(autocomplete: "one-time-code"), "", .challengePassword)
        if !form.challengePassword.isEmpty {
            field.hint = text("request.challenge.again") + text("form.sentence-space") + field.hint
        }
        return field
    }

    var use: [FormField] {
        [
            field(
                "key_use_location", "request.location", .choice(uses), form.keyUseLocation, isRequired: true,
                .keyUseLocation),
            field("ipsec_policy", "request.ipsec", .choice(policies), form.ipsecPolicy, .ipsecPolicy),
        ]
    }

    var all: [FormField] { key + certificate + use }

    /// The name of a hash as the manuals write it.
    static func name(_ digest: DigestAlgorithm) -> String { digest.rawValue.uppercased() }

    private func field(
        _ id: String, _ key: String, _ kind: FormField.Kind, _ value: String, isRequired: Bool = false,
        _ field: IssuanceRequest.Field
    ) -> FormField {
        FormField(
            id: id, label: text(key), hint: text("\(key).hint"), kind: kind, value: value, isRequired: isRequired,
            isDisabled: isDisabled, error: errors[field]?.words(text))
    }

    private var algorithms: [FormField.Option] {
        IssuanceRequest.signatureAlgorithms(legacyMode: legacyMode).map { digest in
            .init(
                value: digest.rawValue,
                name: marked(Self.name(digest), isRecommended: digest == .sha256, isLegacy: digest == .sha1))
        }
    }

    private var lengths: [FormField.Option] {
        IssuanceRequest.keyLengths(legacyMode: legacyMode).map { bits in
            .init(value: String(bits), name: marked(String(bits), isRecommended: bits == 2048, isLegacy: bits < 2048))
        }
    }

    private func marked(_ name: String, isRecommended: Bool, isLegacy: Bool) -> String {
        if isLegacy { return text("request.legacy", name) }
        return isRecommended ? text("request.default", name) : name
    }

    private var uses: [FormField.Option] {
        ["none", "tls", "ieee8021x", "ipsec"].map { .init(value: $0, name: text("request.use.\($0)")) }
    }

    private var policies: [FormField.Option] {
        [.init(value: "", name: text("request.ipsec.none"))]
            + KeyUse.ipsecPolicies.map { .init(value: String($0), name: text("request.ipsec.policy", String($0))) }
    }
}
