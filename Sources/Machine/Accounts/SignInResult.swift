/// The answer to a sign-in. A page gives one reply for `refused` and `lockedOut` (L4).
public enum SignInResult: Hashable, Sendable {
    case accepted
    case refused
    case lockedOut
}
