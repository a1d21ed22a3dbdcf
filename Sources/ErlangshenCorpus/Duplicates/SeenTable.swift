/// A set of keys of one or two words each, in one array.
///
/// *Memory:* 8 bytes a word of a key and place, between 1.4 and 2.9 places a key.
struct SeenTable: Sendable {
    private var slots: [UInt64]
    private(set) var count = 0
    /// Words of a key.
    private let width: Int
    private let maximumByteCount: Int

    init(width: Int, maximumByteCount: Int) {
        self.width = width
        self.maximumByteCount = maximumByteCount
        slots = [UInt64](repeating: 0, count: width * 1_024)
    }

    /// Adds a key whose first word is not 0; false if it was there.
    ///
    /// - Throws: `duplicatesTableFull`.
    mutating func insert(_ first: UInt64, _ second: UInt64 = 0) throws(CorpusError) -> Bool {
        let slot = place(of: first, second)
        guard slots[slot] == 0 else { return false }
        store(first, second, at: slot)
        count += 1
        if count * width * 10 > slots.count * 7 { try grow() }
        return true
    }

    /// Whether a key is there.
    func contains(_ first: UInt64, _ second: UInt64 = 0) -> Bool { slots[place(of: first, second)] != 0 }

    private func place(of first: UInt64, _ second: UInt64) -> Int {
        let mask = slots.count / width - 1
        var slot = Int(truncatingIfNeeded: (first &* 0x9E37_79B9_7F4A_7C15) >> 20) & mask
        while slots[slot * width] != 0 {
            if slots[slot * width] == first, width == 1 || slots[slot * width + 1] == second { break }
            slot = (slot + 1) & mask
        }
        return slot * width
    }

    private mutating func store(_ first: UInt64, _ second: UInt64, at slot: Int) {
        slots[slot] = first
        if width == 2 { slots[slot + 1] = second }
    }

    private mutating func grow() throws(CorpusError) {
        // While it grows the old table is there too.
        guard slots.count * 3 * 8 <= maximumByteCount else {
            throw .duplicatesTableFull(documentCount: count, limitBytes: maximumByteCount)
        }
        let old = slots
        slots = [UInt64](repeating: 0, count: old.count * 2)
        for slot in stride(from: 0, to: old.count, by: width) where old[slot] != 0 {
            let second = width == 2 ? old[slot + 1] : 0
            store(old[slot], second, at: place(of: old[slot], second))
        }
    }
}
