extension Transaction: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// Identifier and state; never the request, which holds the challenge password.
    public var description: String {
        switch state {
        case .ready: "transaction \(id): ready"
        case .requestBuilt: "transaction \(id): request built"
        case .pending(let polls): "transaction \(id): pending, \(polls) polls"
        case .issued: "transaction \(id): issued"
        case .failed(let failure): "transaction \(id): failed, \(failure.failInfo?.description ?? "no failInfo")"
        }
    }

    public var debugDescription: String { description }
    public var customMirror: Mirror { Mirror(self, children: ["description": description]) }
}
