import ErlangshenSegmentation

/// The words of the original: pieces of the joined tokens that jieba gave for some place of them.
struct FengshenWords {
    private let tokens: [[UInt8]]
    private let isEnd: [Bool]

    /// Looks at tokens by their spelling; `ends` are `[CLS]` and `[SEP]`.
    init(tokens: [[UInt8]], ends: [Int32]) {
        self.tokens = tokens
        var isEnd = [Bool](repeating: false, count: tokens.count)
        for id in ends { isEnd[Int(id)] = true }
        self.isEnd = isEnd
    }

    /// The candidates of a sequence with `[CLS]` and `[SEP]`, whose ids must be of the vocabulary.
    func words(of ids: [Int32], segmenter: WordSegmenter, workspace: SegmentationWorkspace) -> [Range<Int>] {
        let known = self.known(ids, segmenter, workspace)
        var words: [Range<Int>] = []
        var start = 0
        while start < ids.count {
            let first = tokens[Int(ids[start])]
            if first.isEmpty || isEnd[Int(ids[start])] {
                start += 1
                continue
            }
            var end = start + 1
            while end < ids.count, Self.isPiece(tokens[Int(ids[end])]) { end += 1 }
            if end == start + 1 {
                // Counts tokens, up to the number of characters of the longest word that begins so.
                var word: [UInt8] = []
                for length in 0..<known.longest(beginningAs: first) where start + length < ids.count {
                    word += tokens[Int(ids[start + length])]
                    if known.words.contains(word) { end = start + length + 1 }
                }
            }
            words.append(start..<end)
            start = end
        }
        return words
    }

    /// The set of jieba's words of the joined tokens: where each of them stood is forgotten.
    private struct Known {
        var words: Set<[UInt8]> = []
        /// By first character, the most characters of a word.
        private var lengths: [ArraySlice<UInt8>: Int] = [:]

        mutating func add(_ word: ArraySlice<UInt8>) {
            guard words.insert(Array(word)).inserted else { return }
            // Every byte that does not continue a scalar begins one.
            let length = word.reduce(0) { $0 + ($1 & 0xC0 == 0x80 ? 0 : 1) }
            lengths[Self.first(word), default: 0] = max(lengths[Self.first(word)] ?? 0, length)
        }

        func longest(beginningAs token: [UInt8]) -> Int { lengths[Self.first(token[...])] ?? 1 }

        private static func first(_ word: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
            word.prefix(1) + word.dropFirst().prefix { $0 & 0xC0 == 0x80 }
        }
    }

    /// jieba's words of all tokens but `[CLS]` and `[SEP]`, joined as they are spelled: `##` stays, `[UNK]` is five
    /// characters, and nothing stands between Latin words.
    private func known(_ ids: [Int32], _ segmenter: WordSegmenter, _ workspace: SegmentationWorkspace) -> Known {
        let joined = ids.filter { !isEnd[Int($0)] }.flatMap { tokens[Int($0)] }
        var ends: [Int] = []
        joined.withUnsafeBufferPointer { segmenter.appendWordEnds(of: $0, to: &ends, with: workspace) }
        var known = Known()
        var start = 0
        for end in ends {
            known.add(joined[start..<end])
            start = end
        }
        return known
    }

    private static func isPiece(_ token: [UInt8]) -> Bool { token.starts(with: "##".utf8) }
}
