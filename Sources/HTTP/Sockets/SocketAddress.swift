import Glibc

/// An IPv4 or IPv6 address with a port.
public struct SocketAddress: Sendable, Hashable {
    /// The address as text, without a port and without brackets.
    public let address: String
    /// The port.
    public let port: UInt16
    /// The system's own form of the address.
    let bytes: [UInt8]

    /// An address from an IPv4 or IPv6 literal, with or without brackets; nil for anything else, names included.
    public init?(literal: String, port: UInt16) {
        var text = literal
        if text.hasPrefix("["), text.hasSuffix("]") {
            text = String(text.dropFirst().dropLast())
        }
        guard !text.utf8.contains(0) else {
            return nil
        }
        var v4 = sockaddr_in()
        var v6 = sockaddr_in6()
        if inet_pton(AF_INET, text, &v4.sin_addr) == 1 {
            v4.sin_family = sa_family_t(AF_INET)
            v4.sin_port = port.bigEndian
            self.bytes = withUnsafeBytes(of: &v4) { Array($0) }
        } else if inet_pton(AF_INET6, text, &v6.sin6_addr) == 1 {
            v6.sin6_family = sa_family_t(AF_INET6)
            v6.sin6_port = port.bigEndian
            self.bytes = withUnsafeBytes(of: &v6) { Array($0) }
        } else {
            return nil
        }
        self.address = text
        self.port = port
    }

    /// An address as the system gave it; nil for another family.
    init?(bytes: [UInt8]) {
        var text = [CChar](repeating: 0, count: Int(INET6_ADDRSTRLEN))
        let family = bytes.withUnsafeBytes { $0.count >= 2 ? Int32($0.loadUnaligned(as: sa_family_t.self)) : -1 }
        let isKnown: Bool
        switch family {
        case AF_INET where bytes.count >= MemoryLayout<sockaddr_in>.size:
            var address = bytes.withUnsafeBytes { $0.loadUnaligned(as: sockaddr_in.self) }
            self.port = UInt16(bigEndian: address.sin_port)
            isKnown = inet_ntop(AF_INET, &address.sin_addr, &text, socklen_t(text.count)) != nil
        case AF_INET6 where bytes.count >= MemoryLayout<sockaddr_in6>.size:
            var address = bytes.withUnsafeBytes { $0.loadUnaligned(as: sockaddr_in6.self) }
            self.port = UInt16(bigEndian: address.sin6_port)
            isKnown = inet_ntop(AF_INET6, &address.sin6_addr, &text, socklen_t(text.count)) != nil
        default:
            return nil
        }
        guard isKnown else {
            return nil
        }
        self.address = String(decoding: text.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
        self.bytes = bytes
    }

    var isIPv6: Bool {
        address.contains(":")
    }

    var family: Int32 {
        isIPv6 ? AF_INET6 : AF_INET
    }

    /// Hands the address to a system call.
    func withSocketAddress<Result>(_ body: (UnsafePointer<sockaddr>, socklen_t) -> Result) -> Result {
        var storage = sockaddr_storage()
        withUnsafeMutableBytes(of: &storage) { $0.copyBytes(from: bytes.prefix($0.count)) }
        return withUnsafePointer(to: &storage) { storage in
            storage.withMemoryRebound(to: sockaddr.self, capacity: 1) { body($0, socklen_t(bytes.count)) }
        }
    }

    /// Reads the address that a system call fills in.
    static func filled(
        by call: (UnsafeMutablePointer<sockaddr>, UnsafeMutablePointer<socklen_t>) -> Int32
    ) -> (result: Int32, address: SocketAddress?) {
        var storage = sockaddr_storage()
        var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
        let result = withUnsafeMutablePointer(to: &storage) { storage in
            storage.withMemoryRebound(to: sockaddr.self, capacity: 1) { call($0, &length) }
        }
        let bytes = withUnsafeBytes(of: &storage) { Array($0.prefix(Int(length))) }
        return (result, result < 0 ? nil : SocketAddress(bytes: bytes))
    }
}
