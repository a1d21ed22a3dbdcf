#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// Cuts Chinese text into words as jieba 0.42.1 does: `jieba.lcut(text)`, word for word.
///
/// Runs of ideographs, letters and digits are cut along the most probable route through the dictionary; what the
/// dictionary leaves as single characters goes through a hidden Markov model. Whatever else a text holds is one word a
/// scalar, but for a carriage return with its line feed. The words together are the text.
///
/// A segmenter is a value: any number of threads may use one, each with a workspace of its own.
public struct WordSegmenter: Sendable {
    /// Whether the hidden Markov model looks for words that the dictionary lacks (jieba's `HMM=True`).
    public var usesHiddenMarkovModel = true

    let dictionary: CompactDictionary
    /// log(frequency) for each frequency of the dictionary.
    private let logarithms: [Double]
    /// log(frequency) - log(total), for each frequency of the dictionary.
    private(set) var scores: [Double]
    private(set) var user: UserWords?

    init(dictionary: CompactDictionary) {
        self.dictionary = dictionary
        logarithms = dictionary.frequencies.map { log(Double($0 == 0 ? 1 : $0)) }
        scores = WordSegmenter.scores(logarithms, total: dictionary.total)
    }

    /// SHA-256 of jieba's files that the dictionary was made of, in hexadecimal digits.
    package var sourceSum: String {
        dictionary.storage[2..<6].map { word in
            let digits = String(word, radix: 16)
            return String(repeating: "0", count: 16 - digits.count) + digits
        }.joined()
    }

    /// The words of a text, in order.
    public func words(in text: String) -> [String] {
        var text = text
        return text.withUTF8 { bytes in
            var ends: [Int] = []
            appendWordEnds(of: bytes, to: &ends, with: SegmentationWorkspace())
            var start = 0
            return ends.map { end in
                defer { start = end }
                return String(decoding: bytes[start..<end], as: UTF8.self)
            }
        }
    }

    /// Appends, for each word of a text, the count of UTF-8 bytes up to its end.
    ///
    /// Bytes that are not UTF-8 come out as words of their own in some way, never outside of the text.
    ///
    /// *Memory:* one number a word, and what the workspace says.
    public func appendWordEnds(
        of text: UnsafeBufferPointer<UInt8>, to ends: inout [Int], with workspace: SegmentationWorkspace
    ) {
        dictionary.storage.withUnsafeBufferPointer { storage in
            scores.withUnsafeBufferPointer { scores in
                guard let storage = storage.baseAddress, let scores = scores.baseAddress else { return }
                scan(text, &ends, workspace, cutter(UnsafeRawPointer(storage), scores, workspace))
            }
        }
    }

    /// Adds a word, or gives one another frequency, as jieba's `add_word` does.
    ///
    /// *Frequency:* without one it is just as large as it takes for the word to be cut out whole. With 0 the word is
    /// no word any more.
    public mutating func addWord(_ word: String, frequency: Int? = nil) {
        guard !word.isEmpty else { return }
        let count = frequency.map { max(0, min($0, DictionaryReader.maximumFrequency)) } ?? suggestedFrequency(word)
        if user == nil { user = UserWords(total: dictionary.total, others: dictionary.otherWords) }
        // In place: copying all words for each that is added would be quadratic in their number.
        user?.add(word, frequency: count)
        scores = WordSegmenter.scores(logarithms, total: user?.total ?? dictionary.total)
    }

    /// The frequency with which a word is cut out whole (jieba's `suggest_freq`).
    func suggestedFrequency(_ word: String) -> Int {
        var plain = self
        plain.usesHiddenMarkovModel = false
        let total = user?.total ?? dictionary.total
        var product = 1.0
        for part in plain.words(in: word) { product *= Double(frequency(of: part) ?? 1) / Double(total) }
        let joined = Int((product * Double(total)).rounded(.towardZero)) + 1
        return min(max(joined, frequency(of: word) ?? 1), DictionaryReader.maximumFrequency)
    }

    /// How often a word occurs; 0 for what merely begins one, nil for anything else.
    func frequency(of word: String) -> Int? {
        let words = user ?? UserWords(total: dictionary.total, others: dictionary.otherWords)
        guard let symbols = Symbol.symbols(of: word.unicodeScalars) else { return words.others[Array(word.utf8)] }
        if let frequency = words.frequency(of: symbols) ?? dictionary.frequency(of: symbols) { return frequency }
        return words.hasPrefix(symbols) ? 0 : nil
    }

    private static func scores(_ logarithms: [Double], total: Int) -> [Double] {
        let logTotal = log(Double(total))
        return logarithms.map { $0 - logTotal }
    }

    private func cutter(
        _ storage: UnsafeRawPointer, _ scores: UnsafePointer<Double>, _ workspace: SegmentationWorkspace
    ) -> BlockCutter {
        let layout = dictionary.layout
        return BlockCutter(
            walk: SlotWalk(
                slots: (storage + layout.slots).assumingMemoryBound(to: UInt64.self), count: layout.slotCount),
            scores: scores,
            codeOfSymbol: (storage + layout.codes).assumingMemoryBound(to: UInt16.self),
            chain: MarkovChain(
                transitions: (storage + layout.transitions).assumingMemoryBound(to: Double.self),
                emissions: (storage + layout.emissions).assumingMemoryBound(to: Double.self)),
            maximumWordLength: dictionary.maximumWordLength, user: user, usesChain: usesHiddenMarkovModel,
            symbols: workspace.symbols, codes: workspace.codes, route: workspace.scores, lengths: workspace.lengths,
            states: workspace.states)
    }

    /// Finds the blocks and has them cut.
    private func scan(
        _ text: UnsafeBufferPointer<UInt8>, _ ends: inout [Int], _ workspace: SegmentationWorkspace,
        _ cutter: BlockCutter
    ) {
        var cutter = cutter
        var (symbols, codes, capacity) = (workspace.symbols, workspace.codes, workspace.capacity)
        var byte = 0
        while byte < text.count {
            let start = byte
            var count = 0
            while byte < text.count {
                let first = text[byte]
                let symbol: UInt16
                if first >= 0xE4, byte &+ 2 < text.count,
                    let ideograph = Symbol.ideograph(first, text[byte &+ 1], text[byte &+ 2])
                {
                    symbol = ideograph
                    byte &+= 3
                } else if Symbol.isBlockByte(first) {
                    symbol = UInt16(first)
                    byte &+= 1
                } else {
                    break
                }
                if count == capacity {
                    workspace.grow(keeping: count)
                    (symbols, codes, capacity) = (workspace.symbols, workspace.codes, workspace.capacity)
                    cutter.use(workspace)
                }
                symbols[count] = symbol
                codes[count] = cutter.codeOfSymbol[Int(symbol)]
                count &+= 1
            }
            if count > 1 {
                cutter.cut(count: count, from: start, into: &ends)
            } else {
                if count == 0 { byte &+= WordSegmenter.scalarByteCount(text, at: byte) }
                ends.append(byte)
            }
        }
    }

    /// Bytes of the scalar at `byte`, which is in no block; both for a carriage return and its line feed.
    @inline(__always)
    private static func scalarByteCount(_ text: UnsafeBufferPointer<UInt8>, at byte: Int) -> Int {
        let count: Int
        switch text[byte] {
        case 0x0D: count = byte + 1 < text.count && text[byte + 1] == 0x0A ? 2 : 1
        case ..<0xC0: count = 1
        case ..<0xE0: count = 2
        case ..<0xF0: count = 3
        default: count = 4
        }
        return min(count, text.count - byte)
    }
}
