import Foundation

@testable import PracticeCA

/// A data folder that goes with the test.
final class TemporaryFolder: Sendable {
    let path: String

    init() {
        path = NSTemporaryDirectory() + "practice-ca-" + UUID().uuidString
    }

    func open() throws -> StateFolder {
        try StateFolder(path: path)
    }

    func mode(_ name: String) throws -> Int {
        let attributes = try FileManager.default.attributesOfItem(atPath: path + "/" + name)
        return (attributes[.posixPermissions] as? Int) ?? 0
    }

    deinit {
        try? FileManager.default.removeItem(atPath: path)
    }
}
