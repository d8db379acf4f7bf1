import PKI
import Testing

@testable import Machine
@testable import RemoteUI

/// The pages as a browser gets them, from the real templates and catalogues.
struct Renderings {
    let catalogue: Catalogue
    let renderer: PageRenderer

    /// The folder of the package.
    static let package = #filePath.split(separator: "/").dropLast(4).map { "/" + $0 }.joined()

    init() throws {
        catalogue = try Catalogue(folder: "\(Self.package)/Templates/strings")
        renderer = try PageRenderer(
            models: Pages.models, sources: try TemplateSources(folder: "\(Self.package)/Templates"),
            catalogue: catalogue)
    }

    /// One page in its frame, for a System Manager with a restart pending.
    func html(_ page: any PageModel, _ language: Language, device: String, isSignedIn: Bool = true) throws -> String {
        let session = try Sessions(random: SystemRandom()).start(.systemManager(id: device)).session
        session.leave(Flash(.success, "key.deleted", device))
        let layout = Layout(
            facts: MachineFacts(
                isSetUp: true, device: DeviceInformation(deviceName: device, location: device),
                security: SecuritySettings(), pendingRestart: try Samples(device).pendingRestart),
            catalogue: catalogue, menu: Pages.menu, instance: "0",
            visitor: Visitor(session: isSignedIn ? session : nil, language: language, token: "T0KEN"), path: "/")
        return String(decoding: try renderer.render(page, in: layout, status: .ok).body, as: UTF8.self)
    }
}
