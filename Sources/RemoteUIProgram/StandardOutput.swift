import Glibc

/// Lines for the person or the script that started the program. Each is written at once, for a pipe must not hold it
/// back; the log goes to standard error.
enum StandardOutput {
    static func line(_ text: String) {
        var bytes = [UInt8]((text + "\n").utf8)[...]
        while !bytes.isEmpty {
            let written = bytes.withUnsafeBytes { write(STDOUT_FILENO, $0.baseAddress, $0.count) }
            if written > 0 {
                bytes = bytes.dropFirst(written)
            } else if errno != EINTR {
                // Nobody reads any more: the server goes on without.
                return
            }
        }
    }
}
