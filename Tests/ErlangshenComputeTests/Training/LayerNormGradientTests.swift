// Truth: the formulas in Double, in this file; the gradient's own truth is central differences of the forward formula.
import ErlangshenCompute
import ErlangshenTestSupport
import Testing

@Suite struct LayerNormGradientTests {
    static let eps: Float = 1e-5

    /// A row's mean and 1/deviation.
    static func statistics(_ s: [Double]) -> (mean: Double, rstd: Double) {
        let mean = s.reduce(0, +) / Double(s.count)
        let variance = s.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(s.count)
        return (mean, 1 / (variance + Double(eps)).squareRoot())
    }

    /// ds of one row, and the largest sizes of what is subtracted in it.
    static func gradient(_ s: [Double], dy: [Double], gamma: [Double]) -> (ds: [Double], size: Double) {
        let (mean, rstd) = statistics(s)
        let n = s.map { ($0 - mean) * rstd }, g = zip(dy, gamma).map(*)
        let count = Double(s.count)
        let (meanG, meanGN) = (g.reduce(0, +) / count, zip(g, n).map(*).reduce(0, +) / count)
        let sizes = zip(g, n).map { abs($0) + abs($0 * $1) + abs($1 * meanGN) + abs(meanG) }
        // A sum rounds by its size, which the division by the deviation magnifies.
        let magnified = 1 + rstd * (s.map { abs($0) }.max() ?? 0)
        return (zip(g, n).map { rstd * ($0 - meanG - $1 * meanGN) }, rstd * magnified * (sizes.max() ?? 0))
    }

    @Test(arguments: [1, 2, 7, 33])
    func formulaAgreesWithCentralDifferences(columns: Int) {
        let s = CounterNumbers(seed: 1).floats(columns, width: 2).map(Double.init)
        let dy = CounterNumbers(seed: 2).floats(columns).map(Double.init)
        let gamma = CounterNumbers(seed: 3).floats(columns).map(Double.init)
        let expected = centralDifferences(at: s) { s in
            let (mean, rstd) = Self.statistics(s)
            return s.indices.reduce(0) { $0 + dy[$1] * gamma[$1] * (s[$1] - mean) * rstd }
        }
        for (found, expected) in zip(Self.gradient(s, dy: dy, gamma: gamma).ds, expected) {
            #expect(abs(found - expected) < 1e-7 * (1 + abs(expected)))
        }
    }

    /// One matrix of all results: ds, then dgamma, then dbeta, which start from other numbers than zero.
    @Test(arguments: [1, 2, 7, 33, 768], [1, 31, 70])
    func agreesWithTheFormula(columns: Int, rows: Int) throws {
        let x = CounterNumbers(seed: 1).floats(rows * columns, width: 2, around: 1)
        let residual = CounterNumbers(seed: 4).floats(rows * columns)
        let dy = CounterNumbers(seed: 2).floats(rows * columns)
        let gamma = CounterNumbers(seed: 3).floats(columns), start = CounterNumbers(seed: 5).floats(2 * columns)
        var truth = Truth(columns: columns)
        var sums = start.map(Double.init), sizes = start.map { abs(Double($0)) }
        for row in 0..<rows {
            let range = row * columns..<(row + 1) * columns
            let s = range.map { Double(x[$0]) + Double(residual[$0]) }, d = dy[range].map(Double.init)
            let (ds, size) = Self.gradient(s, dy: d, gamma: gamma.map(Double.init))
            for value in ds { truth.append(value, allowed: Tolerance.layerNorm * size) }
            let (mean, rstd) = Self.statistics(s)
            for j in 0..<columns {
                let terms = [d[j] * (s[j] - mean) * rstd, d[j]]
                for (part, term) in terms.enumerated() {
                    sums[part * columns + j] += term
                    sizes[part * columns + j] += abs(d[j]) * (part == 0 ? 4 * rstd : 1)
                }
            }
        }
        for (sum, size) in zip(sums, sizes) { truth.append(sum, allowed: Tolerance.layerNorm * size) }
        try truth.check("gradient of [\(rows), \(columns)]") { device, workspace in
            let s = try Tensor(x, rows: rows, on: device), y = try workspace.tensor(rows: rows, columns: columns)
            let statistics = try workspace.tensor(rows: rows, columns: 2), ds = try Tensor(dy, rows: rows, on: device)
            let sums = try Tensor(start, rows: 2, on: device), gamma = try Tensor(gamma, rows: 1, on: device)
            try device.layerNorm(
                keeping: s, statistics: statistics, into: y, residual: Tensor(residual, rows: rows, on: device),
                gamma: gamma, beta: gamma, eps: Self.eps)
            try device.layerNormBackward(
                ds, s: s, statistics: statistics, gamma: gamma, dgamma: sums.rows(0..<1), dbeta: sums.rows(1..<2),
                in: workspace)
            return try Matrix(
                rows: rows + 2, columns: columns, values: ds.read().values + sums.read().values)
        }
    }

    /// Training's forward gives what inference's gives, and keeps the sum.
    @Test(arguments: [1, 7, 33, 768], [true, false])
    func forwardAgreesWithTheFormula(columns: Int, hasResidual: Bool) throws {
        let x = CounterNumbers(seed: 1).floats(19 * columns, width: 2, around: 10)
        let gamma = CounterNumbers(seed: 2).floats(columns), beta = CounterNumbers(seed: 3).floats(columns)
        let residual = hasResidual ? CounterNumbers(seed: 4).floats(19 * columns, width: 3) : nil
        let truth = LayerNormTests.truth(x, residual, gamma: gamma, beta: beta, eps: Self.eps)
        try truth.check("C \(columns)") { device, workspace in
            let s = try Tensor(x, rows: 19, on: device), y = try workspace.tensor(rows: 19, columns: columns)
            try device.layerNorm(
                keeping: s, statistics: workspace.tensor(rows: 19, columns: 2), into: y,
                residual: residual.map { try Tensor($0, rows: 19, on: device) },
                gamma: Tensor(gamma, rows: 1, on: device), beta: Tensor(beta, rows: 1, on: device), eps: Self.eps)
            #expect(try s.read().values == zip(x, residual ?? x.map { _ in 0 }).map(+))
            return try y.read()
        }
    }
}
