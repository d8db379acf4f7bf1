import FoundationEssentials
import Glibc

/// Where a run keeps its files: in memory if the system has room for files there, since every commit is put on the disk.
enum Folder {
    static func new() throws -> String {
        let parent = access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp"
        var template = Array("\(parent)/soak-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else { throw CocoaError(.fileWriteUnknown) }
        return template.withUnsafeBufferPointer { $0.baseAddress.map { String(cString: $0) } ?? "" }
    }

    static func remove(_ folder: String) { try? FileManager.default.removeItem(atPath: folder) }

    /// A copy of what a power cut would leave of a machine's folder: its files, and not its lock.
    static func copyOfData(in folder: String) throws -> String {
        let copy = try new()
        for file in try FileManager.default.contentsOfDirectory(atPath: folder)
        where !file.hasSuffix("-shm") && file != "lock" {
            try FileManager.default.copyItem(atPath: "\(folder)/\(file)", toPath: "\(copy)/\(file)")
        }
        return copy
    }
}
