import HTTP

/// A response and how it gets to the client.
struct Answer: Sendable {
    enum Delivery: Sendable {
        case whole
        /// A byte at a time with a pause before each.
        case drip
        /// The connection is closed in the middle.
        case truncated
        /// The connection is reset in the middle.
        case reset
        /// The connection is closed instead.
        case none
    }

    var response: Response
    var delivery = Delivery.whole
}
