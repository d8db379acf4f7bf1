import PKI
import SCEP

@testable import PracticeCA

/// A pkiMessage that the product's engine would not make, and the reading of what it is answered.
struct CraftedMessage {
    static let messageTypeOID = "2.16.840.1.113733.1.9.2"
    static let senderNonceOID = "2.16.840.1.113733.1.9.5"
    static let transactionIDOID = "2.16.840.1.113733.1.9.7"
    static let failInfoOID = "2.16.840.1.113733.1.9.4"

    /// - Parameter envelope: the EnvelopedData.
    static func signed(_ envelope: [UInt8], type: MessageType) throws -> [UInt8] {
        let key = try Keys.device.get()
        let requester = try makeRequester(key: key)
        return try SignedData.sign(
            envelope, signer: requester, key: key, digest: .sha256,
            attributes: [
                SignedAttribute(oid: messageTypeOID, value: .printable(String(type.rawValue))),
                SignedAttribute(oid: transactionIDOID, value: .printable("T1")),
                SignedAttribute(oid: senderNonceOID, value: .octets([UInt8](repeating: 7, count: 16))),
            ], certificates: [requester])
    }

    /// The failInfo of a FAILURE; nil in any other reply.
    static func failInfo(_ reply: [UInt8]) throws -> FailInfo? {
        guard case .printable(let text) = try SignedData(ber: reply).attribute(failInfoOID) else { return nil }
        return Int(text).map(FailInfo.init)
    }
}
