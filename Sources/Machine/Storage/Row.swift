import FoundationEssentials

/// One row of a result, read by column name. A value of the wrong type is a ``MachineError/Code/corrupted`` error.
struct Row {
    let names: [String]
    let values: [SQLValue]

    func value(_ name: String) throws -> SQLValue {
        guard let index = names.firstIndex(of: name) else {
            throw MachineError(.corrupted, "the result has no column \(name)")
        }
        return values[index]
    }

    func text(_ name: String) throws -> String {
        guard let value = try optionalText(name) else { throw unexpected(name) }
        return value
    }

    func optionalText(_ name: String) throws -> String? {
        switch try value(name) {
        case .text(let text): text
        case .null: nil
        default: throw unexpected(name)
        }
    }

    func integer(_ name: String) throws -> Int {
        guard let value = try optionalInteger(name) else { throw unexpected(name) }
        return value
    }

    func optionalInteger(_ name: String) throws -> Int? {
        switch try value(name) {
        case .integer(let integer): Int(integer)
        case .null: nil
        default: throw unexpected(name)
        }
    }

    func flag(_ name: String) throws -> Bool { try integer(name) != 0 }

    func date(_ name: String) throws -> Date {
        guard let value = try optionalDate(name) else { throw unexpected(name) }
        return value
    }

    func optionalDate(_ name: String) throws -> Date? {
        switch try value(name) {
        case .real(let seconds): Date(timeIntervalSince1970: seconds)
        case .integer(let seconds): Date(timeIntervalSince1970: Double(seconds))
        case .null: nil
        default: throw unexpected(name)
        }
    }

    func blob(_ name: String) throws -> [UInt8] {
        guard let value = try optionalBlob(name) else { throw unexpected(name) }
        return value
    }

    func optionalBlob(_ name: String) throws -> [UInt8]? {
        switch try value(name) {
        case .blob(let bytes): bytes
        case .null: nil
        default: throw unexpected(name)
        }
    }

    private func unexpected(_ name: String) -> MachineError {
        MachineError(.corrupted, "column \(name) holds a value of another type")
    }
}
