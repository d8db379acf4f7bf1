import Glibc

/// The data folder: plain files that only their owner may read (folders 0700, files 0600).
///
/// A write is all or nothing: temporary file, `fsync`, `rename`, `fsync` of the folder. A crash leaves either the old
/// contents or the new ones, and at most a stray temporary file, whose name begins with a dot.
public struct StateFolder: Sendable {
    /// Larger files are not ours: a record, a certificate and a key are a few kilobytes each.
    static let largestFile = 1 << 20

    public let path: String

    /// Opens the folder.
    /// - Parameter makes: whether it is made, with its parents, when it is not there.
    public init(path: String, makes: Bool = true) throws(PracticeCAError) {
        guard !path.isEmpty, !path.utf8.contains(0) else {
            throw PracticeCAError(.invalidOption, "the data folder needs a name")
        }
        self.path = path
        if makes { try Self.makeFolders(path) }
        var status = stat()
        guard stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFDIR else {
            throw PracticeCAError(.storage, "\(path) is not a folder")
        }
    }

    /// A folder inside this one, made when it is not there.
    func subfolder(_ name: String) throws(PracticeCAError) -> StateFolder {
        try StateFolder(path: path + "/" + name)
    }

    /// The file's bytes, or nil when there is no such file.
    func read(_ name: String) throws(PracticeCAError) -> [UInt8]? {
        let file = open(path + "/" + name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW)
        guard file >= 0 else {
            if errno == ENOENT { return nil }
            throw Self.failure("read", name)
        }
        defer { close(file) }
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 16384)
        while true {
            let count = Glibc.read(file, &buffer, buffer.count)
            if count == 0 { return bytes }
            if count < 0 {
                if errno == EINTR { continue }
                throw Self.failure("read", name)
            }
            bytes.append(contentsOf: buffer[..<count])
            guard bytes.count <= Self.largestFile else {
                throw PracticeCAError(.damaged, "\(name) in the data folder is larger than any file of ours")
            }
        }
    }

    /// Replaces the file's contents in one step.
    func write(_ bytes: [UInt8], to name: String) throws(PracticeCAError) {
        let temporary = path + "/.\(name).\(getpid()).tmp"
        unlink(temporary)
        let file = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard file >= 0 else { throw Self.failure("write", name) }
        do throws(PracticeCAError) {
            defer { close(file) }
            try Self.writeAll(bytes, to: file, name: name)
            guard fsync(file) == 0 else { throw Self.failure("write", name) }
        } catch {
            unlink(temporary)
            throw error
        }
        guard rename(temporary, path + "/" + name) == 0 else {
            let error = Self.failure("write", name)
            unlink(temporary)
            throw error
        }
        try synchronise()
    }

    /// Removes the file, if it is there.
    func remove(_ name: String) throws(PracticeCAError) {
        guard unlink(path + "/" + name) == 0 || errno == ENOENT else { throw Self.failure("remove", name) }
        try synchronise()
    }

    /// The names of the folder's files that end so, sorted; hidden files are left out.
    func names(endingIn suffix: String) throws(PracticeCAError) -> [String] {
        guard let folder = opendir(path) else { throw Self.failure("list", path) }
        defer { closedir(folder) }
        var names: [String] = []
        guard let start = MemoryLayout<dirent>.offset(of: \.d_name) else { return [] }
        while let entry = readdir(folder) {
            // Read where it stands: an entry is only as long as its name, and a copy of the whole field would read on.
            let name = String(cString: UnsafeRawPointer(entry).advanced(by: start).assumingMemoryBound(to: CChar.self))
            if name.hasSuffix(suffix), !name.hasPrefix(".") { names.append(name) }
        }
        return names.sorted()
    }

    private func synchronise() throws(PracticeCAError) {
        let folder = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard folder >= 0 else { throw Self.failure("synchronise", path) }
        defer { close(folder) }
        guard fsync(folder) == 0 else { throw Self.failure("synchronise", path) }
    }

    private static func writeAll(_ bytes: [UInt8], to file: Int32, name: String) throws(PracticeCAError) {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.write(file, $0.baseAddress, $0.count) }
            if count < 0 {
                if errno == EINTR { continue }
                throw failure("write", name)
            }
            rest = rest.dropFirst(count)
        }
    }

    private static func makeFolders(_ path: String) throws(PracticeCAError) {
        var made = path.hasPrefix("/") ? "" : "."
        for part in path.split(separator: "/") {
            made += "/" + part
            guard mkdir(made, 0o700) == 0 || errno == EEXIST else { throw failure("make", path) }
        }
    }

    /// Reads `errno`, so it comes right after the failing call.
    private static func failure(_ verb: String, _ name: String) -> PracticeCAError {
        let number = errno
        return PracticeCAError(.storage, "cannot \(verb) \(name): \(String(cString: strerror(number)))")
    }
}
