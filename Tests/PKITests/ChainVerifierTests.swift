import FoundationEssentials
import PKI
import Testing

@Suite struct ChainVerifierTests {
    private let root: Certificate
    private let intermediate: Certificate
    private let leaf: Certificate
    private let during = Samples.start + Samples.day

    init() throws {
        let rootKey = try Samples.otherKey.get()
        let key = try Samples.key.get()
        root = try Samples.authority("root")
        var template = try Samples.template("intermediate", key, serial: [2])
        template.isCA = true
        template.keyUsage = [.keyCertSign]
        intermediate = try template.issued(by: root, key: rootKey, digest: .sha1)
        var agent = try Samples.template("RA", rootKey, serial: [3])
        agent.extendedKeyUsages = ["1.3.6.1.4.1.311.20.2.1"]
        agent.notAfter = Samples.start + 100 * Samples.day
        leaf = try agent.issued(by: intermediate, key: key, digest: .sha256)
    }

    @Test func anRACertificateChainsWhateverItsPurpose() throws {
        try ChainVerifier(anchors: [root], intermediates: [intermediate]).verify(leaf, at: during)
        try ChainVerifier(anchors: [root]).verify(root, at: during)
    }

    @Test func aPinnedIntermediateOrThePinnedCertificateItselfIsAnAnchor() throws {
        try ChainVerifier(anchors: [intermediate]).verify(leaf, at: during)
        try ChainVerifier(anchors: [leaf]).verify(leaf, at: during)
    }

    @Test func aMissingLinkOrAStrangerIsAnUnknownIssuer() throws {
        #expect(code { try ChainVerifier(anchors: [root]).verify(leaf, at: during) } == .unknownIssuer)
        #expect(code { try ChainVerifier(anchors: []).verify(leaf, at: during) } == .unknownIssuer)
        let stranger = try Samples.certificate("stranger")
        #expect(code { try ChainVerifier(anchors: [root]).verify(stranger, at: during) } == .unknownIssuer)
        #expect(
            code {
                try ChainVerifier(anchors: [stranger], intermediates: [intermediate, root]).verify(leaf, at: during)
            }
                == .unknownIssuer, "what comes with a message is never an anchor")
    }

    @Test func datesAreCheckedAtTheGivenTime() {
        let verifier = ChainVerifier(anchors: [root], intermediates: [intermediate])
        #expect(code { try verifier.verify(leaf, at: Samples.start - 1) } == .notYetValid)
        #expect(code { try verifier.verify(leaf, at: Samples.start + 101 * Samples.day) } == .expired)
        #expect(code { try verifier.verify(leaf, at: Date(timeIntervalSince1970: .nan)) } == .invalidInput)
    }

    @Test func aForgedSignatureIsNotAnUnknownIssuer() throws {
        var forged = leaf.der
        forged[forged.count - 1] ^= 1
        let verifier = ChainVerifier(anchors: [root], intermediates: [intermediate])
        #expect(code { try verifier.verify(Certificate(der: forged), at: during) } == .badSignature)
    }

    @Test func aCertificateThatIsNoCACannotIssue() throws {
        let notCA = try Samples.template("not a CA", Samples.key.get(), serial: [4])
            .issued(by: root, key: Samples.otherKey.get(), digest: .sha256)
        let below = try Samples.template("below", Samples.otherKey.get(), serial: [5])
            .issued(by: notCA, key: Samples.key.get(), digest: .sha256)
        let verifier = ChainVerifier(anchors: [root], intermediates: [notCA])
        let found = code { try verifier.verify(below, at: during) }
        #expect(found == .untrusted || found == .unknownIssuer)
    }
}
