/// What happens to one message on its way or at the CA.
enum Mishap: Sendable, Equatable {
    case none
    // The message does not arrive.
    case refused
    case unknownName
    case timedOutOnTheWay
    case statusOnTheWay(Int)
    // The CA acts on it, and the reply is not read.
    case lostReply
    case timedOut
    case status(Int)
    case garbage
    case emptyReply
    // The CA answers otherwise than it should.
    case failure(Int)
    case deferred
    /// The reply takes so many seconds.
    case slow(Int)

    /// Every second message meets with something.
    static func drawn(by chance: Chance) -> Mishap {
        if chance.happens(50) { return .none }
        switch chance.number(0...15) {
        case 0: return .refused
        case 1: return .unknownName
        case 2: return .timedOutOnTheWay
        case 3: return .statusOnTheWay(chance.one(of: [404, 500, 503]))
        case 4, 5: return .lostReply
        case 6: return .timedOut
        case 7: return .status(chance.one(of: [404, 500, 503]))
        case 8: return .garbage
        case 9: return .emptyReply
        case 10, 11: return .failure(chance.number(0...4))
        case 12, 13, 14: return .deferred
        default: return .slow(chance.number(1...25))
        }
    }
}
