/// The signed attributes of a pkiMessage (RFC 8894 §3.2.1) and those that NDES adds.
enum AttributeOID {
    static let messageType = "2.16.840.1.113733.1.9.2"
    static let pkiStatus = "2.16.840.1.113733.1.9.3"
    static let failInfo = "2.16.840.1.113733.1.9.4"
    static let senderNonce = "2.16.840.1.113733.1.9.5"
    static let recipientNonce = "2.16.840.1.113733.1.9.6"
    static let transactionID = "2.16.840.1.113733.1.9.7"
    static let failInfoText = "1.3.6.1.5.5.7.24.1"
    /// Where step-ca put the failInfoText before it was corrected.
    static let historicFailInfoText = "1.3.6.1.5.5.7.24"
    /// NDES: an HRESULT as signed decimal.
    static let microsoftStatus = "1.3.6.1.4.1.311.21.33"
    /// NDES: the certification authority's words.
    static let microsoftMessage = "1.3.6.1.4.1.311.21.38"
}
