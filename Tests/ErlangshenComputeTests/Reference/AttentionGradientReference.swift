import ErlangshenCompute
import ErlangshenTestSupport
import Foundation

/// Attention with dropout and its gradients by the formulas, in Double, pair by pair: with p the softmax, m the mask and
/// P = p·m, y_i = Σ P_ij·V_j, dS_ij = scale·p_ij·(m_ij·dy_i·V_j − Σ_j P_ij·dy_i·V_j).
struct AttentionGradientReference {
    /// What is differentiated.
    struct Operands {
        var qkv: [Double]  // [N, 3·C]
        var keys: [Double]  // [R, C]
        var queries: [Double]  // [R, C]
    }

    /// A gradient and, number by number, the magnitudes that were added up in it.
    struct Sums {
        var value: Operands
        var size: Operands
    }

    /// One query and head.
    struct Row {
        let head: Int
        let query: Int  // row of the batch
        let first: Int  // of the sequence
        let tableRows: [Int]  // of each key
        var softmax: [Double] = []
        var masks: [Double] = []
        var logSum = 0.0
        var magnitude = 1.0
    }

    var forward: AttentionReference
    var probability: Float = 0
    /// Rows whose results are wanted; nil stands for all. Of the others dy is zero.
    var selected: [Int32]?
    static let stream: UInt32 = 5

    var rowKeys: [UInt64] { DropoutTests.keys(forward.tokenCount) }
    /// [N, C]
    var dy: [Float] {
        let width = forward.width
        var dy = CounterNumbers(seed: forward.seed + 300).floats(forward.tokenCount * width)
        guard let selected else { return dy }
        let wanted = Set(selected)
        for index in dy.indices where !wanted.contains(Int32(index / width)) { dy[index] = 0 }
        return dy
    }
    var operands: Operands {
        Operands(
            qkv: forward.qkv.map(Double.init), keys: forward.keys.map(Double.init),
            queries: forward.queries.map(Double.init))
    }

    func rows(_ o: Operands) -> [Row] {
        let (keys, width, size, scale) = (rowKeys, forward.width, forward.headSize, Double(forward.scale))
        var (rows, first): ([Row], Int) = ([], 0)
        for positions in forward.sequences {
            for i in positions.indices {
                let tableRows = positions.map { forward.rows.row(of: Int(positions[i] - $0)) }
                for head in 0..<forward.heads {
                    var row = Row(head: head, query: first + i, first: first, tableRows: tableRows)
                    let q = row.query * 3 * width + head * size
                    var (scores, magnitude) = ([Double](), 0.0)
                    for j in positions.indices {
                        let k = (first + j) * 3 * width + width + head * size
                        let table = tableRows[j] * width + head * size
                        var (sum, terms) = (0.0, 0.0)
                        for d in 0..<size {
                            var term = o.qkv[q + d] * o.qkv[k + d]
                            if forward.hasC2p { term += o.qkv[q + d] * o.keys[table + d] }
                            if forward.hasP2c { term += o.qkv[k + d] * o.queries[table + d] }
                            sum += term
                            terms += abs(term)
                        }
                        scores.append(scale * sum)
                        magnitude = max(magnitude, scale * terms)
                    }
                    row.logSum = LossTests.logSum(scores)
                    row.softmax = scores.map { exp($0 - row.logSum) }
                    row.magnitude += magnitude
                    row.masks = positions.indices.map {
                        Philox.factor(
                            $0, key: keys[row.query], extra: head, stream: Self.stream, probability: probability)
                    }
                    rows.append(row)
                }
            }
            first += positions.count
        }
        return rows
    }

    /// Σ dy·y, whose gradients are looked for.
    func loss(_ o: Operands) -> Double {
        let (dy, width, size) = (dy, forward.width, forward.headSize)
        return rows(o).reduce(0) { total, row in
            var sum = 0.0
            for j in row.softmax.indices {
                let (g, v) = (row.query * width, (row.first + j) * 3 * width + 2 * width)
                for d in row.head * size..<(row.head + 1) * size {
                    sum += row.softmax[j] * row.masks[j] * Double(dy[g + d]) * o.qkv[v + d]
                }
            }
            return total + sum
        }
    }

    func gradients(_ o: Operands) -> Sums {
        func zeros() -> Operands {
            Operands(
                qkv: o.qkv.map { _ in 0 }, keys: o.keys.map { _ in 0 }, queries: o.queries.map { _ in 0 })
        }
        var sums = Sums(value: zeros(), size: zeros())
        let dy = dy.map(Double.init)
        for row in rows(o) { add(row, o, dy, to: &sums) }
        return sums
    }

    private func add(_ row: Row, _ o: Operands, _ dy: [Double], to sums: inout Sums) {
        let (width, size, scale) = (forward.width, forward.headSize, Double(forward.scale))
        let at = row.head * size, q = row.query * 3 * width + at, g = row.query * width + at
        var (terms, sizes) = ([Double](), [Double]())
        for j in row.softmax.indices {
            let v = (row.first + j) * 3 * width + 2 * width + at
            terms.append((0..<size).reduce(0) { $0 + row.masks[j] * dy[g + $1] * o.qkv[v + $1] })
            sizes.append((0..<size).reduce(0) { $0 + row.masks[j] * abs(dy[g + $1] * o.qkv[v + $1]) })
        }
        let mean = zip(row.softmax, terms).reduce(0) { $0 + $1.0 * $1.1 }
        let meanSize = zip(row.softmax, sizes).reduce(0) { $0 + $1.0 * $1.1 }
        for j in row.softmax.indices {
            let ds = scale * row.softmax[j] * (terms[j] - mean), p = row.softmax[j] * row.masks[j]
            let dsSize = scale * row.softmax[j] * (sizes[j] + meanSize) * row.magnitude
            let k = (row.first + j) * 3 * width + width + at, v = k + width, r = row.tableRows[j] * width + at
            func add(_ path: WritableKeyPath<Operands, [Double]>, _ index: Int, _ factor: Double) {
                sums.value[keyPath: path][index] += ds * factor
                sums.size[keyPath: path][index] += dsSize * abs(factor)
            }
            for d in 0..<size {
                sums.value.qkv[v + d] += p * dy[g + d]
                sums.size.qkv[v + d] += p * abs(dy[g + d]) * row.magnitude
                add(\.qkv, q + d, o.qkv[k + d])
                add(\.qkv, k + d, o.qkv[q + d])
                if forward.hasC2p {
                    add(\.qkv, q + d, o.keys[r + d])
                    add(\.keys, r + d, o.qkv[q + d])
                }
                if forward.hasP2c {
                    add(\.qkv, k + d, o.queries[r + d])
                    add(\.queries, r + d, o.qkv[k + d])
                }
            }
        }
    }
}
