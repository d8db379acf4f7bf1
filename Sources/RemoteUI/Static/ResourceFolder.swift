import FoundationEssentials

/// Reads the folders that come with the executable. Used at start only.
enum ResourceFolder {
    /// The names in a folder, sorted.
    static func names(in folder: String, shown: String) throws(ResourceError) -> [String] {
        do {
            return try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
        } catch {
            throw ResourceError(.unreadable, file: shown, reason: "the folder cannot be read")
        }
    }

    /// The bytes of a regular file.
    static func read(_ path: String, shown: String) throws(ResourceError) -> [UInt8] {
        guard let data = FileManager.default.contents(atPath: path) else {
            throw ResourceError(.unreadable, file: shown, reason: "the file cannot be read")
        }
        return Array(data)
    }
}
