import FoundationEssentials
import PKI

/// The rows that describe a certificate. All its values are somebody else's text.
struct CertificateFacts: Sendable {
    let certificate: Certificate
    let times: LocalTime
    let text: Texts

    /// Enough to recognise it: who, by whom, until when, fingerprint.
    func summary(now: Date) -> [Fact] {
        [
            Fact(text("certificate.subject"), Self.shown(certificate.subject)),
            Fact(text("certificate.issuer"), Self.shown(certificate.issuer)),
            notAfter(now: now),
            Fact(text("authority.fingerprint"), .figures(Self.pairs(certificate.fingerprint(.sha256)))),
        ]
    }

    /// All that K2 asks for.
    func details(now: Date) -> [Fact] {
        var facts = [
            Fact(text("certificate.version"), "v\(certificate.version)"),
            Fact(text("certificate.serial"), .figures(Self.pairs(certificate.serialNumber))),
            Fact(text("certificate.subject"), Self.shown(certificate.subject)),
            Fact(text("certificate.issuer"), Self.shown(certificate.issuer)),
            Fact(text("certificate.san"), alternativeNames ?? text("certificate.none")),
            Fact(text("certificate.not-before"), .time(times.value(certificate.notBefore))),
            notAfter(now: now),
            Fact(text("certificate.public-key"), publicKey),
            Fact(text("certificate.signature"), certificate.signatureAlgorithm),
        ]
        if let usage = certificate.keyUsage { facts.append(Fact(text("certificate.key-usage"), words(usage))) }
        if !certificate.extendedKeyUsages.isEmpty {
            let names = certificate.extendedKeyUsages.map(extendedUsage).joined(separator: ", ")
            facts.append(Fact(text("certificate.extended-key-usage"), names))
        }
        facts.append(Fact(text("certificate.sha256"), .figures(Self.pairs(certificate.fingerprint(.sha256)))))
        facts.append(Fact(text("certificate.sha1"), .figures(Self.pairs(certificate.fingerprint(.sha1)))))
        return facts
    }

    /// The end of validity, with the days that are left.
    func notAfter(now: Date) -> Fact {
        Fact(
            text("certificate.not-after"), .time(times.value(certificate.notAfter)), note: remaining(now: now))
    }

    private func remaining(now: Date) -> String {
        let seconds = certificate.notAfter.timeIntervalSince(now)
        if seconds < 0 { return text("certificate.expired") }
        if certificate.notBefore > now { return text("certificate.not-yet-valid") }
        // A certificate without an end says year 9999; more days than that say nothing.
        let days = Int(min(seconds / 86_400, 3_000_000))
        return days == 0 ? text("certificate.last-day") : text("certificate.days-left", String(days))
    }

    private var publicKey: String {
        let bits = String(certificate.publicKey.bits)
        switch certificate.publicKey.algorithm {
        case .rsa: return text("key.bits", "RSA", bits)
        case .p256: return text("key.bits", "ECDSA P-256", bits)
        case .p384: return text("key.bits", "ECDSA P-384", bits)
        case nil: return text("key.bits", "-", bits)
        }
    }

    private var alternativeNames: String? {
        let names = certificate.subjectAltNames.map { name -> String in
            switch name {
            case .dns(let name): "DNS: \(name)"
            case .ip(let bytes): "IP: \(AddressText.words(bytes))"
            case .email(let address): "E-mail: \(address)"
            case .uri(let address): "URI: \(address)"
            case .other(let value): value
            }
        }
        return names.isEmpty ? nil : names.joined(separator: ", ")
    }

    private func words(_ usage: KeyUsage) -> String {
        let names: [(KeyUsage, String)] = [
            (.digitalSignature, "key.usage.digital-signature"), (.nonRepudiation, "key.usage.non-repudiation"),
            (.keyEncipherment, "key.usage.key-encipherment"), (.dataEncipherment, "key.usage.data-encipherment"),
            (.keyAgreement, "key.usage.key-agreement"), (.keyCertSign, "key.usage.key-cert-sign"),
            (.cRLSign, "key.usage.crl-sign"),
        ]
        return names.filter { usage.contains($0.0) }.map { text($0.1) }.joined(separator: ", ")
    }

    private func extendedUsage(_ oid: String) -> String {
        switch oid {
        case "1.3.6.1.5.5.7.3.1": text("key.eku.server")
        case "1.3.6.1.5.5.7.3.2": text("key.eku.client")
        default: oid
        }
    }

    /// A name without attributes is legal; a row without words is not.
    static func shown(_ name: Name) -> String { name.isEmpty ? "-" : name.description }

    /// The common name, for a table; the whole name, escaped, when there is none or when it holds what cannot be seen.
    static func short(_ name: Name) -> String {
        guard let common = name.commonName, !common.isEmpty else { return shown(name) }
        let isPlain = common.unicodeScalars.allSatisfy { scalar in
            switch scalar.properties.generalCategory {
            case .control, .format, .lineSeparator, .paragraphSeparator: false
            default: true
            }
        }
        return isPlain ? common : shown(name)
    }

    /// Upper-case hexadecimal pairs with colons between them.
    static func pairs(_ bytes: [UInt8]) -> String {
        bytes.map { Hex.encode([$0], uppercase: true) }.joined(separator: ":")
    }
}
