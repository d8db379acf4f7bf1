/// Why the machine was not set up.
public enum SetUpError: Error, Hashable, Sendable {
    /// The set-up code is wrong, or too many wrong ones were entered: the page gives one reply for both.
    case refused
    /// The machine has been set up already; the set-up page is gone for good.
    case alreadySetUp
}
