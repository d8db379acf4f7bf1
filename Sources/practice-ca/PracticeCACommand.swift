import ArgumentParser

@main
struct PracticeCACommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "practice-ca",
        abstract: "A SCEP server to practise on: it issues certificates that nobody else trusts.",
        subcommands: [Serve.self, Pending.self, Approve.self, Deny.self, Issued.self])
}
