import HTTPTypes

/// A page that only says why the asked one is not shown. Template `message`.
struct MessagePage: PageModel {
    /// The raw value is part of the catalogue keys.
    enum Kind: String, CaseIterable, Sendable {
        case notFound = "not-found"
        /// A general user asks for a page of the System Manager.
        case forbidden
        case wrongMethod = "method"
        /// The form comes from another site, another session, or too late.
        case token
        /// The body is not a form.
        case mediaType = "media-type"
        /// The form cannot be read, or names a field twice.
        case form
        case error

        var status: HTTPResponse.Status {
            switch self {
            case .notFound: .notFound
            case .forbidden, .token: .forbidden
            case .wrongMethod: .methodNotAllowed
            case .mediaType: .unsupportedMediaType
            case .form: .badRequest
            case .error: .internalServerError
            }
        }
    }

    static let template = "message"
    static let shape: TemplateShape = [
        "kind": .text, "message": .text, "remedy": .text, "signIn": ["next": .text],
    ]

    /// Of each kind: title, what happened, what to do.
    static let texts = Kind.allCases.flatMap { kind in
        ["", ".title", ".remedy"].map { "message.\(kind.rawValue)\($0)" }
    }

    let kind: Kind
    /// Where to go on after signing in as System Manager.
    var next: String?
    /// The number of the incident in the log; fills `{0}` of the message.
    var incident: String?

    func title(_ text: Texts) -> String { text("message.\(kind.rawValue).title") }

    func values(_ text: Texts) -> TemplateValue {
        [
            "kind": "error",
            "message": .text(text.fill("message.\(kind.rawValue)", incident.map { [$0] } ?? [])),
            "remedy": .text(text("message.\(kind.rawValue).remedy")),
            "signIn": kind == .forbidden ? ["next": .text(next ?? "/settings")] : false,
        ]
    }
}
