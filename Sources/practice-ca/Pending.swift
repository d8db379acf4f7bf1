import ArgumentParser
import FoundationEssentials
import PracticeCA

struct Pending: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Lists the requests that wait for approval: ID, transaction, subject, time.")

    @OptionGroup var data: DataOption

    func run() throws {
        for request in try data.book().waiting() {
            StandardOutput().line(
                [request.id, request.transactionID, request.subject, request.requested.formatted(.iso8601)])
        }
    }
}
