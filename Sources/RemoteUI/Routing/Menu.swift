/// The left menu of Settings/Registration: groups with the names of the real UI (P2).
public struct Menu: Sendable {
    public struct Group: Sendable {
        /// The key of the group's name.
        public let key: String
        public let items: [Item]

        public init(_ key: String, _ items: [Item]) {
            self.key = key
            self.items = items
        }
    }

    public struct Item: Sendable {
        /// The key of the page's name.
        public let key: String
        /// The page's path.
        public let path: String

        public init(_ key: String, _ path: String) {
            self.key = key
            self.path = path
        }
    }

    public let groups: [Group]

    public init(_ groups: [Group]) { self.groups = groups }

    /// The keys of every name in it.
    var keys: [String] { groups.flatMap { group in [group.key] + group.items.map(\.key) } }

    /// The group and the item of a path.
    func find(_ path: String) -> (group: Group, item: Item)? {
        for group in groups {
            if let item = group.items.first(where: { $0.path == path }) { return (group, item) }
        }
        return nil
    }
}
