/// Finds a token's id by its exact bytes.
///
/// `Dictionary<String, _>` would not do: Swift strings are equal when they are canonically equivalent, and a vocabulary
/// may hold both spellings of an accented word.
struct TokenIndex: Sendable {
    /// Open addressing: id + 1 of the token in this slot, 0 for none.
    private var slots: [Int32]

    init(capacity: Int) {
        var count = 16
        while count < capacity * 2 { count *= 2 }
        slots = [Int32](repeating: 0, count: count)
    }

    /// The id of a token with these bytes; `bytes(id)` gives the bytes of the tokens added so far.
    func find(_ key: some Collection<UInt8>, bytes: (Int) -> ArraySlice<UInt8>) -> Int? {
        var slot = firstSlot(of: key)
        while slots[slot] != 0 {
            let id = Int(slots[slot]) - 1
            if bytes(id).elementsEqual(key) { return id }
            slot = (slot + 1) & (slots.count - 1)
        }
        return nil
    }

    /// Adds `id` under its bytes, which must not be there yet; the capacity must hold.
    mutating func insert(_ id: Int, key: some Collection<UInt8>) {
        var slot = firstSlot(of: key)
        while slots[slot] != 0 { slot = (slot + 1) & (slots.count - 1) }
        slots[slot] = Int32(id + 1)
    }

    /// Hashed with the process's own seed, so that no file can be written to collide.
    private func firstSlot(of key: some Collection<UInt8>) -> Int {
        var hasher = Hasher()
        let whole: Void? = key.withContiguousStorageIfAvailable { hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
        if whole == nil { Array(key).withUnsafeBytes { hasher.combine(bytes: $0) } }
        return hasher.finalize() & (slots.count - 1)
    }
}
