import FoundationEssentials
import PKI

/// All transactions of the CA, a file each, so that a lost reply is answered again with the same certificate even
/// after a restart (RFC 8894 §5.2).
///
/// A record is changed under a lock on the folder: the server and `practice-ca approve` are different processes.
public struct EnrolmentBook: Sendable {
    static let idLength = 12

    private let folder: StateFolder
    private let requests: StateFolder
    private let certificates: StateFolder

    public init(_ folder: StateFolder) throws(PracticeCAError) {
        self.folder = folder
        requests = try folder.subfolder("requests")
        certificates = try folder.subfolder("certificates")
    }

    // MARK: For a person

    /// The requests that wait for a decision, oldest first.
    public func waiting() throws(PracticeCAError) -> [WaitingRequest] {
        try records().filter { $0.record.state == .pending }.map { id, record in
            WaitingRequest(
                id: id, transactionID: record.transactionID, subject: record.subject, requested: record.requested)
        }.sorted { ($0.requested, $0.id) < ($1.requested, $1.id) }
    }

    /// The issuing log, oldest first.
    public func issued() throws(PracticeCAError) -> [IssuedEntry] {
        try records().compactMap { _, record -> IssuedEntry? in
            guard record.state == .issued, let serial = record.serialNumber, let issued = record.issued else {
                return nil
            }
            return IssuedEntry(
                serialNumber: serial, subject: record.subject, transactionID: record.transactionID, issued: issued)
        }.sorted { ($0.issued, $0.serialNumber) < ($1.issued, $1.serialNumber) }
    }

    /// Lets the requester have its certificate the next time it asks.
    public func approve(id: String) throws(PracticeCAError) {
        try decide(id: id, .approved)
    }

    /// Answers the requester with a FAILURE the next time it asks.
    public func deny(id: String) throws(PracticeCAError) {
        try decide(id: id, .denied)
    }

    private func decide(id: String, _ state: EnrolmentRecord.State) throws(PracticeCAError) {
        let lock = try lockRecords()
        defer { withExtendedLifetime(lock) {} }
        let matches = try records().filter { $0.id == id.lowercased() && $0.record.state == .pending }
        guard matches.count == 1, var record = matches.first?.record else {
            throw PracticeCAError(.noSuchRequest, "no request with the ID \(id) is waiting")
        }
        record.state = state
        if state == .denied { record.request = nil }
        try save(record)
    }

    // MARK: For the server

    /// Held around every look at a record that a change may follow.
    func lockRecords() throws(PracticeCAError) -> FolderLock {
        try FolderLock(folder, name: "records.lock", waits: true)
    }

    func record(transactionID: String) throws(PracticeCAError) -> EnrolmentRecord? {
        let name = Self.fileName(transactionID)
        guard let bytes = try requests.read(name) else { return nil }
        return try Self.decode(bytes, name: name)
    }

    func save(_ record: EnrolmentRecord) throws(PracticeCAError) {
        let encoder = JSONEncoder()
        encoder.dateEncodingStrategy = .iso8601
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        do {
            try requests.write([UInt8](encoder.encode(record)), to: Self.fileName(record.transactionID))
        } catch let error as PracticeCAError {
            throw error
        } catch {
            throw PracticeCAError(.storage, "a request's record cannot be written")
        }
    }

    /// Stores the certificate first and the record after it: a record never names a certificate that is not there.
    func save(_ record: EnrolmentRecord, issuing certificate: Certificate, at now: Date) throws(PracticeCAError) {
        let serial = Hex.encode(certificate.serialNumber, uppercase: true)
        try certificates.write([UInt8](certificate.pem.utf8), to: serial + ".pem")
        var record = record
        record.state = .issued
        record.request = nil
        record.serialNumber = serial
        record.issued = now
        try save(record)
    }

    /// The certificate that was issued for a record.
    func certificate(of record: EnrolmentRecord) throws(PracticeCAError) -> Certificate {
        let name = (record.serialNumber ?? "") + ".pem"
        guard let bytes = try certificates.read(name),
            let certificate = try? Certificate(pem: String(decoding: bytes, as: UTF8.self))
        else { throw PracticeCAError(.damaged, "the certificate \(name) is missing or damaged") }
        return certificate
    }

    // MARK: Files

    private func records() throws(PracticeCAError) -> [(id: String, record: EnrolmentRecord)] {
        var found: [(id: String, record: EnrolmentRecord)] = []
        for name in try requests.names(endingIn: ".json") {
            guard let bytes = try requests.read(name) else { continue }
            found.append((String(name.prefix(Self.idLength)), try Self.decode(bytes, name: name)))
        }
        return found
    }

    /// A hash, because a transaction ID may hold any printable character and a file name may not.
    private static func fileName(_ transactionID: String) -> String {
        Hex.encode(DigestAlgorithm.sha256.hash([UInt8](transactionID.utf8))) + ".json"
    }

    private static func decode(_ bytes: [UInt8], name: String) throws(PracticeCAError) -> EnrolmentRecord {
        let decoder = JSONDecoder()
        decoder.dateDecodingStrategy = .iso8601
        guard let record = try? decoder.decode(EnrolmentRecord.self, from: Data(bytes)) else {
            throw PracticeCAError(.damaged, "the record requests/\(name) cannot be read")
        }
        return record
    }
}
