/// One value of a pickle; whatever contains others refers to them by index into the arena.
///
/// A tree of Swift enums would be freed recursively, which a nested pickle of 50 KB turns into a stack overflow, and
/// copying shared values is what memo bombs live on. Sixteen bytes a value, nothing nested, nothing copied.
enum PickleValue {
    case none
    case bool(Bool)
    case integer(Int64)
    case real(Double)
    /// UTF-8 text or raw bytes, left where they stand in the pickle.
    case text(PickleSlice)
    case bytes(PickleSlice)
    /// A run of the arena's children.
    case tuple(PickleSlice)
    /// An index into the arena's containers.
    case list(Int32)
    case dictionary(Int32)
    case global(PickleGlobal)
    /// An index into the machine's storages and tensors.
    case storage(Int32)
    case tensor(Int32)

    var isNone: Bool { if case .none = self { true } else { false } }

    /// What the value is, for error messages.
    var kind: String {
        switch self {
        case .none: "None"
        case .bool: "a truth value"
        case .integer: "an integer"
        case .real: "a float"
        case .text: "a string"
        case .bytes: "bytes"
        case .tuple: "a tuple"
        case .list: "a list"
        case .dictionary: "a dict"
        case .global: "a class or function"
        case .storage: "a storage"
        case .tensor: "a tensor"
        }
    }
}

/// A run of bytes or children.
struct PickleSlice {
    let start: UInt32
    let count: UInt32

    var range: Range<Int> { Int(start)..<Int(start) + Int(count) }
}
