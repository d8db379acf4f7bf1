import ArgumentParser
import FoundationEssentials
import Machine
import RemoteUIProgram

@main
struct FastClockCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "remote-ui-fast-clock", abstract: "The Remote UI on a clock that runs faster; for tests.")

    @OptionGroup var options: ServeOptions

    @Option(help: "Seconds on this machine's clock in one real second.")
    var rate: Double

    @Option(help: "When this machine's clock showed the real time, in seconds since 1970; now by default.")
    var anchor: Double?

    func validate() throws {
        guard rate > 0, rate.isFinite, anchor?.isFinite ?? true else {
            throw ValidationError("--rate must be above 0, and --anchor a number.")
        }
    }

    func run() async throws {
        let anchor = anchor ?? Date().timeIntervalSince1970
        let clock = FastClock(anchor: Date(timeIntervalSince1970: anchor), rate: rate)
        // The clock goes on where it was when the program executes itself anew.
        var arguments = CommandLine.arguments
        if self.anchor == nil { arguments += ["--anchor", String(anchor)] }
        let program = Program(options: options, arguments: arguments) {
            MachineEnvironment(restartAction: $0, clock: clock)
        }
        try await program.run()
    }
}
