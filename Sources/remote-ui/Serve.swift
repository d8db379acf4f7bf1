import ArgumentParser
import RemoteUIProgram

struct Serve: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Serves the Remote UI until it is told to stop.")

    @OptionGroup var options: ServeOptions

    func run() async throws { try await Program(options: options).run() }
}
