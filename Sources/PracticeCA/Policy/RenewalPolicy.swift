import SCEP

/// Which of the two forms of a renewal are granted, and for what.
struct RenewalPolicy: Sendable, Equatable {
    /// RenewalReq (17).
    let takesRenewalReq: Bool
    /// PKCSReq (19) signed with a certificate of this CA.
    let takesPKCSReq: Bool
    /// Whether the signature is not enough.
    let needsChallenge: Bool

    /// NDES's "Renewal" is that of old drafts: it knows the PKCSReq and refuses the RenewalReq.
    init(profile: Profile, faults: Set<Fault> = []) {
        let refusesAll = faults.contains(.refusesRenewal)
        takesRenewalReq = profile != .ndes && !refusesAll && !faults.contains(.refusesRenewalReq)
        takesPKCSReq = !refusesAll
        needsChallenge = faults.contains(.renewalNeedsChallenge)
    }

    /// Why a request is not granted, in words for its sender; nil when nothing here speaks against it.
    /// - Parameter isRenewal: whether it is signed with a valid certificate of this CA.
    func refusal(of type: MessageType, isRenewal: Bool) -> String? {
        switch (type, isRenewal) {
        case (.renewalReq, _) where !takesRenewalReq: "RenewalReq is not known here."
        case (.renewalReq, false): "A renewal must be signed with a certificate of this CA."
        case (.pkcsReq, true) where !takesPKCSReq: "Certificates are not renewed here."
        default: nil
        }
    }
}
