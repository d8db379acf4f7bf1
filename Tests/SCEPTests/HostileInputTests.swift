import Foundation
import PKI
import Testing

@testable import SCEP

/// R22: bytes from the network never end the process, and never turn into something that was not signed.
@Suite struct HostileInputTests {
    /// The same changes in every run (xorshift).
    struct Mutations {
        private var state: UInt64

        init(seed: UInt64) { state = seed }

        mutating func next(_ bound: Int) -> Int {
            state ^= state << 13
            state ^= state >> 7
            state ^= state << 17
            return Int(state % UInt64(bound))
        }

        /// One to three bytes changed, or a piece cut out, doubled or inserted.
        mutating func change(_ bytes: [UInt8]) -> [UInt8] {
            var changed = bytes
            switch next(4) {
            case 0: changed.removeSubrange(cut(changed.count))
            case 1: changed.insert(contentsOf: changed[cut(changed.count)], at: next(changed.count))
            default: for _ in 0...next(3) { changed[next(changed.count)] = UInt8(next(256)) }
            }
            return changed
        }

        private mutating func cut(_ count: Int) -> Range<Int> {
            let start = next(count)
            return start..<min(count, start + 1 + next(32))
        }
    }

    @Test("A changed reply is refused, or says exactly what the signed one says", arguments: [1, 2, 3] as [UInt64])
    func replies(_ seed: UInt64) throws {
        let enrolment = try Enrolment(withRA: true)
        let bodies = [
            try enrolment.success(), try enrolment.reply(.pending, .ndes),
            try enrolment.reply(.failure(Failure(failInfo: .badRequest, text: "no")), .ndes),
        ]
        var mutations = Mutations(seed: seed)
        for body in bodies {
            var honest = enrolment
            let expected = try honest.receive(body)
            for _ in 0..<50 {
                var attacked = enrolment
                let changed = mutations.change(body)
                guard let outcome = try? attacked.receive(changed) else {
                    #expect(attacked.transaction == enrolment.transaction)
                    continue
                }
                #expect(outcome == expected)
            }
        }
    }

    @Test("A changed GetCACert body gives an error or certificates, and a pinned CA only itself")
    func authorities() throws {
        let enrolment = try Enrolment(withRA: true)
        let certificates = [enrolment.signing, enrolment.ca.certificate, enrolment.encryption]
        let pin = Fingerprint(of: enrolment.ca.certificate)
        let capabilities = Capabilities(unknown: .empty)
        var mutations = Mutations(seed: 4)
        for body in [try SignedData.degenerate(certificates), Array(certificates.map(\.pem).joined().utf8)] {
            for _ in 0..<100 {
                guard let read = try? CertificateBundle.read(mutations.change(body)),
                    let authority = try? Authority(
                        certificates: read, capabilities: capabilities, trust: .accepted(pin), now: Samples.now)
                else { continue }
                #expect(authority.caCertificate == enrolment.ca.certificate)
                #expect(authority.signers.allSatisfy { certificates.contains($0) })
            }
        }
    }

    @Test("A changed request is refused by the server side, or says exactly what the signed one says")
    func requests() throws {
        let enrolment = try Enrolment()
        let expected = try enrolment.read(enrolment.message)
        var mutations = Mutations(seed: 5)
        for _ in 0..<100 {
            let changed = mutations.change(enrolment.message.bytes)
            guard let read = try? RequestMessage(ber: changed, recipients: enrolment.recipients) else { continue }
            #expect(read.content == expected.content && read.transactionID == expected.transactionID)
            #expect(read.requester.publicKey == expected.requester.publicKey)
        }
    }

    @Test(
        "Recorded messages, changed, are read or refused", arguments: ["cryptlib/scep_cli.dat", "jscep/scep_resp2.der"])
    func recorded(_ name: String) throws {
        let bytes = try Samples.recorded(name)
        var enrolment = try Enrolment()
        var mutations = Mutations(seed: 6)
        #expect(code { _ = try enrolment.receive(bytes) } != nil)
        for _ in 0..<100 {
            let changed = mutations.change(bytes)
            #expect(code { _ = try enrolment.receive(changed) } != nil)
            _ = try? CertificateBundle.read(changed)
        }
    }
}
