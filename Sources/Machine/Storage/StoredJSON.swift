import FoundationEssentials

/// How a Codable value is kept in a column.
enum StoredJSON {
    static func encode(_ value: some Encodable) throws -> [UInt8] {
        do {
            return [UInt8](try JSONEncoder().encode(value))
        } catch {
            throw MachineError(.corrupted, "a value cannot be written: \(type(of: value))")
        }
    }

    static func decode<Value: Decodable>(_ type: Value.Type, _ bytes: [UInt8]) throws -> Value {
        do {
            return try JSONDecoder().decode(type, from: Data(bytes))
        } catch {
            // The decoder's own text could quote the value.
            throw MachineError(.corrupted, "a stored \(type) cannot be read")
        }
    }
}
