import Machine
import PKI
import SCEP

/// An issuance request between [Send Request] and [OK]: in the session only, never on disk and never in a page (I5).
struct IssuanceDraft: Sendable {
    /// Tells the draft that a page shows from one that another window has put in its place since.
    let id: String
    let request: IssuanceRequest
    /// The CA that the confirmation shows.
    let preparation: IssuancePreparation

    var authority: Certificate {
        switch preparation {
        case .ready(let accepted): accepted.certificate
        case .confirmAuthority(let shown): shown.certificate
        }
    }

    /// The fingerprint that [OK] accepts; nil if the CA is accepted already.
    var fingerprintToAccept: Fingerprint? {
        switch preparation {
        case .ready: nil
        case .confirmAuthority(let shown): shown.fingerprint
        }
    }
}
