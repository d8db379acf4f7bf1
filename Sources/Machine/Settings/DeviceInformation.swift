/// What the machine calls itself (P1).
public struct DeviceInformation: Codable, Equatable, Sendable {
    /// The owner's name for the device, 1 to 32 characters.
    public var deviceName: String
    /// Where it stands, 0 to 32 characters.
    public var location: String
    /// The name of the product; not a setting.
    public var productName: String { "Remote UI" }

    public init(deviceName: String, location: String = "") {
        self.deviceName = deviceName
        self.location = location
    }

    public enum Field: String, Hashable, Sendable, CaseIterable { case deviceName, location }

    /// The form as it was typed.
    public struct Form: Equatable, Sendable {
        public var deviceName: String
        public var location: String

        public init(deviceName: String, location: String) {
            self.deviceName = deviceName
            self.location = location
        }

        /// The settings, or every problem at once.
        public func validated() throws(FieldErrors<Field>) -> DeviceInformation {
            var errors = FieldErrors<Field>()
            let name = errors.check(.deviceName) { () throws(FieldProblemError) in
                try FieldRules.line(FieldRules.trimmed(deviceName), 1...32)
            }
            let place = errors.check(.location) { () throws(FieldProblemError) in
                try FieldRules.line(FieldRules.trimmed(location), 0...32)
            }
            guard let name, let place, errors.isEmpty else { throw errors }
            return DeviceInformation(deviceName: name, location: place)
        }
    }
}
