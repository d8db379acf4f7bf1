import Foundation
import HTTP
import HTTPTypes
import Testing

@testable import RemoteUI

@Suite struct StaticFilesTests {
    /// A folder with good and bad things in it; gone at the end.
    private func withFolder(_ body: (StaticFiles) throws -> Void) throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "static-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: folder) }
        try FileManager.default.createDirectory(
            at: folder.appending(path: "icons/deep"), withIntermediateDirectories: true)
        for name in ["a.css", "b.js", "notes.md", "page.html", ".hidden.css", "noextension", "icons/x.svg", "a b.css"] {
            try Data("content of \(name)".utf8).write(to: folder.appending(path: name))
        }
        try Data("deep".utf8).write(to: folder.appending(path: "icons/deep/y.svg"))
        try FileManager.default.createSymbolicLink(
            at: folder.appending(path: "passwd.txt"), withDestinationURL: URL(filePath: "/etc/passwd"))
        try body(try StaticFiles(folder: folder.path()))
    }

    @Test("TM-22: only known kinds of plain files are served")
    func onlyKnownKindsOfPlainFilesAreServed() throws {
        try withFolder { files in
            #expect(files.files.keys.sorted() == ["/public/a.css", "/public/b.js", "/public/icons/x.svg"])
            #expect(files.routes.allSatisfy { $0.access == .always && $0.method == .get })
        }
    }

    @Test(
        "TM-22: no other path reaches a file",
        arguments: [
            "/public/", "/public", "/public/../Package.swift", "/public/%2e%2e/x.css", "/public/icons/",
            "/public//a.css",
            "/public/a.css/", "/public/A.css", "/public/a%2ecss", "/public/icons/..%2fa.css", "/public/a.css%00",
        ])
    func noOtherPathReachesAFile(_ path: String) throws {
        try withFolder { files in
            guard case .unknown = try Router(files.routes).match(.get, path) else {
                Issue.record("\(path) was routed")
                return
            }
        }
    }

    @Test func aBrowserThatHasTheFileGetsNoBody() throws {
        try withFolder { files in
            let file = try #require(files.files["/public/a.css"])
            let first = file.response(to: Request())
            #expect(first.status == .ok)
            #expect(first.fields[.contentType] == "text/css; charset=utf-8")
            #expect(first.body == Array("content of a.css".utf8))
            let etag = try #require(first.fields[.eTag])
            for condition in [etag, "W/\(etag)", "\"x\", \(etag)", "*"] {
                let again = file.response(to: Request(fields: [.ifNoneMatch: condition]))
                #expect(again.status == .notModified)
                #expect(again.body.isEmpty)
                #expect(again.fields[.eTag] == etag)
            }
            #expect(file.response(to: Request(fields: [.ifNoneMatch: "\"x\""])).status == .ok)
        }
    }

    @Test func aFolderThatIsNotThereStopsTheStart() {
        #expect(throws: ResourceError.self) { try StaticFiles(folder: "/nonexistent/Public") }
    }
}
