import PKI

/// Re-encodes a CMS message in the shapes that servers give it, without touching what is signed.
struct CMSShape {
    let options: ReplyOptions
    let digest: DigestAlgorithm

    /// ```
    /// SignedData ::= SEQUENCE { version, digestAlgorithms, encapContentInfo, certificates [0], crls [1], signerInfos }
    /// ```
    func signedData(_ der: [UInt8]) throws(SCEPError) -> [UInt8] {
        var message = try BERValue(der)
        try message.editChild(1, 0) { signedData in
            guard let last = signedData.children.indices.last else { return }
            let encoding = options.encoding
            for index in signedData.children.indices.dropLast() where encoding == .indefinite {
                // Certificates are signed as they are: only the shell around them changes.
                if signedData.children[index].tag == 0xa0 {
                    signedData.children[index].isIndefinite = true
                } else {
                    signedData.children[index] = signedData.children[index].indefinite()
                }
            }
            if options.signatureIdentifier == .withDigest {
                // SignerInfo ::= SEQUENCE { version, sid, digestAlgorithm, signedAttrs [0], signatureAlgorithm, signature }
                for index in signedData.children[last].children.indices {
                    signedData.children[last].children[index].children[4] = signatureAlgorithm
                }
            }
            if encoding == .indefinite { signedData.isIndefinite = true }
        }
        if options.encoding == .indefinite {
            message.isIndefinite = true
            message.children[1].isIndefinite = true
        }
        return message.encoded
    }

    /// ```
    /// EnvelopedData ::= SEQUENCE { version, recipientInfos, SEQUENCE { contentType, cipher, encryptedContent [0] } }
    /// ```
    func envelopedData(_ der: [UInt8]) throws(SCEPError) -> [UInt8] {
        guard options.encoding != .der else { return der }
        var message = try BERValue(der)
        try message.editChild(1, 0, 2, 2) { content in
            content = BERValue(tag: 0xa0, children: [BERValue(tag: 0x04, content: content.content)])
        }
        return (options.encoding == .indefinite ? message.indefinite() : message).encoded
    }

    private var signatureAlgorithm: BERValue {
        let last: UInt8 =
            switch digest {
            case .sha1: 5
            case .sha256: 11
            case .sha384: 12
            case .sha512: 13
            }
        let oid = BERValue(tag: 0x06, content: [0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, last])
        return BERValue(tag: 0x30, children: [oid, BERValue(tag: 0x05, content: [])])
    }
}
