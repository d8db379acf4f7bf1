import FoundationEssentials
import Glibc

/// The folder that holds everything the machine keeps: mode 0700, each file 0600, one process at a time.
final class DataDirectory: Sendable {
    let path: String
    /// Held open for the lock; close-on-exec, so that a restart by `execve` can take it again.
    private let lock: CInt

    /// Makes the directory (and what leads to it) if it is missing, closes it to others, and locks it.
    ///
    /// A folder of somebody else's, `/tmp` say, is left alone: closing it would take it from everybody.
    init(path: String) throws {
        try Self.make(path)
        try Self.proveOurs(path)
        guard chmod(path, 0o700) == 0 else { throw Self.failure("cannot be protected", path) }
        self.path = path
        let lockPath = path + "/lock"
        lock = open(lockPath, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard lock >= 0 else { throw Self.failure("cannot be opened", lockPath) }
        guard flock(lock, LOCK_EX | LOCK_NB) == 0 else {
            close(lock)
            throw MachineError(.dataDirectoryInUse, "another process serves \(path)")
        }
    }

    deinit { close(lock) }

    func path(of file: String) -> String { path + "/" + file }

    /// The file's first bytes, or nil if there is no such file.
    func read(_ file: String, atMost limit: Int = 4096) throws -> [UInt8]? {
        let descriptor = open(path(of: file), O_RDONLY | O_CLOEXEC | O_NOFOLLOW)
        guard descriptor >= 0 else {
            if errno == ENOENT { return nil }
            throw Self.failure("cannot be read", path(of: file))
        }
        defer { close(descriptor) }
        var buffer = [UInt8](repeating: 0, count: limit)
        let count = Glibc.read(descriptor, &buffer, limit)
        guard count >= 0 else { throw Self.failure("cannot be read", path(of: file)) }
        return [UInt8](buffer[..<count])
    }

    /// Makes a file of mode 0600 that is on the disk, name included, when this returns.
    ///
    /// It is written under another name first, so that a power cut leaves the whole file or none.
    func create(_ file: String, _ bytes: [UInt8]) throws {
        let target = path(of: file)
        let draft = target + ".new"
        unlink(draft)
        let descriptor = open(draft, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw Self.failure("cannot be made", target) }
        defer { close(descriptor) }
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if count < 0 && errno == EINTR { continue }
            guard count > 0 else { throw Self.failure("cannot be written", target) }
            rest = rest.dropFirst(count)
        }
        guard fsync(descriptor) == 0 else { throw Self.failure("cannot be written", target) }
        // link, unlike rename, refuses to replace a file that is there already.
        guard link(draft, target) == 0 else { throw Self.failure("cannot be made", target) }
        unlink(draft)
        try synchronise()
    }

    /// Removes a file; one that is not there is no error.
    func remove(_ file: String) throws {
        guard unlink(path(of: file)) == 0 || errno == ENOENT else {
            throw Self.failure("cannot be removed", path(of: file))
        }
        try synchronise()
    }

    /// Puts the directory's entries on the disk.
    private func synchronise() throws {
        let descriptor = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw Self.failure("cannot be opened", path) }
        defer { close(descriptor) }
        guard fsync(descriptor) == 0 else { throw Self.failure("cannot be written", path) }
    }

    private static func make(_ path: String) throws {
        if mkdir(path, 0o700) == 0 { return }
        switch errno {
        case EEXIST:
            var status = stat()
            guard stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFDIR else {
                throw MachineError(.dataDirectory, "\(path) is not a directory")
            }
        case ENOENT:
            guard let slash = path.lastIndex(of: "/"), slash > path.startIndex else {
                throw failure("cannot be made", path)
            }
            try make(String(path[..<slash]))
            guard mkdir(path, 0o700) == 0 || errno == EEXIST else { throw failure("cannot be made", path) }
        default:
            throw failure("cannot be made", path)
        }
    }

    /// Ours is a folder with our files, one that is empty, and one that only its owner can enter.
    private static func proveOurs(_ path: String) throws {
        var status = stat()
        guard stat(path, &status) == 0 else { throw failure("cannot be read", path) }
        guard status.st_mode & 0o077 != 0 else { return }
        guard let directory = opendir(path) else { throw failure("cannot be read", path) }
        defer { closedir(directory) }
        var isEmpty = true
        while let entry = readdir(directory) {
            let name = withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
                String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            if name == MachineKey.file || name == MachineKey.databaseFile { return }
            // A volume of its own begins with `lost+found`.
            if name != ".", name != "..", name != "lost+found" { isEmpty = false }
        }
        guard isEmpty else {
            throw MachineError(
                .dataDirectory,
                "\(path) holds other files and is open to other users; name an empty folder or one that does not exist")
        }
    }

    private static func failure(_ what: String, _ path: String) -> MachineError {
        let number = errno
        let code: MachineError.Code = number == ENOSPC ? .storageFull : .dataDirectory
        return MachineError(code, "\(path) \(what): \(String(cString: strerror(number)))")
    }
}
