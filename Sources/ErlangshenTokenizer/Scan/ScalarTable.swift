/// One cell for each Unicode scalar, made of the Unicode tables, the options and the vocabulary.
struct ScalarTable: Sendable {
    /// Cells of the scalars below `UnicodeFacts.flatCount`.
    private(set) var cells: [UInt32]
    /// Cells of scalars that become several: the count, then the cells.
    private(set) var expansions: [UInt32] = []
    /// Cells that `special` cells stand in front of.
    private(set) var originals: [UInt32] = []
    /// Whether accents are dropped, and with that whether scalars are decomposed.
    let stripsAccents: Bool

    /// - Parameters:
    ///   - singles: Id of each token that is one scalar.
    ///   - unkId: The id of ideographs and punctuation that the vocabulary lacks.
    ///   - specialStarts: First scalars of the special tokens, all below `UnicodeFacts.flatCount`.
    init(
        singles: [(scalar: UInt32, id: Int32)], unkId: Int32, options: TokenizerOptions, specialStarts: Set<UInt32>
    ) {
        stripsAccents = options.stripsAccents
        cells = Array(0..<UInt32(UnicodeFacts.flatCount))
        let unknown = ScalarCell(ScalarCell.Kind.token, UInt32(unkId))
        fill(UnicodeTables.punctuation, with: unknown)
        if options.tokenizeChineseChars { fill(UnicodeTables.ideographs, with: unknown) }
        for single in singles where single.scalar < UInt32(cells.count) {
            guard cells[Int(single.scalar)] == unknown.rawValue else { continue }
            cells[Int(single.scalar)] = ScalarCell(ScalarCell.Kind.token, UInt32(single.id)).rawValue
        }
        applyMappings(lower: options.doLowerCase)
        fill(UnicodeTables.whitespace, with: ScalarCell(ScalarCell.Kind.space))
        fill(UnicodeTables.removed, with: ScalarCell(ScalarCell.Kind.removed))
        for scalar in specialStarts where scalar < UInt32(cells.count) {
            originals.append(cells[Int(scalar)])
            cells[Int(scalar)] = ScalarCell(ScalarCell.Kind.special, UInt32(originals.count - 1)).rawValue
        }
    }

    /// Lends the addresses of cells and originals for the time of a call.
    func withAddresses(_ body: (_ cells: UnsafePointer<UInt32>, _ originals: UnsafePointer<UInt32>) -> Void) {
        cells.withUnsafeBufferPointer { cells in
            originals.withUnsafeBufferPointer { originals in
                guard let cells = cells.baseAddress, let originals = originals.baseAddress else { return }
                body(cells, originals)
            }
        }
    }

    /// The cell of a scalar at or above `UnicodeFacts.flatCount`, where nothing has a cell of its own.
    static func highCell(_ scalar: UInt32, stripsAccents: Bool) -> ScalarCell {
        if UnicodeFacts.contains(UnicodeTables.removed, scalar) { return ScalarCell(ScalarCell.Kind.removed) }
        if stripsAccents, UnicodeFacts.contains(UnicodeTables.nonspacingMarks, scalar) {
            return ScalarCell(ScalarCell.Kind.mark)
        }
        return ScalarCell(ScalarCell.Kind.word, scalar)
    }

    private mutating func fill(_ pairs: [UInt32], with cell: ScalarCell) {
        cells.withUnsafeMutableBufferPointer { cells in
            for place in stride(from: 0, to: pairs.count, by: 2) {
                let end = min(Int(pairs[place + 1]) + 1, cells.count)
                guard Int(pairs[place]) < end else { continue }
                cells[Int(pairs[place])..<end].update(repeating: cell.rawValue)
            }
        }
    }

    /// Decomposition, accent stripping and lower case, each scalar by itself.
    private mutating func applyMappings(lower: Bool) {
        var changes: [(scalar: UInt32, cell: ScalarCell)] = []
        var sources = Set<UInt32>()
        if lower { sources.formUnion(UnicodeFacts.lowercase.keys) }
        if stripsAccents { sources.formUnion(UnicodeFacts.decompositions.keys) }
        for scalar in sources { changes.append((scalar, mapped(scalar, lower: lower))) }
        if stripsAccents {
            for scalar in Self.movableMarks { changes.append((scalar, ScalarCell(ScalarCell.Kind.run))) }
            fill(UnicodeTables.nonspacingMarks, with: ScalarCell(ScalarCell.Kind.mark))
            fill([0xAC00, 0xD7A3], with: ScalarCell(ScalarCell.Kind.hangul))
        }
        // Only now, as the images above are cells of scalars that may have changes of their own.
        for change in changes { cells[Int(change.scalar)] = change.cell.rawValue }
    }

    private mutating func mapped(_ scalar: UInt32, lower: Bool) -> ScalarCell {
        var kept: ArraySlice<UInt32> = [scalar]
        if stripsAccents {
            kept = UnicodeFacts.decompositions[scalar] ?? kept
            kept.removeAll { UnicodeFacts.contains(UnicodeTables.nonspacingMarks, $0) }
            if kept.contains(where: UnicodeFacts.beginsWithMark) { return ScalarCell(ScalarCell.Kind.run) }
        }
        let images = kept.flatMap { lower ? UnicodeFacts.lowercase[$0] ?? [$0] : [$0] }.map { cells[Int($0)] }
        guard images.count > 1 else {
            return images.first.map(ScalarCell.init(rawValue:)) ?? ScalarCell(ScalarCell.Kind.mark)
        }
        expansions.append(UInt32(images.count))
        expansions.append(contentsOf: images)
        return ScalarCell(ScalarCell.Kind.expansion, UInt32(expansions.count - images.count - 1))
    }

    /// Scalars with a combining class that accent stripping keeps: spacing marks, and marks newer than its tables.
    private static let movableMarks: [UInt32] = {
        UnicodeFacts.combiningClasses.enumerated().compactMap { scalar, value in
            guard value != 0, value != UnicodeFacts.decomposes else { return nil }
            return UnicodeFacts.contains(UnicodeTables.nonspacingMarks, UInt32(scalar)) ? nil : UInt32(scalar)
        }
    }()
}
