import CLinux
import Glibc

/// What a descriptor is ready for, or what is wanted of it.
struct Readiness: OptionSet, Sendable {
    let rawValue: UInt32

    static let read = Readiness(rawValue: EPOLLIN.rawValue)
    static let write = Readiness(rawValue: EPOLLOUT.rawValue)
    /// Both directions are closed, or the connection is lost; always reported.
    static let lost = Readiness(rawValue: EPOLLHUP.rawValue | EPOLLERR.rawValue)
}
