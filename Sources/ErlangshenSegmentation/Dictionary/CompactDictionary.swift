/// The dictionary and the tables in one piece of memory, as they stand in the cache file.
///
/// | words of 8 bytes | |
/// |---|---|
/// | 0 | mark and version |
/// | 1 | CRC-32 of all that follows |
/// | 2...5 | SHA-256 of the sources |
/// | 6...10 | total, slots, frequencies, longest word, bytes of other words |
/// | then | slots; frequencies; transitions [20]; emissions [ideographs, 4]; codes [symbols] of 2 bytes; other words |
///
/// Numbers are those of the machine: the file is a cache and stays where it was made.
struct CompactDictionary: Sendable {
    /// Where the parts begin, in bytes.
    struct Layout: Equatable {
        let slotCount: Int
        let frequencyCount: Int
        let otherByteCount: Int
        let slots: Int
        let frequencies: Int
        let transitions: Int
        let emissions: Int
        let codes: Int
        let others: Int
        let wordCount: Int

        init(slotCount: Int, frequencyCount: Int, otherByteCount: Int) {
            self.slotCount = slotCount
            self.frequencyCount = frequencyCount
            self.otherByteCount = otherByteCount
            slots = headerWordCount * 8
            frequencies = slots + slotCount * 8
            transitions = frequencies + frequencyCount * 8
            emissions = transitions + MarkovChain.transitionCount * 8
            codes = emissions + Symbol.ideographCount * MarkovChain.stateCount * 8
            others = codes + (Symbol.count * 2 + 7) / 8 * 8
            wordCount = (others + otherByteCount + 7) / 8
        }
    }

    static let headerWordCount = 11
    static let mark: UInt64 = 0x4573_6857_6F72_6401
    static let maximumOtherByteCount = 1 << 28

    let storage: [UInt64]
    let layout: Layout
    let total: Int
    let maximumWordLength: Int

    /// Takes what a file held, or a builder made; nil unless it is whole and of these sources.
    init?(_ storage: [UInt64], key: [UInt64]) {
        guard storage.count >= CompactDictionary.headerWordCount, storage[0] == CompactDictionary.mark,
            storage[1] == CompactDictionary.checksum(storage), Array(storage[2..<6]) == key,
            let total = Int(exactly: storage[6]), total > 0,
            let slotCount = Int(exactly: storage[7]), slotCount <= Slot.largestBase,
            let frequencyCount = Int(exactly: storage[8]), (1...Slot.maximumWeight + 1).contains(frequencyCount),
            let longest = Int(exactly: storage[9]), (1...DictionaryReader.maximumWordLength).contains(longest),
            let otherByteCount = Int(exactly: storage[10]),
            otherByteCount <= CompactDictionary.maximumOtherByteCount
        else { return nil }
        layout = Layout(slotCount: slotCount, frequencyCount: frequencyCount, otherByteCount: otherByteCount)
        guard layout.wordCount == storage.count else { return nil }
        self.storage = storage
        self.total = total
        maximumWordLength = longest
        guard isSound else { return nil }
    }

    /// Whether every number that the algorithm trusts may be trusted: places in tables, frequencies, logarithms.
    private var isSound: Bool {
        storage.withUnsafeBytes { raw in
            let slots = UnsafeRawBufferPointer(rebasing: raw[layout.slots..<layout.frequencies])
                .assumingMemoryBound(to: UInt64.self)
            let numbers = UnsafeRawBufferPointer(rebasing: raw[layout.frequencies..<layout.transitions])
                .assumingMemoryBound(to: Int64.self)
            let logarithms = UnsafeRawBufferPointer(rebasing: raw[layout.transitions..<layout.codes])
                .assumingMemoryBound(to: Double.self)
            var largest = 0
            for index in 0..<slots.count { largest = max(largest, Slot(bits: slots[index]).weight) }
            return largest < layout.frequencyCount && numbers.allSatisfy { $0 >= 0 && $0 <= total }
                && logarithms.allSatisfy(\.isFinite)
        }
    }

    /// CRC-32 of all words from the third on.
    static func checksum(_ storage: [UInt64]) -> UInt64 {
        storage.withUnsafeBytes { UInt64(FileBytes.crc32(UnsafeRawBufferPointer(rebasing: $0.dropFirst(16)))) }
    }

    /// The frequencies that words have, each once; the first is 0.
    var frequencies: [Int] {
        storage[layout.frequencies / 8..<layout.transitions / 8].map { Int(truncatingIfNeeded: $0) }
    }

    /// Words that no block can hold, and what begins them, by their UTF-8.
    var otherWords: [[UInt8]: Int] {
        storage.withUnsafeBytes { raw in
            let bytes = UnsafeRawBufferPointer(rebasing: raw[layout.others..<layout.others + layout.otherByteCount])
            var words: [[UInt8]: Int] = [:]
            for line in bytes.split(separator: 0x0A) {
                guard let entry = try? DictionaryReader.entry(Array(line)[...]) else { continue }
                for end in entry.word.indices.dropFirst() where entry.word[end] & 0xC0 != 0x80 {
                    let prefix = Array(entry.word[..<end])
                    if words[prefix] == nil { words[prefix] = 0 }
                }
                words[Array(entry.word)] = entry.frequency
            }
            return words
        }
    }

    /// How often a word occurs; 0 for what merely begins one, nil for anything else.
    func frequency(of symbols: [UInt16]) -> Int? {
        storage.withUnsafeBytes { raw in
            let slots = raw[layout.slots..<layout.frequencies]
            let codes = UnsafeRawBufferPointer(rebasing: raw[layout.codes..<layout.others])
                .assumingMemoryBound(to: UInt16.self)
            guard let base = UnsafeRawBufferPointer(rebasing: slots).assumingMemoryBound(to: UInt64.self).baseAddress
            else { return nil }
            let walk = SlotWalk(slots: base, count: layout.slotCount)
            var place = WordPlace.start
            var last: Slot?
            for symbol in symbols {
                guard place.advance(symbol, codes[Int(symbol)], walk, nil) else { return nil }
                last = place.slot
            }
            return last.map { Int(truncatingIfNeeded: storage[layout.frequencies / 8 + $0.weight]) }
        }
    }
}
