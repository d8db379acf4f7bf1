import ArgumentParser
import FoundationEssentials
import Machine
import RemoteUIProgram

@main
struct SteeredClockCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "remote-ui-steered-clock", abstract: "The Remote UI on a clock that a file steers; for tests.")

    @OptionGroup var options: ServeOptions

    @Option(help: "The file with what the clock shows, as SteeredClock reads it.")
    var clock: String

    func run() async throws {
        let clock = SteeredClock(file: clock)
        let program = Program(options: options, arguments: CommandLine.arguments) {
            MachineEnvironment(restartAction: $0, clock: clock)
        }
        try await program.run()
    }
}
