import Foundation
import PKI
import Testing

@testable import SCEP

/// What servers answer, in every shape that was seen (R) and some that must never be believed.
@Suite struct ReplyTests {
    @Test(
        "R1: FAILURE and PENDING with absent, empty and one-byte content",
        arguments: ReplyOptions.EmptyContent.allCases)
    func emptyContent(_ shape: ReplyOptions.EmptyContent) throws {
        var options = ReplyOptions()
        options.emptyContent = shape
        var pending = try Enrolment()
        #expect(try pending.receive(pending.reply(.pending, options)) == .pending)
        var failing = try Enrolment()
        let failure = Failure(failInfo: .badRequest)
        #expect(try failing.receive(failing.reply(.failure(failure), options)) == .failed(failure))
    }

    @Test(
        "R2: failInfo 0 to 4, one that nobody knows, none, and one that is no number",
        arguments: [
            ("0", FailInfo.badAlg), ("1", .badMessageCheck), ("2", .badRequest), ("3", .badTime), ("4", .badCertId),
            ("7", FailInfo(rawValue: 7)), (nil, nil), ("badRequest", nil),
        ] as [(String?, FailInfo?)])
    func failInfo(_ row: (text: String?, expected: FailInfo?)) throws {
        var enrolment = try Enrolment()
        var options = ReplyOptions()
        options.failInfo = row.text
        let outcome = try enrolment.receive(enrolment.reply(.failure(Failure(failInfo: nil)), options))
        #expect(outcome == .failed(Failure(failInfo: row.expected)))
        #expect(enrolment.transaction.state == .failed(Failure(failInfo: row.expected)))
    }

    @Test(
        "R2: failInfoText under both identifiers, cleaned and bounded",
        arguments: [
            ("Challenge password expired", ReplyOptions.TextForm.standard, "Challenge password expired"),
            ("Challenge password expired", .historic, "Challenge password expired"),
            ("Ungültiges Kennwort", .standard, "Ungültiges Kennwort"),
            ("line 1\r\nline 2\u{1b}[31m\u{202e}x\0", .standard, "line 1 line 2 [31m x"),
            (String(repeating: "long ", count: 2000), .standard, String(repeating: "long ", count: 99) + "long"),
        ])
    func failInfoText(_ row: (text: String, form: ReplyOptions.TextForm, expected: String)) throws {
        var enrolment = try Enrolment()
        var options = ReplyOptions()
        options.textForm = row.form
        let failure = Failure(failInfo: .badRequest, text: row.text)
        #expect(try enrolment.receive(enrolment.reply(.failure(failure), options)).failure?.text == row.expected)
    }

    @Test("R3: NDES's HRESULT is decoded and its message shown")
    func microsoft() throws {
        var enrolment = try Enrolment(withRA: true)
        let failure = Failure(
            failInfo: .badRequest, microsoftStatus: -2_147_024_809, microsoftMessage: "Denied by Policy Module")
        let signer = (enrolment.signing, try Samples.key("ra-signing"))
        #expect(
            try enrolment.receive(enrolment.reply(.failure(failure), .ndes, signer: signer)) == .failed(failure))
    }

    struct Shape: Sendable, CustomTestStringConvertible {
        let id: String
        let change: @Sendable (inout ReplyOptions, Enrolment) throws -> Void
        var testDescription: String { id }
    }

    @Test(
        "A SUCCESS in each of these shapes gives the certificate",
        arguments: [
            Shape(id: "plain") { _, _ in },
            Shape(id: "R4: no certificates") { options, _ in options.certificates = [] },
            Shape(id: "R5: the issued certificate in clear beside the CA") { options, enrolment in
                options.certificates = [try enrolment.issued(), enrolment.ca.certificate]
            },
            Shape(id: "R8: AES-192-CBC") { options, _ in options.cipher = .aes192CBC },
            Shape(id: "R8: AES-256-CBC") { options, _ in options.cipher = .aes256CBC },
            Shape(id: "R8: 3DES") { options, _ in options.cipher = .des3CBC },
            Shape(id: "R9: BER indefinite everywhere") { options, _ in options.encoding = .indefinite },
            Shape(id: "R9: [0] constructed") { options, _ in options.encoding = .constructedContent },
            Shape(id: "R10: sha256WithRSAEncryption") { options, _ in options.signatureIdentifier = .withDigest },
            Shape(id: "R10: sha1WithRSAEncryption") { options, _ in
                options.digest = .sha1
                options.signatureIdentifier = .withDigest
            },
            Shape(id: "R10: SHA-512") { options, _ in options.digest = .sha512 },
            Shape(id: "R11: senderNonce missing") { options, _ in options.senderNonce = .absent },
            Shape(id: "R12: senderNonce equal to ours") { options, enrolment in
                options.senderNonce = .value(enrolment.message.senderNonce.bytes)
            },
            Shape(id: "R15: an unknown attribute") { options, _ in
                options.additionalAttributes = [SignedAttribute(oid: "1.2.3.4", value: .utf8("x"))]
            },
            Shape(id: "R23: a bare certificate") { options, _ in options.innerContent = .bareCertificate },
            Shape(id: "R23: PEM") { options, _ in options.innerContent = .pem },
        ])
    func success(_ row: Shape) throws {
        var enrolment = try Enrolment()
        let body = try enrolment.success { try row.change(&$0, enrolment) }
        #expect(try enrolment.receive(body).certificate == enrolment.issued())
        #expect(enrolment.transaction.isFinished && enrolment.transaction.request == nil)
    }

    struct Inner: Sendable, CustomTestStringConvertible {
        let id: String
        var code: SCEPError.Code?
        let certificates: @Sendable (Enrolment) throws -> [Certificate]
        var testDescription: String { id }
    }

    @Test(
        "R6: the issued certificate is found by its key, wherever it stands",
        arguments: [
            Inner(id: "leaf alone") { [try $0.issued()] },
            Inner(id: "leaf and chain") { [try $0.issued(), $0.ca.certificate] },
            Inner(id: "chain before leaf") { [$0.ca.certificate, try $0.issued()] },
            Inner(id: "duplicate leaf") { [try $0.issued(), try $0.issued()] },
            Inner(id: "wrong leaf", code: .noIssuedCertificate) {
                [try $0.ca.issue("device.example.com", keyName: "stranger", usage: .digitalSignature)]
            },
            Inner(id: "no leaf", code: .noIssuedCertificate) { [$0.ca.certificate] },
            Inner(id: "two different leaves for the key", code: .issuedCertificateInvalid) {
                [try $0.issued(), try $0.ca.issue(to: $0.request, serial: [78])]
            },
        ])
    func inner(_ row: Inner) throws {
        var enrolment = try Enrolment()
        let certificates = try row.certificates(enrolment)
        let body = try enrolment.reply(.success(certificates[0], chain: Array(certificates.dropFirst())))
        if let expected = row.code {
            #expect(code { _ = try enrolment.receive(body) } == expected)
            #expect(enrolment.transaction.state == .requestBuilt)
        } else {
            let outcome = try enrolment.receive(body)
            #expect(try outcome.certificate == enrolment.issued())
            guard case .issued(let issued) = outcome else { return }
            #expect(issued.chain == [enrolment.ca.certificate] && issued.differences.isEmpty)
        }
    }

    @Test(
        "R14: signed by the CA where an RA is expected, and by an RA where the CA is",
        arguments: ["ca", "ra-signing", "ra-encryption"])
    func signer(_ name: String) throws {
        var enrolment = try Enrolment(withRA: true)
        let certificates = [
            "ca": enrolment.ca.certificate, "ra-signing": enrolment.signing, "ra-encryption": enrolment.encryption,
        ]
        let signer = (try #require(certificates[name]), try Samples.key(name))
        let body = try enrolment.reply(.success(enrolment.issued(), chain: []), .ndes, signer: signer)
        #expect(try enrolment.receive(body).certificate == enrolment.issued())
    }

    struct Lie: Sendable, CustomTestStringConvertible {
        let id: String
        let code: SCEPError.Code
        let body: @Sendable (Enrolment) throws -> [UInt8]
        var testDescription: String { id }
    }

    private static func options(
        _ id: String, _ code: SCEPError.Code, _ change: @escaping @Sendable (inout ReplyOptions) -> Void
    ) -> Lie {
        Lie(id: id, code: code) { try $0.success(change) }
    }

    @Test(
        "A reply that is not to be believed is refused by name, and the transaction stays as it was",
        arguments: [
            options("R11: wrong transaction ID", .transactionIDMismatch) {
                $0.transactionID = "0123456789ABCDEF0123456789ABCDEF01234567"
            },
            Lie(id: "R11: transaction ID in lower case", code: .transactionIDMismatch) { enrolment in
                try enrolment.success { $0.transactionID = enrolment.transaction.id.text.lowercased() }
            },
            options("R11: wrong recipientNonce", .nonceMismatch) {
                $0.recipientNonce = .value([UInt8](repeating: 9, count: 16))
            },
            Lie(id: "R11: short recipientNonce", code: .nonceMismatch) { enrolment in
                try enrolment.success {
                    $0.recipientNonce = .value(Array(enrolment.message.senderNonce.bytes.prefix(8)))
                }
            },
            options("R11: missing recipientNonce", .nonceMismatch) { $0.recipientNonce = .absent },
            Lie(id: "R13: an unknown certificate that the message brings along", code: .unknownSigner) {
                let stranger = try SampleCA("Stranger", keyName: "stranger")
                return try $0.reply(.success($0.issued(), chain: []), signer: (stranger.certificate, stranger.key))
            },
            Lie(id: "R13: another device's certificate of the same CA", code: .unknownSigner) {
                let device = try $0.ca.issue("device 2", keyName: "stranger", usage: .digitalSignature, serial: [9])
                return try $0.reply(
                    .success($0.issued(), chain: []), signer: (device, Samples.key("stranger")))
            },
            Lie(id: "R13: same issuer and serial, other key", code: .badSignature) {
                let double = try SampleCA(keyName: "stranger")
                return try $0.reply(.success($0.issued(), chain: []), signer: (double.certificate, double.key))
            },
            options("R15: messageType 19 echoed", .wrongMessageType) { $0.messageType = "19" },
            options("R15: messageType 03", .wrongMessageType) { $0.messageType = "03" },
            options("R15: pkiStatus 1", .unknownStatus) { $0.pkiStatus = "1" },
            options("R15: pkiStatus 4", .unknownStatus) { $0.pkiStatus = "4" },
            options("R15: pkiStatus in words", .unknownStatus) { $0.pkiStatus = "SUCCESS" },
            options("R15: two SignerInfos", .malformedReply) { $0.signerCount = 2 },
            options("R15: no SignerInfo", .malformedReply) { $0.signerCount = 0 },
            options("R15: contentType attribute missing", .badSignature) { $0.hasContentType = false },
            options("R15: duplicate attribute", .malformedReply) {
                $0.additionalAttributes = [SignedAttribute(oid: AttributeOID.pkiStatus, value: .printable("2"))]
            },
            Lie(id: "R20: encrypted for somebody else", code: .notRecipient) { enrolment in
                try enrolment.success { $0.recipient = enrolment.ca.certificate }
            },
            Lie(id: "R21: CA:TRUE", code: .issuedCertificateInvalid) {
                try $0.reply(.success($0.ca.issue(to: $0.request, isCA: true), chain: []))
            },
            Lie(id: "R21: of another CA, which comes along", code: .issuedCertificateInvalid) {
                let stranger = try SampleCA("Stranger", keyName: "stranger")
                return try $0.reply(.success(stranger.issue(to: $0.request), chain: [stranger.certificate]))
            },
            Lie(id: "R21: another CA under the same name", code: .issuedCertificateInvalid) {
                let double = try SampleCA(keyName: "stranger")
                return try $0.reply(.success(double.issue(to: $0.request), chain: [double.certificate]))
            },
            Lie(id: "R21: self-signed requester certificate sent back", code: .issuedCertificateInvalid) {
                let requester = $0.transaction.requesterCertificate
                return try $0.reply(.success(requester, chain: []))
            },
            Lie(id: "R21: already expired", code: .issuedCertificateInvalid) {
                let past = Samples.now - 30 * Samples.day
                return try $0.reply(
                    .success($0.ca.issue(to: $0.request, from: past, to: Samples.now - Samples.day), chain: []))
            },
            Lie(id: "R21: valid from tomorrow", code: .issuedCertificateInvalid) {
                try $0.reply(.success($0.ca.issue(to: $0.request, from: Samples.now + Samples.day), chain: []))
            },
            Lie(id: "R23: SUCCESS without content", code: .noIssuedCertificate) {
                try $0.reply(.pending, statusSuccess)
            },
            Lie(id: "R17: empty body", code: .emptyReply) { _ in [] },
            Lie(id: "R17: cut short", code: .malformedReply) { Array(try $0.success().dropLast(100)) },
            Lie(id: "R22: larger than any CertRep", code: .transport(.tooLarge)) { _ in
                [UInt8](repeating: 0x30, count: 1 << 20 + 1)
            },
            Lie(id: "R22: deep nesting", code: .malformedReply) { _ in
                [UInt8](repeating: 0x30, count: 1) + (0..<50_000).flatMap { _ in [0x80, 0x30] as [UInt8] }
            },
            Lie(id: "R18: a web page with status 200", code: .notSCEPServer) { _ in Array("<html>".utf8) },
            Lie(id: "a changed byte in the signature", code: .badSignature) {
                var body = try $0.success()
                body[body.count - 3] ^= 0x40
                return body
            },
        ])
    func refused(_ row: Lie) throws {
        var enrolment = try Enrolment()
        let body = try row.body(enrolment)
        let before = enrolment.transaction
        do {
            _ = try enrolment.receive(body)
            Issue.record("believed")
        } catch let error as SCEPError {
            #expect(error.code == row.code, "\(error.reason)")
            #expect(error.requestMayHaveArrived)
        }
        #expect(enrolment.transaction == before)
        // Nothing was lost: the true reply is still taken.
        #expect(try enrolment.receive(enrolment.success()).certificate != nil)
    }

    private static var statusSuccess: ReplyOptions {
        var options = ReplyOptions()
        options.pkiStatus = "0"
        return options
    }

    @Test("R11: a missing recipientNonce is taken with the switch")
    func missingNonceAllowed() throws {
        var enrolment = try Enrolment()
        var policy = ReplyPolicy()
        policy.allowsMissingRecipientNonce = true
        let body = try enrolment.success { $0.recipientNonce = .absent }
        #expect(try enrolment.receive(body, policy: policy).certificate != nil)
        var second = try Enrolment()
        let wrong = try second.success { $0.recipientNonce = .value([1]) }
        #expect(code { _ = try second.receive(wrong, policy: policy) } == .nonceMismatch)
    }

    @Test(
        "R16: the media type of a CertRep does not matter",
        arguments: [
            "application/x-pki-message;charset=utf-8", "text/plain", nil, "application/pkcs7-mime", "text/html",
        ])
    func mediaType(_ contentType: String?) throws {
        var enrolment = try Enrolment()
        #expect(try enrolment.receive(enrolment.success(), contentType: contentType).certificate != nil)
    }

    @Test("R18: an HTTP status is reported with its number", arguments: [301, 400, 403, 404, 413, 414, 500, 503])
    func status(_ status: Int) throws {
        var enrolment = try Enrolment()
        let reply = TransportReply(status: status, body: Array("<p>operation not implemented</p>".utf8))
        do {
            _ = try enrolment.transaction.receive(reply, key: enrolment.key, now: Samples.now)
            Issue.record("no error")
        } catch {
            #expect(error.code == .httpStatus(status) && error.httpStatus == status && error.requestMayHaveArrived)
            #expect(error.reason.contains("operation not implemented"))
        }
        #expect(enrolment.transaction.state == .requestBuilt)
    }

    @Test("R21: another subject and a missing name are told, not refused; 10 minutes into the future are tolerated")
    func differences() throws {
        var enrolment = try Enrolment()
        let other = try Name(commonName: "renamed")
        let certificate = try enrolment.ca.issue(
            to: enrolment.request, subject: other, subjectAltNames: [], from: Samples.now + 600,
            to: Samples.now + 10 * Samples.day)
        guard case .issued(let issued) = try enrolment.receive(enrolment.reply(.success(certificate, chain: []))) else {
            Issue.record("not issued")
            return
        }
        #expect(issued.differences.count == 2 && issued.differences.first == .subject(other))
    }

    @Test("R21: the same subject in another string type is no difference: many CAs write names anew")
    func anotherStringType() throws {
        var enrolment = try Enrolment()
        let asked = enrolment.request.subject
        // PrintableString becomes UTF8String.
        let written = try Name(der: asked.der.replacing([0x13], with: [0x0c]))
        #expect(written != asked)
        let certificate = try enrolment.ca.issue(to: enrolment.request, subject: written)
        guard case .issued(let issued) = try enrolment.receive(enrolment.reply(.success(certificate, chain: []))) else {
            Issue.record("not issued")
            return
        }
        #expect(issued.certificate.subject == written && issued.differences.isEmpty)
    }

    @Test("A10: a reply signed by an RA certificate that has expired since says so")
    func expiredRA() throws {
        var enrolment = try Enrolment(withRA: true)
        let signer = (enrolment.signing, try Samples.key("ra-signing"))
        let body = try enrolment.reply(.pending, signer: signer)
        let later = Samples.now + 366 * Samples.day
        #expect(code { _ = try enrolment.receive(body, now: later) } == .raExpired)
    }

    @Test("R21: a certificate of a CA below the accepted root, which comes along, is taken with its chain")
    func subordinate() throws {
        var enrolment = try Enrolment()
        let issuing = try enrolment.ca.below("Issuing CA", keyName: "stranger")
        let certificate = try issuing.issue(to: enrolment.request)
        let body = try enrolment.reply(.success(certificate, chain: [issuing.certificate]))
        guard case .issued(let issued) = try enrolment.receive(body) else {
            Issue.record("not issued")
            return
        }
        #expect(issued.chain == [issuing.certificate, enrolment.ca.certificate])
    }
}
