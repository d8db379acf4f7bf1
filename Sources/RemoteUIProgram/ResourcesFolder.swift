import ArgumentParser
import FoundationEssentials

/// The folder that holds `Templates` and `Public`.
enum ResourcesFolder {
    /// Where a package puts it.
    private static let installed = "/usr/share/remote-ui"

    /// The folder that was named, or the nearest one above the executable, or the installed one.
    /// - Throws: `ValidationError` when there is none.
    static func find(named: String?) throws -> String {
        if let named {
            guard isResources(named) else {
                throw ValidationError("\(named) holds no Templates and Public.")
            }
            return named
        }
        var folder = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
        while let path = folder, let slash = path.lastIndex(of: "/") {
            let parent = String(path[..<slash])
            if isResources(parent) { return parent }
            folder = parent
        }
        guard isResources(installed) else {
            throw ValidationError("No folder with Templates and Public was found: name it with --resources.")
        }
        return installed
    }

    private static func isResources(_ folder: String) -> Bool {
        ["Templates", "Public"].allSatisfy { name in
            var isDirectory = false
            return FileManager.default.fileExists(atPath: "\(folder)/\(name)", isDirectory: &isDirectory) && isDirectory
        }
    }
}
