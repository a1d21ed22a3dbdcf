import ErlangshenCompute
import ErlangshenTestSupport
import Foundation

/// One attention call, and its answer by the formula: score[i,j] = scale·(Q_i·K_j + Q_i·Kr[idx(i−j)] + K_j·Qr[idx(i−j)]),
/// y_i = Σ_j softmax_j(score[i,j])·V_j, per sequence and head.
struct AttentionReference {
    var name = "attention"
    /// Positions of each sequence's tokens, rising.
    var sequences: [[Int32]]
    var heads = 1
    var headSize = 8
    var hasC2p = true
    var hasP2c = true
    var rows = RelativeRows(span: 256)
    var scale: Float = 0.25
    var seed: UInt64 = 1

    var tokenCount: Int { sequences.reduce(0) { $0 + $1.count } }
    var width: Int { heads * headSize }
    var qkv: [Float] { CounterNumbers(seed: seed).floats(tokenCount * 3 * width, width: 2) }  // [N, 3·C]
    var keys: [Float] { CounterNumbers(seed: seed + 100).floats(2 * rows.span * width, width: 2) }  // [R, C]
    var queries: [Float] { CounterNumbers(seed: seed + 200).floats(2 * rows.span * width, width: 2) }  // [R, C]
    var longest: Int { sequences.map { Int(($0.last ?? -1) - ($0.first ?? 0)) + 1 }.max() ?? 0 }
    var isRelative: Bool { hasC2p || hasP2c }

    /// The answer in Double, and its bounds.
    func truth(bound: Double = Tolerance.attention) -> Truth {
        var truth = Truth(columns: width)
        let (qkv, keys, queries) = (qkv.map(Double.init), keys.map(Double.init), queries.map(Double.init))
        var first = 0
        for positions in sequences {
            for i in positions.indices {
                for head in 0..<heads {
                    let scores = positions.indices.map { j in
                        let at = head * headSize
                        let row = rows.row(of: Int(positions[i] - positions[j])) * width + at
                        let (q, k) = ((first + i) * 3 * width + at, (first + j) * 3 * width + width + at)
                        var score = Score()
                        score.add(qkv, q, qkv, k, count: headSize)
                        if hasC2p { score.add(qkv, q, keys, row, count: headSize) }
                        if hasP2c { score.add(qkv, k, queries, row, count: headSize) }
                        return score
                    }
                    weigh(
                        scores, qkv, from: first * 3 * width + 2 * width + head * headSize, bound: bound, into: &truth)
                }
            }
            first += positions.count
        }
        return truth
    }

    /// Appends the D numbers of one token and head; an error of a score is a relative error of its probability.
    private func weigh(_ scores: [Score], _ values: [Double], from start: Int, bound: Double, into truth: inout Truth) {
        let scale = Double(scale)
        let largest = scores.map(\.sum).max() ?? 0
        let weights = scores.map { exp(scale * ($0.sum - largest)) }
        let total = weights.reduce(0, +)
        let magnitude = 1 + scale * (scores.map(\.magnitude).max() ?? 0)
        for d in 0..<headSize {
            var (sum, size) = (0.0, 0.0)
            for j in scores.indices {
                let term = weights[j] / total * values[start + j * 3 * width + d]
                sum += term
                size += abs(term)
            }
            truth.append(sum, allowed: bound * magnitude * size)
        }
    }

    /// Runs the operation.
    func run(_ device: Device, _ workspace: Workspace, precision: Precision = .fp32) throws -> Matrix {
        let r = 2 * rows.span
        let layout = try AttentionLayout(
            offsets: sequences.reduce(into: [0]) { $0.append($0[$0.count - 1] + Int32($1.count)) },
            positions: sequences.flatMap(\.self),
            index: isRelative ? (1 - longest..<longest).map { Int32(rows.row(of: $0)) } : [],
            linearReach: isRelative ? rows.linearReach : 0, longest: longest, heads: heads, headSize: headSize,
            relativeRows: isRelative ? r : 0, in: workspace)
        func table(_ values: [Float], reversed: Bool) throws -> RelativeTable {
            try RelativeTable(
                Tensor(values, rows: r, on: device), heads: heads, reversed: reversed, precision: precision, on: device)
        }
        let qkv = try Tensor(qkv, rows: tokenCount, on: device)  // [N, 3·C]
        return try device.disentangledAttention(
            query: qkv, keyValue: qkv, keyColumn: width, width: width,
            keys: hasC2p ? table(keys, reversed: true) : nil, queries: hasP2c ? table(queries, reversed: false) : nil,
            layout: layout, scale: scale, precision: precision, in: workspace
        ).read()
    }
}

/// A dot product, and the sum of the magnitudes of its terms.
private struct Score {
    var sum = 0.0
    var magnitude = 0.0

    mutating func add(_ a: [Double], _ i: Int, _ b: [Double], _ j: Int, count: Int) {
        for d in 0..<count {
            let term = a[i + d] * b[j + d]
            sum += term
            magnitude += abs(term)
        }
    }
}

/// The map from a distance to a row of the relative table, by its definition.
struct RelativeRows {
    enum Far {
        /// All far distances share the first or last row.
        case clamped
        /// Buckets by the logarithm, up to a largest distance M.
        case logarithmic(limit: Int)
        /// A row of its own for each far distance, by chance: nothing but the table's word to go by.
        case scattered
    }
    let span: Int
    var far = Far.clamped

    /// index(δ) = δ + span up to here, on both sides.
    var linearReach: Int {
        if case .clamped = far { return span - 1 }
        return span / 2
    }

    func row(of distance: Int) -> Int {
        if abs(distance) <= linearReach { return distance + span }
        switch far {
        case .clamped: return distance > 0 ? 2 * span - 1 : 0
        case .scattered: return Int(CounterNumbers(seed: 77).bits(distance + 1 << 20) % UInt64(2 * span))
        case .logarithmic(let limit):
            let middle = Double(span / 2)
            let ratio = log(Double(abs(distance)) / middle) / log(Double(limit - 1) / middle)
            let bucket = Int(middle + (ratio * (middle - 1)).rounded(.up))
            return min(max(span + (distance > 0 ? bucket : -bucket), 0), 2 * span - 1)
        }
    }
}
