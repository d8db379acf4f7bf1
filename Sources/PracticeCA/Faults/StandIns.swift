import PKI

/// Who appears in the CA's place when a fault wants it.
struct StandIns: Sendable {
    /// The CA that answers: the genuine one unless the fault is ``Fault/wrongCA``.
    let authority: CertificateAuthority
    /// Somebody who has nothing to do with it; nil when no fault needs one.
    let stranger: Identity?

    init(
        _ genuine: CertificateAuthority, configuration: ServiceConfiguration, environment: ServiceEnvironment
    ) throws(PracticeCAError) {
        let faults = configuration.faults
        let maker = IdentityMaker(now: environment.now(), random: environment.random)
        do {
            authority =
                faults.contains(.wrongCA)
                ? try CertificateAuthority(
                    impostorFor: configuration.profile, maker: maker, key: environment.makeKey()) : genuine
            guard !faults.isDisjoint(with: [.strangerSigns, .strangerIsRecipient, .otherKey]) else {
                stranger = nil
                return
            }
            let key = try environment.makeKey()
            stranger = Identity(certificate: try maker.stranger(key: key), key: key)
        } catch {
            throw PracticeCAError(.cryptography, error.reason)
        }
    }
}
