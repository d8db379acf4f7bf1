import Glibc

/// Lines for the person or script that started the program, each written at once: a pipe must not hold them back.
struct StandardOutput: Sendable {
    func line(_ text: String) {
        var rest = [UInt8]((text + "\n").utf8)[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { write(STDOUT_FILENO, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            // Nobody reads: the server goes on without.
            guard count > 0 else { return }
            rest = rest.dropFirst(count)
        }
    }

    /// A row of a list, its columns separated by tabs.
    ///
    /// Control characters in a value, which a requester may have chosen, become question marks.
    func line(_ columns: [String]) {
        line(
            columns.map { column in
                String(String.UnicodeScalarView(column.unicodeScalars.map { $0.value < 0x20 ? "?" : $0 }))
            }.joined(separator: "\t"))
    }
}
