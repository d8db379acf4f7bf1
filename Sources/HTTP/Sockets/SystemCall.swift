import Glibc

/// The system's own words for its error numbers.
enum SystemCall {
    /// The text for an error number.
    static func text(_ number: Int32) -> String {
        var buffer = [CChar](repeating: 0, count: 128)
        guard strerror_r(number, &buffer, buffer.count) == 0 else {
            return "error \(number)"
        }
        return String(decoding: buffer.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
    }

    /// Whether a non-blocking call has only to be repeated when the socket is ready.
    static func isWouldBlock(_ number: Int32) -> Bool {
        number == EAGAIN || number == EWOULDBLOCK
    }
}
