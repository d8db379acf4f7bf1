import Glibc

/// Asks the system (`getaddrinfo`). The call blocks and cannot be interrupted, so that it runs on threads of its own;
/// a look-up whose caller
/// has given up keeps its thread until the system answers.
public struct SystemResolver: Resolver {
    private let work = BlockingWork(threads: 4)

    /// A resolver with threads of its own.
    public init() {}

    /// The host's addresses in the system's order of preference (RFC 6724). IP literals need no look-up.
    public func addresses(of host: String, port: UInt16) async throws(HTTPError) -> [SocketAddress] {
        if let literal = SocketAddress(literal: host, port: port) {
            return [literal]
        }
        do {
            return try await work.run { try Self.look(up: host, port: port) }
        } catch let error as HTTPError {
            throw error
        } catch {
            throw HTTPError(.resolve, "The host name could not be looked up.")
        }
    }

    private static func look(up host: String, port: UInt16) throws(HTTPError) -> [SocketAddress] {
        var hints = addrinfo()
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        hints.ai_flags = AI_ADDRCONFIG
        var list: UnsafeMutablePointer<addrinfo>?
        let status = getaddrinfo(host, "\(port)", &hints, &list)
        guard status == 0 else {
            let reason = gai_strerror(status).map { String(cString: $0) } ?? "error \(status)"
            throw HTTPError(.resolve, "The host name could not be looked up: \(reason).")
        }
        defer { freeaddrinfo(list) }
        var addresses: [SocketAddress] = []
        var next = list
        while let entry = next?.pointee {
            if let pointer = entry.ai_addr {
                let bytes = UnsafeRawBufferPointer(start: pointer, count: Int(entry.ai_addrlen))
                if let address = SocketAddress(bytes: Array(bytes)), !addresses.contains(address) {
                    addresses.append(address)
                }
            }
            next = entry.ai_next
        }
        guard !addresses.isEmpty else {
            throw HTTPError(.resolve, "The host name has no address.")
        }
        return addresses
    }
}
