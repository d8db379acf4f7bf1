import ArgumentParser
import PracticeCA

struct Deny: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Denies a waiting request: the requester is told so when it asks again.")

    @Argument(help: "The ID that `practice-ca pending` shows.")
    var id: String

    @OptionGroup var data: DataOption

    func run() throws {
        try data.book().deny(id: id)
    }
}
