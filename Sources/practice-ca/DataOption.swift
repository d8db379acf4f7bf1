import ArgumentParser
import PracticeCA

/// The option that all subcommands share.
struct DataOption: ParsableArguments {
    @Option(name: .customLong("data"), help: "The folder of the CA's keys, certificates and requests.")
    var path = "./practice-ca-data"

    /// The books of a CA that has been started before.
    func book() throws -> EnrolmentBook {
        try EnrolmentBook(StateFolder(path: path, makes: false))
    }
}
