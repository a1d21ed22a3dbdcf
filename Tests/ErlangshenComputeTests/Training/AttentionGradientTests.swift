// Truth: the formulas in Double, pair by pair, in Reference/AttentionGradientReference.swift, themselves held against
// central differences.
import ErlangshenCompute
import ErlangshenTestSupport
import Testing

@Suite struct AttentionGradientTests {
    static let terms = [(true, true), (true, false), (false, true), (false, false)]

    static func check(_ reference: AttentionGradientReference) throws {
        let name = "\(reference.forward.name), dropout \(reference.probability)"
        try reference.forwardTruth().check("forward of \(name)") { try reference.run($0, $1).forward }
        try reference.truth().check("gradient of \(name)") { try reference.run($0, $1).gradients }
    }

    @Test(arguments: terms, [Float(0), 0.4])
    func formulaAgreesWithCentralDifferences(terms: (c2p: Bool, p2c: Bool), probability: Float) {
        let reference = AttentionGradientReference(
            forward: AttentionReference(
                sequences: [[0, 1, 2], [4, 6]], heads: 2, headSize: 3, hasC2p: terms.c2p, hasP2c: terms.p2c,
                rows: .init(span: 2)), probability: probability)
        let o = reference.operands, found = reference.gradients(o).value
        let (n, r) = (o.qkv.count, o.keys.count)
        let expected = centralDifferences(at: o.qkv + o.keys + o.queries) { x in
            reference.loss(
                .init(qkv: Array(x[..<n]), keys: Array(x[n..<n + r]), queries: Array(x[(n + r)...])))
        }
        for (index, (found, expected)) in zip(found.qkv + found.keys + found.queries, expected).enumerated() {
            #expect(abs(found - expected) < 1e-8 * (1 + abs(expected)), "number \(index)")
        }
    }

    @Test(arguments: [8, 20, 64], terms)
    func everyTermAndHeadSize(headSize: Int, terms: (c2p: Bool, p2c: Bool)) throws {
        try Self.check(
            AttentionGradientReference(
                forward: AttentionReference(
                    name: "D \(headSize), terms \(terms)", sequences: [1, 2, 13, 15].map { Array(0..<$0) },
                    headSize: headSize, hasC2p: terms.c2p, hasP2c: terms.p2c, rows: .init(span: 16))))
    }

    @Test(arguments: terms)
    func dropout(terms: (c2p: Bool, p2c: Bool)) throws {
        try Self.check(
            AttentionGradientReference(
                forward: AttentionReference(
                    name: "terms \(terms)", sequences: [1, 14, 30].map { Array(0..<$0) }, heads: 2,
                    hasC2p: terms.c2p, hasP2c: terms.p2c, rows: .init(span: 32)), probability: 0.3))
    }

    /// More rows than a strip has: 56, 24 and 16 at these lengths, or 224.
    @Test(arguments: [Int32(130), 300])
    func longTexts(length: Int32) throws {
        try Self.check(
            AttentionGradientReference(
                forward: AttentionReference(
                    name: "length \(length)", sequences: [Array(0..<length), [0, 1, 2]], headSize: 4,
                    rows: .init(span: 32, far: .logarithmic(limit: 512))), probability: 0.1))
    }

    @Test(arguments: [RelativeRows.Far.clamped, .logarithmic(limit: 100), .scattered], [Float(0), 0.3])
    func gapsInPositions(far: RelativeRows.Far, probability: Float) throws {
        let sequences = [2, 13, 40, 1].map { CounterNumbers(seed: UInt64($0)).gappedPositions($0) }
        try Self.check(
            AttentionGradientReference(
                forward: AttentionReference(
                    name: "\(far)", sequences: sequences, heads: 2, headSize: 4, rows: .init(span: 16, far: far)),
                probability: probability))
    }

    @Test func aSequenceWithoutTokens() throws {
        try Self.check(
            AttentionGradientReference(
                forward: AttentionReference(sequences: [[], Array(0..<5), [], [3, 4]], rows: .init(span: 8))))
    }

    /// The last layer computes some rows alone; a sequence may have none of them.
    @Test(arguments: [Float(0), 0.3])
    func someRowsAsQueries(probability: Float) throws {
        let reference = AttentionGradientReference(
            forward: AttentionReference(
                sequences: [Array(0..<5), [1, 2, 4], Array(0..<20), [0]], heads: 2, headSize: 4,
                rows: .init(span: 8)), probability: probability, selected: [0, 1, 4, 8, 11, 12, 13, 27])
        try reference.truth().check("gradient of some rows") { try reference.run($0, $1).gradients }
    }

    @Test(arguments: [Float(0), 0.3])
    func bfloat16(probability: Float) throws {
        let reference = AttentionGradientReference(
            forward: AttentionReference(
                sequences: [[0], Array(0..<29), [0, 2, 3, 7], Array(5..<50)], heads: 2, headSize: 20,
                rows: .init(span: 32)), probability: probability)
        let pairs = DevicePair.own.filter { $0.one.lacks(.bf16) == nil }
        guard !pairs.isEmpty else { return print("skipped: gradients in bf16, which this processor does not have") }
        try reference.truth(bound: Tolerance.bfloat16Attention).check("gradient in bf16", on: pairs) {
            try reference.run($0, $1, precision: .bf16).gradients
        }
    }
}
