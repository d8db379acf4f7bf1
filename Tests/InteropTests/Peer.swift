import FoundationEssentials
import PKI
import SCEP
import Testing

/// A SCEP server that others wrote, as `Tests/Peers/with-peers` starts it and names it in the environment.
struct Peer: CustomTestStringConvertible, Sendable {
    let name: String
    /// The environment variable that holds its URL.
    let variable: String
    /// How messages can travel to it.
    let methods: [AlgorithmChoice.Method]
    /// What its replies are encrypted with decides whether they are read.
    let usesSingleDES: Bool

    /// micromdm's server, with replies in AES-128-CBC.
    static let micromdm = Peer(
        name: "micromdm", variable: "INTEROP_MICROMDM_URL", methods: [.get, .post], usesSingleDES: false)
    /// step-ca, which shows its root along with the issuing CA; its version 0.19 answers GET with nothing.
    static let stepCA = Peer(
        name: "step-ca", variable: "INTEROP_STEP_CA_URL", methods: [.post], usesSingleDES: false)
    /// step-ca with replies in AES-256-CBC, which shows the issuing CA alone.
    static let stepCAWithAES256 = Peer(
        name: "step-ca (AES-256)", variable: "INTEROP_STEP_CA_AES256_URL", methods: [.post], usesSingleDES: false)
    /// Debian's scepserver as it is packaged: replies in single DES.
    static let scepserver = Peer(
        name: "scepserver", variable: "INTEROP_SINGLE_DES_URL", methods: [.get, .post], usesSingleDES: true)

    static let modern = [micromdm, stepCA, stepCAWithAES256]
    static let all = modern + [scepserver]

    /// Every peer that answers in AES, by every method that it knows.
    static var waysToModern: [(Peer, AlgorithmChoice.Method)] {
        modern.flatMap { peer in peer.methods.map { (peer, $0) } }
    }

    /// Whether the peers run: `scripts/test peers` sees to it.
    static let areRunning = ProcessInfo.processInfo.environment["INTEROP_CHALLENGE"] != nil

    static var challenge: String { ProcessInfo.processInfo.environment["INTEROP_CHALLENGE"] ?? "" }

    var testDescription: String { name }

    /// The address as an administrator types it: the port apart.
    func server() throws -> ServerURL {
        let text = try #require(ProcessInfo.processInfo.environment[variable], "\(variable) is not set")
        let parts = try #require(text.wholeMatch(of: /(http:\/\/[^:\/]+):([0-9]+)(\/.*)/)?.output)
        return try ServerURL(url: "\(parts.1)\(parts.3)", port: #require(Int(parts.2)))
    }
}
