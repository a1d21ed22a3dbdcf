#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#elseif canImport(Darwin)
    internal import Darwin
#endif
internal import ErlangshenCompute

/// What the scores of one query are computed from, on the host.
struct ScoreOperands: Sendable {
    /// Q of the query: [H·D].
    let query: [Float]
    /// K: [S, H·D].
    let keys: [[Float]]
    /// Kr and Qr: [R, H·D]; nil without the term.
    let relativeKeys: Matrix?
    let relativeQueries: Matrix?
}

/// The scores of one query in one head, term by term.
struct ScoreTerms: Sendable {
    var c2c: [Double] = []  // [S]
    var c2p: [Double] = []  // [S], zeros without the term
    var p2c: [Double] = []  // [S], zeros without the term

    /// The formula of `SelfAttention`; `rows` [S] are those of the relative table, by key.
    init(_ operands: ScoreOperands, head columns: Range<Int>, rows: [Int], scale: Double) {
        func dot(_ a: some Collection<Float>, _ b: some Collection<Float>) -> Double {
            zip(a, b).reduce(0) { $0 + Double($1.0) * Double($1.1) } * scale
        }
        func part(_ table: Matrix, _ row: Int) -> ArraySlice<Float> {
            table.row(row).dropFirst(columns.lowerBound).prefix(columns.count)
        }
        let query = operands.query[columns]  // [D]
        for (key, row) in zip(operands.keys, rows) {
            c2c.append(dot(query, key[columns]))
            c2p.append(operands.relativeKeys.map { dot(query, part($0, row)) } ?? 0)
            p2c.append(operands.relativeQueries.map { dot(key[columns], part($0, row)) } ?? 0)
        }
    }

    var scores: [Double] { c2c.indices.map { c2c[$0] + c2p[$0] + p2c[$0] } }

    /// softmax of the scores, [S].
    var weights: [Double] {
        let scores = scores
        let largest = scores.max() ?? 0
        let powers = scores.map { exp($0 - largest) }
        let sum = powers.reduce(0, +)
        return powers.map { $0 / sum }
    }

    /// S·cov of each term with the score, in the order c2c, c2p, p2c; their sum is S·var of the score.
    var covariances: [Double] {
        let score = Self.centred(scores)
        return [c2c, c2p, p2c].map { term in zip(Self.centred(term), score).reduce(0) { $0 + $1.0 * $1.1 } }
    }

    private static func centred(_ values: [Double]) -> [Double] {
        let mean = values.reduce(0, +) / Double(max(1, values.count))
        return values.map { $0 - mean }
    }
}

extension AttentionRow {
    /// The means over heads.
    init(_ heads: [ScoreTerms], hasC2p: Bool, hasP2c: Bool) {
        func mean(_ values: [[Double]]) -> [Double] {
            (values.first ?? []).indices.map { place in values.reduce(0) { $0 + $1[place] } / Double(values.count) }
        }
        let covariances = heads.map(\.covariances)
        let sums = (0..<3).map { term in covariances.reduce(0) { $0 + $1[term] } }
        let variance = sums.reduce(0, +)
        self.init(
            weights: mean(heads.map(\.weights)), c2c: mean(heads.map(\.c2c)),
            c2p: hasC2p ? mean(heads.map(\.c2p)) : nil, p2c: hasP2c ? mean(heads.map(\.p2c)) : nil,
            shares: variance > 0
                ? AttentionShares(c2c: sums[0] / variance, c2p: sums[1] / variance, p2c: sums[2] / variance) : nil)
    }
}
