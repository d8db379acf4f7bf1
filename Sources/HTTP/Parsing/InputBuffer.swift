/// Bytes that have arrived and are not used up yet, read by the line or by the count.
///
/// What it reports never depends on how the bytes were split on arrival: a line that is too long is too long whether
/// or not its end is here.
struct InputBuffer: Sendable {
    enum Line {
        /// A complete line without its CRLF.
        case complete(ArraySlice<UInt8>)
        /// The end has not arrived.
        case incomplete
        /// More bytes than the limit, line end included.
        case tooLong
        /// The line ends with a lone LF.
        case bareLineFeed
    }

    private var bytes: [UInt8] = []
    private var position = 0
    /// Everything before this is known to hold no LF, so that a slow line is not scanned again.
    private var scanned = 0

    /// Bytes that are not used up.
    var count: Int {
        bytes.count - position
    }

    var isEmpty: Bool {
        count == 0
    }

    var first: UInt8? {
        isEmpty ? nil : bytes[position]
    }

    mutating func append(_ new: some Collection<UInt8>) {
        if position > 0 {
            // What is used up goes first, so that the buffer never holds more than is unread.
            bytes.removeSubrange(0..<position)
            scanned -= position
            position = 0
        }
        bytes.append(contentsOf: new)
    }

    /// Takes the next line, if it is complete and within the limit.
    mutating func line(limit: Int) -> Line {
        guard let end = bytes[scanned...].firstIndex(of: .lineFeed) else {
            scanned = bytes.count
            return count > limit ? .tooLong : .incomplete
        }
        guard end + 1 - position <= limit else {
            return .tooLong
        }
        guard end > position, bytes[end - 1] == .carriageReturn else {
            return .bareLineFeed
        }
        let line = bytes[position..<end - 1]
        position = end + 1
        scanned = position
        return .complete(line)
    }

    /// Takes at most `limit` bytes.
    mutating func take(_ limit: Int) -> ArraySlice<UInt8> {
        let end = position + min(limit, count)
        let taken = bytes[position..<end]
        position = end
        scanned = max(scanned, position)
        return taken
    }
}
