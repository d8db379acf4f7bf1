import PKI
import SCEP

/// What becomes of a request: the three kinds of CertRep (RFC 8894 §3.2.1.3).
enum Decision: Sendable {
    case issued(Certificate)
    case pending
    case failed(FailInfo, text: String)
}
