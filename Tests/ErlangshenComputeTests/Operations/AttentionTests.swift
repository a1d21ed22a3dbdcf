// Truth: the formula in Double, pair by pair, in Reference/AttentionReference.swift.
import ErlangshenCompute
import Testing

@Suite struct AttentionTests {
    /// Lengths around a register tile (14, 6 or 4 rows), and beyond a strip of four tiles.
    static let short: [[Int32]] = [1, 2, 13, 14, 15, 57].map { Array(0..<$0) }

    static func check(_ reference: AttentionReference) throws {
        try reference.truth().check(reference.name) { try reference.run($0, $1) }
    }

    @Test(arguments: [8, 20, 32, 64], [(true, true), (true, false), (false, true), (false, false)])
    func everyTermAndHeadSize(headSize: Int, terms: (c2p: Bool, p2c: Bool)) throws {
        try Self.check(
            AttentionReference(
                name: "D \(headSize), c2p \(terms.c2p), p2c \(terms.p2c)", sequences: Self.short,
                headSize: headSize, hasC2p: terms.c2p, hasP2c: terms.p2c))
    }

    @Test(arguments: [130, 300])
    func longTexts(length: Int32) throws {
        try Self.check(AttentionReference(name: "linear", sequences: [Array(0..<length)], rows: .init(span: 300)))
        try Self.check(
            AttentionReference(
                name: "logarithmic", sequences: [Array(0..<length)], heads: 2,
                rows: .init(span: 32, far: .logarithmic(limit: 512))))
    }

    @Test func headsAndSequencesStayApart() throws {
        try Self.check(
            AttentionReference(
                sequences: [[0, 1, 2]] + Self.short + [Array(0..<14)], heads: 3, headSize: 20,
                rows: .init(span: 8, far: .scattered)))
    }

    @Test(arguments: [RelativeRows.Far.clamped, .logarithmic(limit: 100), .scattered], [16, 256])
    func gapsInPositions(far: RelativeRows.Far, span: Int) throws {
        let sequences = [2, 13, 40, 1, 57].map { CounterNumbers(seed: UInt64($0)).gappedPositions($0) }
        try Self.check(
            AttentionReference(name: "\(far)", sequences: sequences, heads: 2, rows: .init(span: span, far: far)))
    }

    @Test(arguments: [1, 2, 3])
    func smallTables(span: Int) throws {
        try Self.check(AttentionReference(name: "R \(2 * span)", sequences: Self.short, rows: .init(span: span)))
        try Self.check(
            AttentionReference(
                name: "R \(2 * span), one term", sequences: Self.short, hasC2p: false,
                rows: .init(span: span, far: .scattered)))
    }

    @Test func aSequenceWithoutTokens() throws {
        try Self.check(AttentionReference(sequences: [[], Array(0..<5), [], [3, 4]], rows: .init(span: 8)))
    }

    /// A large scale makes the softmax choose one key, and 1/√(3·D) is what models use.
    @Test(arguments: [4, 0.102])
    func scales(scale: Float) throws {
        try Self.check(AttentionReference(name: "scale \(scale)", sequences: Self.short, headSize: 32, scale: scale))
    }
}
