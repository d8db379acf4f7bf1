import Machine
import SCEP
import Testing

@Suite("Forms") struct FormTests {
    @Test(
        "C1: the Communication Settings refuse what cannot work, each field with its reason",
        arguments: [
            ("", "80", "30", [CommunicationSettings.Field.scepServerURL: FieldProblem.required]),
            ("https://ca.example/scep", "80", "30", [.scepServerURL: .serverURL(.httpsNotSupported)]),
            ("ftp://ca.example/", "80", "30", [.scepServerURL: .serverURL(.schemeNotSupported)]),
            ("http://ca.example:8080/scep", "80", "30", [.scepServerURL: .serverURL(.portInURL)]),
            ("http://user@ca.example/", "80", "30", [.scepServerURL: .serverURL(.userInformation)]),
            ("http://ca.example/?a=b", "80", "30", [.scepServerURL: .serverURL(.query)]),
            ("http://ca.example/#x", "80", "30", [.scepServerURL: .serverURL(.fragment)]),
            ("http://ca.example/scep", "", "30", [.portNumber: .required]),
            ("http://ca.example/scep", "0", "30", [.portNumber: .outOfRange(minimum: 1, maximum: 65535)]),
            ("http://ca.example/scep", "65536", "30", [.portNumber: .outOfRange(minimum: 1, maximum: 65535)]),
            ("http://ca.example/scep", "8O", "30", [.portNumber: .notANumber]),
            ("http://ca.example/scep", "+80", "30", [.portNumber: .notANumber]),
            ("http://ca.example/scep", "８０", "30", [.portNumber: .notANumber]),
            ("http://ca.example/scep", "80", "0", [.communicationTimeout: .outOfRange(minimum: 1, maximum: 120)]),
            ("http://ca.example/scep", "80", "121", [.communicationTimeout: .outOfRange(minimum: 1, maximum: 120)]),
            (
                "http://ca.example/scep", "80", "99999999999999999999",
                [.communicationTimeout: .outOfRange(minimum: 1, maximum: 120)]
            ),
            (
                "nonsense", "x", "",
                [
                    .scepServerURL: .serverURL(.schemeNotSupported), .portNumber: .notANumber,
                    .communicationTimeout: .required,
                ]
            ),
        ])
    func communication(
        url: String, port: String, timeout: String, expected: [CommunicationSettings.Field: FieldProblem]
    ) throws {
        let form = CommunicationSettings.Form(
            scepServerURL: url, portNumber: port, communicationTimeout: timeout, caFingerprint: "")
        let errors = #expect(throws: FieldErrors<CommunicationSettings.Field>.self) { try form.validated() }
        let found = errors?.entries.map { ($0.field, $0.problem) } ?? []
        #expect(Dictionary(uniqueKeysWithValues: found) == expected)
    }

    @Test("C6: a fingerprint typed in advance is SHA-256 or SHA-1; MD5 is refused by name")
    func fingerprint() throws {
        func form(_ text: String) -> CommunicationSettings.Form {
            .init(
                scepServerURL: "http://[2001:db8::1]/scep", portNumber: "80", communicationTimeout: "30",
                caFingerprint: text)
        }
        let sha256 = String(repeating: "aB ", count: 32)
        #expect(try form(sha256).validated().caFingerprint?.algorithm == .sha256)
        #expect(try form("  ").validated().caFingerprint == nil)
        for (text, reason) in [
            ("00112233445566778899aabbccddeeff", Fingerprint.ParseError.md5), ("xyz", .notHexadecimal),
        ] {
            let errors = #expect(throws: FieldErrors<CommunicationSettings.Field>.self) { try form(text).validated() }
            #expect(errors?[.caFingerprint] == .fingerprint(reason))
        }
    }

    @Test(
        "I1: an issuance request refuses each field with its reason",
        arguments: [
            (IssuanceRequest.Field.keyName, "", FieldProblem.required),
            (.keyName, "abcdefghijklmnopqrstuvwxy", .tooLong(maximum: 24)), (.keyName, "a b", .invalidCharacter),
            (.keyName, "schlüssel", .invalidCharacter), (.keyName, "../x", .invalidCharacter),
            (.keyName, ".", .invalidCharacter), (.keyName, "..", .invalidCharacter),
            (.signatureAlgorithm, "sha1", .notOffered), (.signatureAlgorithm, "md5", .notOffered),
            (.keyLength, "1024", .notOffered), (.keyLength, "2047", .notOffered), (.keyLength, "", .notOffered),
            (.organization, String(repeating: "o", count: 65), .tooLong(maximum: 64)),
            (.organization, "Größe", .invalidCharacter), (.organization, "a\nb", .invalidCharacter),
            (.commonName, "", .required), (.commonName, "printer", .notAddressOrName),
            (.commonName, "-a.example", .notAddressOrName), (.commonName, "a..example", .notAddressOrName),
            (.commonName, "300.1.1.1", .notAddressOrName), (.commonName, "1.2.3", .notAddressOrName),
            (.commonName, "プリンタ.example", .invalidCharacter),
            (.commonName, String(repeating: "a", count: 60) + ".example", .tooLong(maximum: 64)),
            (.challengePassword, "pässword", .invalidCharacter),
            (.challengePassword, String(repeating: "x", count: 65), .tooLong(maximum: 64)),
            (.keyUseLocation, "sip", .notOffered), (.keyUseLocation, "", .required),
            (.ipsecPolicy, "", .notOffered), (.ipsecPolicy, "11", .notOffered),
        ])
    func issuance(field: IssuanceRequest.Field, text: String, problem: FieldProblem) throws {
        var form = IssuanceRequest.Form(keyName: "key", commonName: "printer.example")
        switch field {
        case .keyName: form.keyName = text
        case .signatureAlgorithm: form.signatureAlgorithm = text
        case .keyLength: form.keyLength = text
        case .organization: form.organization = text
        case .commonName: form.commonName = text
        case .challengePassword: form.challengePassword = Secret(text)
        case .keyUseLocation: form.keyUseLocation = text
        case .ipsecPolicy: (form.keyUseLocation, form.ipsecPolicy) = ("ipsec", text)
        }
        let errors = #expect(throws: FieldErrors<IssuanceRequest.Field>.self) { try form.validated(legacyMode: false) }
        #expect(errors?.entries == [.init(field, problem)])
    }

    @Test(
        "I1: what may be entered is taken",
        arguments: ["192.0.2.9", "2001:db8::9", "printer.example", "a-1.b.example", "3com.example"])
    func accepted(commonName: String) throws {
        let form = IssuanceRequest.Form(
            keyName: "A-1_b.c", signatureAlgorithm: "SHA512", keyLength: "4096", commonName: " \(commonName) ",
            keyUseLocation: "ipsec", ipsecPolicy: "10")
        let request = try form.validated(legacyMode: false)
        #expect(request.commonName == commonName)
        #expect(request.signatureAlgorithm == .sha512)
        #expect(request.keyLength == 4096)
        #expect(request.use == .ipsec(policy: 10))
    }

    @Test("I1: legacy mode offers SHA1 and 1024 bit, and nothing else does")
    func legacy() throws {
        let form = IssuanceRequest.Form(
            keyName: "key", signatureAlgorithm: "sha1", keyLength: "1024", commonName: "printer.example")
        #expect(try form.validated(legacyMode: true).keyLength == 1024)
        let errors = #expect(throws: FieldErrors<IssuanceRequest.Field>.self) { try form.validated(legacyMode: false) }
        #expect(errors?.entries.map(\.field) == [.signatureAlgorithm, .keyLength])
    }

    @Test("I1: every field's problem is given at once")
    func allAtOnce() {
        let form = IssuanceRequest.Form(keyName: "", commonName: "", keyUseLocation: "x")
        let errors = #expect(throws: FieldErrors<IssuanceRequest.Field>.self) { try form.validated(legacyMode: false) }
        #expect(errors?.entries.map(\.field) == [.keyName, .commonName, .keyUseLocation])
    }

    @Test(
        "L4, L5: security settings keep to their ranges",
        arguments: [
            ("0", "3", "30"), ("11", "3", "30"), ("5", "0", "30"), ("5", "61", "30"), ("5", "3", "14"),
            ("5", "3", "151"),
        ])
    func security(threshold: String, period: String, timeout: String) {
        let form = SecuritySettings.Form(
            isLockoutEnabled: true, lockoutThreshold: threshold, lockoutPeriod: period, sessionTimeout: timeout,
            isGeneralUserModeEnabled: false)
        let errors = #expect(throws: FieldErrors<SecuritySettings.Field>.self) { try form.validated() }
        #expect(errors?.entries.count == 1)
    }

    @Test("Device information takes one line of any script, and no control or direction character")
    func deviceInformation() throws {
        #expect(try DeviceInformation.Form(deviceName: " 複合機 ", location: "").validated().deviceName == "複合機")
        for name in ["", "a\u{0}b", "a\u{202E}b", "a\nb", String(repeating: "n", count: 33)] {
            #expect(throws: FieldErrors<DeviceInformation.Field>.self) {
                try DeviceInformation.Form(deviceName: name, location: "").validated()
            }
        }
    }

    @Test("A secret prints as dots, however it is printed")
    func secret() {
        let form = IssuanceRequest.Form(challengePassword: Secret("hunter2-hunter2"))
        let setUp = SetUpForm(code: "hunter2-c", systemManagerID: "a", pin: "hunter2-p", pinAgain: "hunter2-p")
        var dumped = ""
        dump(form, to: &dumped)
        dump(setUp, to: &dumped)
        for text in ["\(form)", "\(setUp)", String(reflecting: form), String(reflecting: setUp), dumped] {
            #expect(!text.contains("hunter2"))
        }
    }
}
