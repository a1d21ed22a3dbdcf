// Truth: the formula in Double, in this file.
import ErlangshenCompute
import ErlangshenTestSupport
import Testing

@Suite struct LayerNormTests {
    /// y = (s − mean)/√(variance + eps)·γ + β with s = x + residual, and its bounds.
    static func truth(
        _ x: [Float], _ residual: [Float]?, gamma: [Float], beta: [Float], eps: Float
    ) -> Truth {
        let count = gamma.count
        var truth = Truth(columns: count)
        for row in stride(from: 0, to: x.count, by: count) {
            let s = (0..<count).map { Double(x[row + $0]) + Double(residual?[row + $0] ?? 0) }
            let largest =
                (0..<count).map { abs(Double(x[row + $0])) + abs(Double(residual?[row + $0] ?? 0)) }.max() ?? 0
            let mean = s.reduce(0, +) / Double(count)
            let variance = s.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(count)
            let rstd = 1 / (variance + Double(eps)).squareRoot()
            for j in 0..<count {
                let (g, b) = (Double(gamma[j]), Double(beta[j]))
                // Sums of numbers far from zero round by their size, which the division then magnifies.
                let scale = abs(g) * (abs(s[j] - mean) + largest) * rstd + abs(b)
                truth.append((s[j] - mean) * rstd * g + b, allowed: Tolerance.layerNorm * scale)
            }
        }
        return truth
    }

    static func run(
        _ x: [Float], _ residual: [Float]?, gamma: [Float], beta: [Float], eps: Float, on device: Device
    ) throws -> Matrix {
        let rows = x.count / gamma.count
        return try device.layerNorm(
            Tensor(x, rows: rows, on: device), residual: residual.map { try Tensor($0, rows: rows, on: device) },
            gamma: Tensor(gamma, rows: 1, on: device), beta: Tensor(beta, rows: 1, on: device), eps: eps
        ).read()
    }

    @Test(arguments: [1, 7, 33, 768, 1024], [Float(0), 10, -10_000])
    func agreesWithTheFormula(columns: Int, offset: Float) throws {
        let x = CounterNumbers(seed: 1).floats(19 * columns, width: 2, around: offset)
        let gamma = CounterNumbers(seed: 2).floats(columns, width: 2)
        let beta = CounterNumbers(seed: 3).floats(columns)
        let other = CounterNumbers(seed: 4).floats(19 * columns, width: 3, around: 1)
        for (residual, eps) in [(nil, Float(1e-7)), (other, 1e-7), (other, 0.1)] {
            try Self.truth(x, residual, gamma: gamma, beta: beta, eps: eps).check("C \(columns), offset \(offset)") {
                device, _ in
                try Self.run(x, residual, gamma: gamma, beta: beta, eps: eps, on: device)
            }
        }
    }

    /// Rows that are all one number have the variance 0: what is left is β, exactly, where no sum rounds.
    @Test(arguments: [1, 2, 16, 64])
    func constantRowsGiveBeta(columns: Int) throws {
        let beta = CounterNumbers(seed: 5).floats(columns)
        let x = (0..<9).flatMap { [Float](repeating: Float($0) * 1024 - 3, count: columns) }
        var truth = Truth(columns: columns)
        for _ in 0..<9 { for b in beta { truth.append(Double(b)) } }
        try truth.check("constant rows") { device, _ in
            try Self.run(x, nil, gamma: beta, beta: beta, eps: 1e-7, on: device)
        }
    }
}
