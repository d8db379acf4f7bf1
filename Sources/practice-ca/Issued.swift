import ArgumentParser
import FoundationEssentials
import PracticeCA

struct Issued: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Lists the issued certificates: serial number, subject, transaction, time.")

    @OptionGroup var data: DataOption

    func run() throws {
        for entry in try data.book().issued() {
            StandardOutput().line(
                [entry.serialNumber, entry.subject, entry.transactionID, entry.issued.formatted(.iso8601)])
        }
    }
}
