import FoundationEssentials
import PKI
import SCEP
import Testing

extension PeerTests {
    /// P6, P7: both forms of a renewal. These servers want the challenge password all the same.
    @Suite struct RenewalTests {
        /// What every renewal is for and of; keys take time.
        private static func renewal(
            at peer: Peer, by method: RenewalMethod, challenge: String?
        ) async throws -> (enrolment: Enrolment, newKey: PrivateKey) {
            let oldKey = try PrivateKey.generate(.rsa(bits: 2048))
            let newKey = try PrivateKey.generate(.rsa(bits: 2048))
            let name = "renewed-\(method)-\(challenge == nil ? "without" : "with").example.com"
            var first = try await Enrolment(at: peer, commonName: name, key: oldKey)
            guard case .issued(let issued) = try await first.enrol() else {
                throw SCEPError(.noIssuedCertificate, "there is nothing to renew")
            }
            let renewal = try await Enrolment(
                at: peer, renewing: issued.certificate, of: oldKey, for: newKey, by: method, challenge: challenge)
            return (renewal, newKey)
        }

        @Test(
            "P6, P7: a renewal with the challenge password is granted, and its reply opens with the old key alone",
            arguments: Peer.modern, [RenewalMethod.renewalReq, .pkcsReq])
        func withChallenge(peer: Peer, method: RenewalMethod) async throws {
            var (renewal, newKey) = try await Self.renewal(at: peer, by: method, challenge: Peer.challenge)
            let reply = try await renewal.send()
            var transaction = renewal.transaction
            let error = #expect(throws: SCEPError.self) {
                try transaction.receive(reply, key: newKey, now: Date())
            }
            #expect(error?.code == .decryptionFailed)
            guard case .issued(let issued) = try renewal.receive(reply) else {
                Issue.record("not renewed")
                return
            }
            #expect(issued.certificate.matches(newKey))
        }

        @Test(
            "P6: a renewal without the challenge password is refused as a bad request; the automatic method is RenewalReq here",
            arguments: Peer.modern, [RenewalMethod.automatic, .pkcsReq])
        func withoutChallenge(peer: Peer, method: RenewalMethod) async throws {
            var (renewal, _) = try await Self.renewal(at: peer, by: method, challenge: nil)
            #expect(renewal.transaction.messageType == (method == .pkcsReq ? .pkcsReq : .renewalReq))
            guard case .failed(let failure) = try await renewal.enrol() else {
                Issue.record("renewed without the challenge password")
                return
            }
            #expect(failure.failInfo == .badRequest)
        }
    }
}
