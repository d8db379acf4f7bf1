import Glibc

/// An address of one of the machine's network interfaces.
public struct NetworkAddress: Hashable, Sendable {
    /// The interface's name, such as `eth0`.
    public let interface: String
    /// The address in text form, without zone.
    public let address: String
    public let isIPv6: Bool
    /// Reached from this machine only.
    public let isLoopback: Bool
    public let isLinkLocal: Bool

    /// The addresses that the machine has now.
    public static func current() -> [NetworkAddress] {
        var list: UnsafeMutablePointer<ifaddrs>?
        guard getifaddrs(&list) == 0 else { return [] }
        defer { freeifaddrs(list) }
        var addresses: [NetworkAddress] = []
        var entry = list
        while let current = entry?.pointee {
            if let address = NetworkAddress(current) { addresses.append(address) }
            entry = current.ifa_next
        }
        return addresses
    }

    private init?(_ entry: ifaddrs) {
        guard let address = entry.ifa_addr, entry.ifa_flags & UInt32(IFF_UP) != 0 else { return nil }
        let length: Int
        switch CInt(address.pointee.sa_family) {
        case AF_INET: length = MemoryLayout<sockaddr_in>.size
        case AF_INET6: length = MemoryLayout<sockaddr_in6>.size
        default: return nil
        }
        var text = [CChar](repeating: 0, count: Int(NI_MAXHOST))
        let size = socklen_t(text.count)
        guard getnameinfo(address, socklen_t(length), &text, size, nil, 0, NI_NUMERICHOST) == 0 else { return nil }
        let numeric = String(decoding: text.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
        interface = String(cString: entry.ifa_name)
        self.address = numeric.split(separator: "%").first.map(String.init) ?? numeric
        isIPv6 = CInt(address.pointee.sa_family) == AF_INET6
        isLoopback = entry.ifa_flags & UInt32(IFF_LOOPBACK) != 0
        isLinkLocal = numeric.hasPrefix("fe80:") || numeric.hasPrefix("169.254.")
    }
}
