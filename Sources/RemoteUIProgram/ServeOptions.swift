import ArgumentParser
import Machine

/// What can be said on the command line of the program.
public struct ServeOptions: ParsableArguments {
    @Option(help: "The folder of settings, keys and history; made if it is missing.")
    var data = "./data"

    @Option(help: "The IP address to listen on.")
    var listen = "127.0.0.1"

    @Option(help: "The port of HTTP, which only leads to HTTPS; 0 picks a free one.")
    var httpPort: UInt16 = 8000

    @Option(help: "The port of HTTPS; 0 picks a free one.")
    var httpsPort: UInt16 = 8443

    @Option(help: "The folder that holds Templates and Public; by default found above the executable.")
    var resources: String?

    @Flag(help: "Offers SHA1 and keys of 1024 bits, for SCEP servers of old.")
    var legacyMode = false

    @Flag(help: "Reads answers in single DES, which others can read too; needs OpenSSL's legacy provider.")
    var acceptSingleDes = false

    public init() {}

    var machine: MachineConfiguration {
        MachineConfiguration(dataDirectory: data, legacyMode: legacyMode, allowsSingleDES: acceptSingleDes)
    }
}
