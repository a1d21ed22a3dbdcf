/// Token ids of several texts without padding: sequences end to end, N tokens in all.
///
/// A token that a mask hides takes no part in anything: it is left out, and its neighbours keep their positions.
public struct SequenceBatch: Sendable, Equatable {
    /// Ids of all real tokens: [N].
    public let inputIds: [Int32]
    /// Position of each token in its sequence, rising: [N].
    public let positions: [Int32]
    /// Segment of each token, 0 or 1; nil means all 0: [N].
    public let tokenTypeIds: [Int32]?
    /// First row of each sequence, then N: [B + 1].
    public let offsets: [Int]

    /// Number of sequences B.
    public var count: Int { offsets.count - 1 }
    /// Number of tokens N.
    public var tokenCount: Int { inputIds.count }

    /// Makes a batch of whole sequences.
    ///
    /// - Parameters:
    ///   - sequences: Token ids of each, special tokens included; none may be empty.
    ///   - tokenTypeIds: Segments in the same form, for the few models that read them.
    /// - Throws: `ModelError.invalidBatch`.
    public init(_ sequences: [[Int32]], tokenTypeIds: [[Int32]]? = nil) throws(ModelError) {
        if let empty = sequences.firstIndex(where: \.isEmpty) {
            throw .invalidBatch("sequence \(empty) of the batch has no tokens")
        }
        if let types = tokenTypeIds, types.map(\.count) != sequences.map(\.count) {
            throw .invalidBatch("tokenTypeIds and sequences have different lengths")
        }
        inputIds = sequences.flatMap(\.self)
        positions = sequences.flatMap { 0..<Int32($0.count) }
        self.tokenTypeIds = tokenTypeIds.map { $0.flatMap(\.self) }
        offsets = sequences.reduce(into: [0]) { $0.append($0[$0.count - 1] + $1.count) }
    }

    /// Makes a batch of padded rows, as other libraries hold them.
    ///
    /// *Shapes:* inputIds, attentionMask (0 or 1), tokenTypeIds: [batchSize × sequenceLength], row after row.
    /// - Throws: `ModelError.invalidBatch`.
    public init(
        inputIds: [Int32], attentionMask: [Int32], tokenTypeIds: [Int32]? = nil, batchSize: Int, sequenceLength: Int
    ) throws(ModelError) {
        let (size, overflow) = batchSize.multipliedReportingOverflow(by: sequenceLength)
        guard !overflow, batchSize >= 0, sequenceLength >= 0, sequenceLength <= Int(Int32.max),
            inputIds.count == size, attentionMask.count == size, tokenTypeIds.map({ $0.count == size }) ?? true
        else {
            throw .invalidBatch(
                "inputIds (\(inputIds.count)) and attentionMask (\(attentionMask.count)) are not [\(batchSize), "
                    + "\(sequenceLength)]")
        }
        guard attentionMask.allSatisfy({ $0 == 0 || $0 == 1 }) else {
            throw .invalidBatch("attentionMask holds a value other than 0 and 1")
        }
        let real = (0..<size).filter { attentionMask[$0] == 1 }
        self.inputIds = real.map { inputIds[$0] }
        positions = real.map { Int32($0 % sequenceLength) }
        self.tokenTypeIds = tokenTypeIds.map { types in real.map { types[$0] } }
        var offsets = [0]
        for row in 0..<batchSize {
            let rowMask = attentionMask[row * sequenceLength..<(row + 1) * sequenceLength]
            offsets.append(offsets[row] + rowMask.reduce(0) { $0 + Int($1) })
            if offsets[row + 1] == offsets[row] { throw .invalidBatch("row \(row) of attentionMask hides every token") }
        }
        self.offsets = offsets
    }

    /// Largest distance between the first and last token of a sequence, plus one.
    var longestExtent: Int {
        (0..<count).reduce(0) { longest, sequence in
            let extent = positions[offsets[sequence + 1] - 1] - positions[offsets[sequence]] + 1
            return max(longest, Int(extent))
        }
    }
}
