import FoundationEssentials

/// The files of Public/ by their path under `/public`, read at start. A request looks a name up in this table and
/// touches no disk: there is nothing to traverse (TM-22).
public struct StaticFiles: Sendable {
    let files: [String: StaticFile]

    /// Reads the folder and one level of folders in it. A hidden file, a link or a kind that is not served is passed over.
    public init(folder: String) throws(ResourceError) {
        var files: [String: StaticFile] = [:]
        try Self.read(folder, shown: "Public", path: "/public", into: &files, depth: 1)
        self.files = files
    }

    private static func read(
        _ folder: String, shown: String, path: String, into files: inout [String: StaticFile], depth: Int
    ) throws(ResourceError) {
        for name in try ResourceFolder.names(in: folder, shown: shown) where isPlain(name) {
            let attributes = try? FileManager.default.attributesOfItem(atPath: "\(folder)/\(name)")
            switch attributes?[.type] as? FileAttributeType {
            case .typeRegular?:
                let bytes = try ResourceFolder.read("\(folder)/\(name)", shown: "\(shown)/\(name)")
                files["\(path)/\(name)"] = StaticFile(name: name, bytes: bytes)
            case .typeDirectory? where depth > 0:
                try read(
                    "\(folder)/\(name)", shown: "\(shown)/\(name)", path: "\(path)/\(name)", into: &files,
                    depth: depth - 1)
            default: continue
            }
        }
    }

    /// Letters, digits, `-`, `_` and `.`, not hidden: what a path needs no encoding for.
    private static func isPlain(_ name: String) -> Bool {
        !name.hasPrefix(".")
            && name.utf8.allSatisfy {
                switch $0 {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "."):
                    true
                default: false
                }
            }
    }

    /// One route for each file.
    var routes: [Route] {
        files.sorted { $0.key < $1.key }.map { path, file in
            Route(.get, path, access: .always, countsAsActivity: false) { context in
                .response(file.response(to: context.request))
            }
        }
    }
}
