/// Something that an event loop looks after: one descriptor and one deadline. Lives on the loop's thread only.
protocol LoopMember: AnyObject {
    /// The descriptor to watch.
    var descriptor: FileDescriptor { get }
    /// The descriptor is ready.
    func ready(_ readiness: Readiness, on loop: EventLoop)
    /// The deadline passed; it is no longer set.
    func deadlinePassed(on loop: EventLoop)
    /// The loop ends; the member is no longer in it.
    func loopEnded(_ loop: EventLoop)
}
