// Truth: the formulas in Double, in this file; gradients by central differences of them where there are few columns.
import ErlangshenCompute
import ErlangshenTestSupport
import Foundation
import Testing

@Suite struct LossTests {
    static let rows = 21
    static let scale: Float = 0.25

    static func logSum(_ x: [Double]) -> Double {
        let largest = x.max() ?? 0
        return largest + log(x.reduce(0) { $0 + exp($1 - largest) })
    }

    static func crossEntropy(_ x: [Double], _ target: [Double]) -> Double {
        let logSum = logSum(x)
        return zip(x, target).reduce(0) { $0 + $1.1 * (logSum - $1.0) }
    }

    /// Appends the loss of a row and its gradient, [1 + V].
    static func append(_ x: [Double], _ target: [Double], to truth: inout Truth) {
        let logSum = logSum(x), weight = target.reduce(0, +)
        let size = zip(x, target).reduce(0) { $0 + $1.1 * (1 + abs($1.0) + abs(logSum)) }
        truth.append(crossEntropy(x, target), allowed: Tolerance.loss * size)
        for (x, t) in zip(x, target) {
            let p = exp(x - logSum) * weight
            truth.append(
                Double(scale) * (p - t),
                allowed: Tolerance.loss * Double(scale) * (p * (1 + abs(x - logSum)) + t) + Tolerance.underflow)
        }
    }

    @Test func formulaAgreesWithCentralDifferences() {
        let x = CounterNumbers(seed: 1).floats(7, width: 3).map(Double.init)
        let target = CounterNumbers(seed: 2).floats(7, width: 0.5, around: 0.5).map(Double.init)
        var truth = Truth(columns: 8)
        Self.append(x, target, to: &truth)
        let expected = centralDifferences(at: x) { Self.crossEntropy($0, target) }
        for (found, expected) in zip(truth.values.dropFirst(), expected) {
            #expect(abs(found - Double(Self.scale) * expected) < 1e-8)
        }
    }

    static func logits(_ columns: Int) -> [Float] {
        (0..<rows).flatMap { CounterNumbers(seed: UInt64($0)).floats(columns, width: 0.1 * Float(1 << ($0 % 10))) }
    }

    /// Losses beside gradients, [N, 1 + V], the gradients in the place of the logits.
    static func joined(_ losses: Tensor, _ gradient: Tensor) throws -> Matrix {
        let (losses, gradient) = (try losses.read(), try gradient.read())
        return Matrix(
            rows: rows, columns: gradient.columns + 1,
            values: (0..<rows).flatMap { [losses.values[$0]] + Array(gradient.row($0)) })
    }

    @Test(arguments: [1, 2, 7, 33, 1_000], [Float(0), 0.1])
    func labels(columns: Int, smoothing: Float) throws {
        let x = Self.logits(columns)
        var labels = CounterNumbers(seed: 50).integers(Self.rows, below: columns)
        (labels[3], labels[20]) = (Device.ignoredLabel, Device.ignoredLabel)
        var truth = Truth(columns: columns + 1)
        for row in 0..<Self.rows {
            guard labels[row] >= 0 else {
                for _ in 0...columns { truth.append(0) }
                continue
            }
            let even = Double(smoothing) / Double(columns)
            let target = (0..<columns).map { even + ($0 == labels[row] ? 1 - Double(smoothing) : 0) }
            Self.append(x[row * columns..<(row + 1) * columns].map(Double.init), target, to: &truth)
        }
        try truth.check("V \(columns), smoothing \(smoothing)") { device, workspace in
            let logits = try Tensor(x, rows: Self.rows, on: device), labels = try workspace.integers(labels)
            let losses = try workspace.tensor(rows: Self.rows, columns: 1)
            let alone = try workspace.tensor(rows: Self.rows, columns: 1)
            try device.crossEntropy(
                logits, labels: labels, smoothing: smoothing, scale: Self.scale, losses: alone, dlogits: nil)
            try device.crossEntropy(
                logits, labels: labels, smoothing: smoothing, scale: Self.scale, losses: losses, dlogits: logits)
            #expect(try alone.read() == losses.read())
            return try Self.joined(losses, logits)
        }
    }

    @Test(arguments: [1, 2, 7, 33, 1_000])
    func targets(columns: Int) throws {
        let x = Self.logits(columns)
        let targets = CounterNumbers(seed: 60).floats(x.count, width: 0.5, around: 0.5)
        var truth = Truth(columns: columns + 1)
        for row in 0..<Self.rows {
            let range = row * columns..<(row + 1) * columns
            Self.append(x[range].map(Double.init), targets[range].map(Double.init), to: &truth)
        }
        try truth.check("soft, V \(columns)") { device, workspace in
            let logits = try Tensor(x, rows: Self.rows, on: device)
            let losses = try workspace.tensor(rows: Self.rows, columns: 1)
            try device.crossEntropy(
                logits, targets: Tensor(targets, rows: Self.rows, on: device), scale: Self.scale, losses: losses,
                dlogits: logits)
            return try Self.joined(losses, logits)
        }
    }

    @Test(arguments: [1, 2, 7, 33])
    func meanSquaredError(columns: Int) throws {
        let x = Self.logits(columns), targets = CounterNumbers(seed: 70).floats(x.count)
        var truth = Truth(columns: columns + 1)
        for row in 0..<Self.rows {
            let range = row * columns..<(row + 1) * columns
            let (x, t) = (x[range].map(Double.init), targets[range].map(Double.init))
            func loss(_ x: [Double]) -> Double { zip(x, t).reduce(0) { $0 + pow($1.0 - $1.1, 2) } / Double(columns) }
            let size = zip(x, t).reduce(0) { $0 + pow(abs($1.0) + abs($1.1), 2) }
            truth.append(loss(x), allowed: Tolerance.product * size)
            for (dx, (x, t)) in zip(centralDifferences(at: x, of: loss), zip(x, t)) {
                truth.append(Double(Self.scale) * dx, allowed: Tolerance.product * (abs(x) + abs(t)) + 1e-8)
            }
        }
        try truth.check("squares, C \(columns)") { device, workspace in
            let dx = try Tensor(x, rows: Self.rows, on: device)
            let losses = try workspace.tensor(rows: Self.rows, columns: 1)
            try device.meanSquaredError(
                dx, targets: Tensor(targets, rows: Self.rows, on: device), scale: Self.scale, losses: losses, dx: dx)
            return try Self.joined(losses, dx)
        }
    }

    @Test(arguments: [Int32(-1), 5, -99, .max, .min])
    func refusesLabels(label: Int32) throws {
        let device = try Device.cpu(threads: 1), workspace = Workspace(on: device)
        let logits = try Tensor([0, 1, 2, 3, 4], rows: 1, on: device)
        let labels = try workspace.integers([label]), losses = try workspace.tensor(rows: 1, columns: 1)
        #expect(throws: ComputeError.failed(operation: "cross_entropy", status: 2)) {
            try device.crossEntropy(logits, labels: labels, scale: 1, losses: losses, dlogits: nil)
        }
    }
}
