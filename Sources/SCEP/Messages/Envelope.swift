import PKI

/// Opens the EnvelopedData of a pkiMessage, naming what stands in the way.
struct Envelope {
    private let envelopedData: EnvelopedData

    var cipher: ContentCipher? { envelopedData.contentCipher }

    /// - Parameter invalid: the code for bytes that are no EnvelopedData.
    init(_ ber: [UInt8], invalid: SCEPError.Code) throws(SCEPError) {
        do {
            envelopedData = try EnvelopedData(ber: ber)
        } catch {
            throw SCEPError(invalid, "the message's content is no EnvelopedData: \(error.reason)")
        }
    }

    /// Decrypts with the first identity that is among the recipients.
    func open(
        _ identities: [(certificate: Certificate, key: PrivateKey)], allowsSingleDES: Bool
    ) throws(SCEPError) -> (content: [UInt8], recipient: Certificate) {
        guard let identity = identities.first(where: { envelopedData.isRecipient($0.certificate) }) else {
            throw SCEPError(.notRecipient, "the message is encrypted for somebody else")
        }
        do {
            let content = try envelopedData.decrypt(
                certificate: identity.certificate, key: identity.key, allowSingleDES: allowsSingleDES)
            return (content, identity.certificate)
        } catch {
            throw error.code == .singleDESRefused
                ? SCEPError(.singleDESRefused, "the message is encrypted with single DES")
                : SCEPError(.decryptionFailed, "the message cannot be decrypted: \(error.reason)")
        }
    }
}
