import SCEP

extension IssuanceOutcome {
    /// What the history says of an exchange that broke off. Failures that the manual has no name for carry
    /// `Communication Error (TOP ERROR)`, with the true cause beneath.
    init(_ error: SCEPError) {
        let cause = IssuanceCause(error.code)
        if let status = error.httpStatus, status != 200 {
            self.init(.httpStatus(status), cause)
        } else {
            self.init(.communicationError, cause)
        }
    }

    /// What the history says of a refusal by the server.
    init(_ failure: Failure) {
        let numbered = failure.failInfo.flatMap { (0...4).contains($0.rawValue) ? $0.rawValue : nil }
        self.init(
            numbered.map(HistoryDetails.failInfo) ?? .communicationError, .refusedByServer, failInfoText: failure.text,
            microsoftStatus: failure.microsoftStatus.map(UInt32.init(bitPattern:)))
    }

    /// What the history says when the machine itself failed.
    init(machineFailure error: any Error) {
        let cause: IssuanceCause =
            switch (error as? MachineError)?.code {
            case .storageFull: .storageFull
            case .storage: .storageFailed
            default: .machineFailure
            }
        self.init(.communicationError, cause)
    }
}

extension IssuanceCause {
    init(_ code: SCEPError.Code) {
        self =
            switch code {
            case .transport(.resolve): .nameNotResolved
            case .transport(.connect): .notConnected
            case .transport(.timedOut): .timedOut
            case .transport(.closed): .connectionClosed
            case .transport(.malformed), .transport(.tooLarge): .unreadableHTTP
            case .transport(.other): .transportFailed
            case .httpStatus: .httpStatus
            case .emptyReply: .emptyReply
            case .notSCEPServer: .notSCEPServer
            case .tooLongForGET: .tooLongForGET
            case .noCACertificate: .noCACertificate
            case .noEncryptionCertificate: .noEncryptionCertificate
            case .authorityNotAccepted: .authorityNotAccepted
            case .authorityChanged: .authorityChanged
            case .authorityExpired: .authorityExpired
            case .authorityNotYetValid: .authorityNotYetValid
            case .raUntrusted: .raNotTrusted
            case .raExpired: .raExpired
            case .raNotYetValid: .raNotYetValid
            case .malformedReply: .unreadableReply
            case .badSignature: .replySignatureInvalid
            case .unknownSigner: .replySignerUnknown
            case .transactionIDMismatch, .nonceMismatch, .wrongMessageType: .replyMismatch
            case .unknownStatus: .unknownStatus
            case .notRecipient, .decryptionFailed: .replyNotDecryptable
            case .singleDESRefused: .singleDESRefused
            case .noIssuedCertificate: .noIssuedCertificate
            case .issuedCertificateInvalid: .issuedCertificateInvalid
            case .malformedRequest, .wrongState, .cryptography: .machineFailure
            }
    }
}
