import SCEP

extension IssuanceOutcome {
    /// What the history says of an exchange that broke off. Failures that the manual has no name for carry
    /// `Communication Error (TOP ERROR)`, with the true cause beneath.
    ///
    /// - Parameter trust: what the CA was measured by.
    init(_ error: SCEPError, trust: AuthorityTrust) {
        let cause = IssuanceCause(error.code, trust: trust)
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

    /// What the history says of any error that ends an attempt.
    init(_ error: any Error, trust: AuthorityTrust = .unconfirmed) {
        switch error {
        case let error as SCEPError: self.init(error, trust: trust)
        case IssuanceRefusal.keyLimit: self.init(.keyLimit, .keyLimit)
        case is IssuanceAttempt.Stopped: self.init(.communicationError, .timerSwitchedOff)
        case is KeyGenerationFailure: self.init(.communicationError, .keyGenerationFailed)
        case let error as MachineError where error.code == .storageFull: self.init(.communicationError, .storageFull)
        case let error as MachineError where error.code == .storage: self.init(.communicationError, .storageFailed)
        default: self.init(.communicationError, .machineFailure)
        }
    }
}

extension IssuanceCause {
    init(_ code: SCEPError.Code, trust: AuthorityTrust) {
        if case .typed = trust, code == .authorityNotAccepted {
            self = .fingerprintMismatch
            return
        }
        self =
            switch code {
            case .transport(.resolve): .nameNotResolved
            case .transport(.connect): .notConnected
            case .transport(.timedOut): .timedOut
            case .transport(.closed): .connectionClosed
            case .transport(.malformed), .transport(.tooLarge): .unreadableHTTP
            case .transport(.other): .transportFailed
            case .httpStatus: .httpStatus
            case .redirectToHTTPS: .redirectToHTTPS
            case .emptyReply: .emptyReply
            case .notSCEPServer: .notSCEPServer
            case .tooLongForGET: .tooLongForGET
            case .longURLRefused: .longURLRefused
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
            case .notRenewable, .malformedRequest, .wrongState, .cryptography: .machineFailure
            }
    }
}
