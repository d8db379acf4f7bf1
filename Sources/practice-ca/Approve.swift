import ArgumentParser
import PracticeCA

struct Approve: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Approves a waiting request: its certificate is issued when the requester asks again.")

    @Argument(help: "The ID that `practice-ca pending` shows.")
    var id: String

    @OptionGroup var data: DataOption

    func run() throws {
        try data.book().approve(id: id)
    }
}
