import Machine
import SCEP

extension FieldProblem {
    /// What is wrong, as a sentence that says how to put it right.
    func words(_ text: Texts) -> String {
        switch self {
        case .required: text("problem.required")
        case .tooShort(let minimum): text("problem.too-short", String(minimum))
        case .tooLong(let maximum): text("problem.too-long", String(maximum))
        case .notANumber: text("problem.not-a-number")
        case .outOfRange(let minimum, let maximum):
            text("problem.out-of-range", String(minimum), String(maximum))
        case .invalidCharacter: text("problem.invalid-character")
        case .notAddressOrName: text("problem.not-address-or-name")
        case .notOffered: text("problem.not-offered")
        case .notADateTime: text("problem.not-a-date-time")
        case .inThePast: text("problem.in-the-past")
        case .startsAnew: text("problem.starts-anew")
        case .alreadyUsed: text("problem.already-used")
        case .doesNotMatch: text("problem.does-not-match")
        case .serverURL(let error): error.words(text)
        case .fingerprint(let error): error.words(text)
        }
    }
}

extension ServerURLError {
    func words(_ text: Texts) -> String {
        switch self {
        case .empty: text("problem.required")
        case .tooLong: text("problem.url.tooLong")
        case .forbiddenCharacter: text("problem.url.forbiddenCharacter")
        case .httpsNotSupported: text("problem.url.httpsNotSupported")
        case .schemeNotSupported: text("problem.url.schemeNotSupported")
        case .userInformation: text("problem.url.userInformation")
        case .portInURL: text("problem.url.portInURL")
        case .query: text("problem.url.query")
        case .fragment: text("problem.url.fragment")
        case .noHost: text("problem.url.noHost")
        case .badHost: text("problem.url.badHost")
        case .badPath: text("problem.url.badPath")
        case .portOutOfRange: text("problem.url.portOutOfRange")
        }
    }
}

extension Fingerprint.ParseError {
    func words(_ text: Texts) -> String {
        switch self {
        case .empty: text("problem.required")
        case .notHexadecimal: text("problem.fingerprint.notHexadecimal")
        case .md5: text("problem.fingerprint.md5")
        case .wrongLength: text("problem.fingerprint.wrongLength")
        }
    }
}
