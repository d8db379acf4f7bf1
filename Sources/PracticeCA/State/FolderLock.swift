import Glibc

/// An exclusive lock on a file of the data folder, held until the value is gone or the process ends.
///
/// Two are in use: `serving.lock` for as long as a server runs, so that a second one on the same folder is refused;
/// `records.lock` for each change of a record, so that `practice-ca approve` and a running server do not overwrite
/// each other.
final class FolderLock: Sendable {
    private let file: Int32

    /// - Parameter waits: whether to wait for the present holder; without, a held lock throws `.inUse`.
    init(_ folder: StateFolder, name: String, waits: Bool) throws(PracticeCAError) {
        let opened = open(folder.path + "/" + name, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard opened >= 0 else {
            throw PracticeCAError(.storage, "cannot open \(name): \(String(cString: strerror(errno)))")
        }
        var result = flock(opened, LOCK_EX | (waits ? 0 : LOCK_NB))
        while result != 0, errno == EINTR {
            result = flock(opened, LOCK_EX | (waits ? 0 : LOCK_NB))
        }
        guard result == 0 else {
            let number = errno
            close(opened)
            throw number == EWOULDBLOCK
                ? PracticeCAError(.inUse, "another practice CA is serving from \(folder.path)")
                : PracticeCAError(.storage, "cannot lock \(name): \(String(cString: strerror(number)))")
        }
        file = opened
    }

    deinit {
        close(file)
    }
}
