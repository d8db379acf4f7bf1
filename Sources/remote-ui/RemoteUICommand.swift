import ArgumentParser

@main
struct RemoteUICommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "remote-ui",
        abstract: "The administration pages of a device, with certificates by SCEP.",
        subcommands: [Serve.self])
}
