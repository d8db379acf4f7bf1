import Glibc

/// Replaces the running program by itself, with the same process id and environment.
enum OwnProcess {
    /// The arguments that were given, with the ports that are served on in the place of those in them.
    static func arguments(_ given: [String], httpPort: UInt16, httpsPort: UInt16) -> [String] {
        let ports = ["--http-port", "--https-port"]
        var arguments: [String] = []
        var skipsValue = false
        for argument in given {
            if skipsValue {
                skipsValue = false
            } else if ports.contains(argument) {
                skipsValue = true
            } else if !ports.contains(where: { argument.hasPrefix("\($0)=") }) {
                arguments.append(argument)
            }
        }
        return arguments + ["--http-port", String(httpPort), "--https-port", String(httpsPort)]
    }

    /// Returns only if the system refuses, with its error number.
    static func execute(_ arguments: [String]) -> Int32 {
        // Signals that a thread of ours blocks or ignores would stay so in the new program.
        var none = sigset_t()
        sigemptyset(&none)
        pthread_sigmask(SIG_SETMASK, &none, nil)
        for number in [SIGTERM, SIGINT, SIGPIPE] { signal(number, SIG_DFL) }
        var pointers: [UnsafeMutablePointer<CChar>?] = arguments.map { strdup($0) }
        defer { for pointer in pointers { free(pointer) } }
        pointers.append(nil)
        // Not the path: the file may have been replaced by a newer one, or moved.
        execv("/proc/self/exe", pointers)
        return errno
    }
}
