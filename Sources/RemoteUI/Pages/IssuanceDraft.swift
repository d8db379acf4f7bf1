import Machine
import PKI

/// An issuance request between [Send Request] and [OK]: in the session only, never on disk and never in a page (I5).
struct IssuanceDraft: Sendable {
    /// Tells the draft that a page shows from one that another window has put in its place since.
    let id: String
    let request: IssuanceRequest
    /// The server and the CA that the confirmation shows: [OK] sends there, or nowhere (C4).
    let preparation: IssuancePreparation

    var authority: Certificate { preparation.authority }
    var destination: IssuanceDestination { preparation.destination }
}
