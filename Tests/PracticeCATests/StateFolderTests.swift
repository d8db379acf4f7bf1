import Foundation
import Testing

@testable import PracticeCA

@Suite("The data folder")
struct StateFolderTests {
    private let temporary = TemporaryFolder()

    @Test("A folder is made with mode 0700 and a file with 0600")
    func modes() throws {
        let folder = try temporary.open()
        try folder.write([1], to: "a")
        _ = try folder.subfolder("b")
        #expect(try temporary.mode("") == 0o700)
        #expect(try temporary.mode("a") == 0o600)
        #expect(try temporary.mode("b") == 0o700)
    }

    @Test("A file is replaced as a whole and leaves no temporary file behind")
    func replacing() throws {
        let folder = try temporary.open()
        try folder.write([UInt8](repeating: 1, count: 100_000), to: "a")
        try folder.write([2], to: "a")
        #expect(try folder.read("a") == [2])
        #expect(try FileManager.default.contentsOfDirectory(atPath: temporary.path) == ["a"])
    }

    @Test("A missing file reads as none")
    func missing() throws {
        #expect(try temporary.open().read("a") == nil)
    }

    @Test("A list leaves out hidden files and other endings")
    func listing() throws {
        let folder = try temporary.open()
        for name in ["b.json", "a.json", ".c.json", "d.pem"] { try folder.write([], to: name) }
        #expect(try folder.names(endingIn: ".json") == ["a.json", "b.json"])
    }

    @Test("A folder where a file is in the way is refused")
    func fileInTheWay() throws {
        try temporary.open().write([], to: "a")
        let path = temporary.path + "/a"
        #expect(throws: PracticeCAError(.storage, "")) { try StateFolder(path: path) }
    }

    @Test("A folder that nobody made is not made by looking into it")
    func looking() throws {
        #expect(throws: PracticeCAError(.storage, "")) { try StateFolder(path: temporary.path, makes: false) }
        #expect(!FileManager.default.fileExists(atPath: temporary.path))
    }

    @Test("A second lock on a folder is refused until the first is gone")
    func locking() throws {
        let folder = try temporary.open()
        var lock: FolderLock? = try FolderLock(folder, name: "lock", waits: false)
        #expect(throws: PracticeCAError(.inUse, "")) { try FolderLock(folder, name: "lock", waits: false) }
        withExtendedLifetime(lock) {}
        lock = nil
        #expect(throws: Never.self) { try FolderLock(folder, name: "lock", waits: false) }
    }
}
