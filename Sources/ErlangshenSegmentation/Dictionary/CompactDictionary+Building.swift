extension CompactDictionary {
    /// The compact form of jieba's files, as it goes into the cache.
    static func build(
        dictionary: [UInt8], tables: [[UInt8]], folder: String, key: [UInt64]
    ) throws(SegmentationError) -> [UInt64] {
        let path = folder + "/" + JiebaFolder.dictionary
        var trie = WordTrie()
        try DictionaryReader.forEach(dictionary, path: path) { entry throws(DictionaryFault) in
            try trie.insert(entry)
        }
        guard trie.total > 0 else { throw .unusable(path: path, reason: "no word in it occurs") }
        guard trie.otherLines.count <= maximumOtherByteCount else {
            throw .unusable(path: path, reason: "too many words with characters that jieba never looks up")
        }
        var chain = try ChainTables(tables, folder: folder)
        let array = try DoubleArray(trie, path: path)
        let layout = Layout(
            slotCount: array.slots.count, frequencyCount: array.frequencies.count,
            otherByteCount: trie.otherLines.count)
        var storage: [UInt64] = [mark, 0] + key
        storage += [trie.total, array.slots.count, array.frequencies.count].map { UInt64($0) }
        storage += [UInt64(trie.maximumWordLength), UInt64(trie.otherLines.count)]
        storage += array.slots
        storage += array.frequencies.map { UInt64($0) }
        storage += chain.transitions.map(\.bitPattern)
        storage += chain.takeEmissions().map(\.bitPattern)
        storage += [UInt64](repeating: 0, count: layout.wordCount - storage.count)
        storage.withUnsafeMutableBytes { raw in
            array.codes.withUnsafeBytes { raw[layout.codes..<layout.codes + $0.count].copyBytes(from: $0) }
            raw[layout.others..<layout.others + layout.otherByteCount].copyBytes(from: trie.otherLines)
        }
        storage[1] = checksum(storage)
        return storage
    }
}

/// The tables of the hidden Markov model, in the order of `MarkovChain`.
struct ChainTables {
    /// Start [4], then transitions [4, 4].
    private(set) var transitions: [Double]
    /// [ideographs, 4]
    private var emissions: [Double]

    private static let states = "BEMS".unicodeScalars.map(\.value)

    /// Takes `prob_start.py`, `prob_trans.py` and `prob_emit.py`.
    init(_ files: [[UInt8]], folder: String) throws(SegmentationError) {
        func fault(_ index: Int, _ reason: String) -> SegmentationError {
            .table(path: folder + "/" + JiebaFolder.tables[index], byteOffset: 0, reason: reason)
        }
        var tables: [[UInt32: PythonTable.Value]] = []
        for (file, name) in zip(files, JiebaFolder.tables) {
            tables.append(try PythonTable.read(file, path: folder + "/" + name))
        }
        guard tables.count == 3 else { throw fault(0, "a table is missing") }
        transitions = []
        for state in ChainTables.states {
            guard case .number(let value)? = tables[0][state] else { throw fault(0, "a state without a number") }
            transitions.append(value)
        }
        for state in ChainTables.states {
            guard case .table(let row)? = tables[1][state] else { throw fault(1, "a state without a table") }
            for next in ChainTables.states {
                if case .number(let value)? = row[next] {
                    transitions.append(value)
                } else {
                    transitions.append(MarkovChain.impossible)
                }
            }
        }
        emissions = [Double](
            repeating: MarkovChain.impossible, count: Symbol.ideographCount * MarkovChain.stateCount)
        for (column, state) in ChainTables.states.enumerated() {
            guard case .table(let row)? = tables[2][state] else { throw fault(2, "a state without a table") }
            for (scalar, value) in row {
                guard case .number(let logarithm) = value else { throw fault(2, "a character without a number") }
                guard let symbol = Symbol.of(scalar), Symbol.isIdeograph(symbol) else { continue }
                emissions[Int(symbol - Symbol.ideographBase) * MarkovChain.stateCount + column] = logarithm
            }
        }
    }

    /// The emissions; they are large and not kept.
    mutating func takeEmissions() -> [Double] {
        defer { emissions = [] }
        return emissions
    }
}
