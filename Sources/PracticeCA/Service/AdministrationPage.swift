import PKI

/// The web pages beside the SCEP service: what a browser sees at NDES's addresses, and what a fault puts in the place
/// of a reply.
enum AdministrationPage {
    /// NDES's administration page. Unlike NDES's it asks for no password: a CA to practise on guards nothing.
    static func challenge(_ challenge: String, authority: Certificate) -> String {
        page(
            title: "Network Device Enrollment Service",
            body: """
                <p>The thumbprint (hash value) for the CA certificate is: \
                <b>\(grouped(authority.fingerprint(.sha256)))</b></p>
                <p>The enrollment challenge password is: <b>\(escaped(challenge))</b></p>
                <p>This password can be used only once.</p>
                """)
    }

    /// What a browser gets that opens the service's address without an operation.
    static let service = page(
        title: "Network Device Enrollment Service",
        body: "<p>This address is for devices. They send an operation with it.</p>")

    /// The page of a captive portal.
    static let captivePortal = page(title: "Welcome", body: "<p>Please sign in to use this network.</p>")

    static func error(_ status: Int) -> String {
        page(title: "\(status)", body: "<p>The server could not do what was asked.</p>")
    }

    private static func page(title: String, body: String) -> String {
        """
        <!DOCTYPE html>
        <html lang="en"><head><meta charset="utf-8"><title>\(title)</title></head>
        <body><h1>\(title)</h1>
        \(body)
        </body></html>

        """
    }

    /// Groups of eight digits, as NDES prints a thumbprint.
    private static func grouped(_ bytes: [UInt8]) -> String {
        stride(from: 0, to: bytes.count, by: 4).map { start in
            Hex.encode(Array(bytes[start..<min(start + 4, bytes.count)]), uppercase: true)
        }.joined(separator: " ")
    }

    private static func escaped(_ text: String) -> String {
        text.unicodeScalars.map { scalar in
            switch scalar {
            case "&": "&amp;"
            case "<": "&lt;"
            case ">": "&gt;"
            case "\"": "&quot;"
            case "'": "&#39;"
            default: String(scalar)
            }
        }.joined()
    }
}
