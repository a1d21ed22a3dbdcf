// Truth: central differences of the functions of Reference/ActivationReference.swift.
import ErlangshenCompute
import ErlangshenTestSupport
import Testing

@Suite struct ActivationGradientTests {
    /// Both sides of zero, the turning points, and far out where exponentials end.
    static let x: [Float] =
        [1e-6, -1e-6, 100, -100, 87.5, -88.5, 1e4, -1e4, 3e6, -3e6] + CounterNumbers(seed: 1).floats(301, width: 12)

    @Test(arguments: Activation.all)
    func agreesWithCentralDifferences(activation: Activation) throws {
        let dy = CounterNumbers(seed: 2).floats(Self.x.count, width: 2)
        var truth = Truth(columns: Self.x.count)
        for (x, dy) in zip(Self.x, dy) {
            let at = Double(x), step = min(1e-5 * max(1, abs(at)), 1e-2) * (abs(at) < 1e-5 ? 1e-2 : 1)
            // 1 − t² loses digits where t is near 1, as in PyTorch; differences themselves lose some to |act(x)|/h.
            let slope = centralDifferences(at: [at], step: step) { activation.truth($0[0]) }[0]
            truth.append(slope * Double(dy), allowed: Tolerance.slope * abs(Double(dy)) * (1 + min(abs(at), 8)))
        }
        try truth.check("slope of \(activation)") { device, _ in
            try device.activationBackward(
                Tensor(dy, rows: 1, on: device), x: Tensor(Self.x, rows: 1, on: device), activation
            ).read()
        }
    }

    /// More numbers than one task has.
    @Test(arguments: Activation.all)
    func forward(activation: Activation) throws {
        let x = CounterNumbers(seed: 3).floats(3 * 6_001, width: 9)
        var truth = Truth(columns: 6_001)
        for x in x { truth.append(activation.truth(Double(x)), allowed: activation.allowed(Double(x))) }
        try truth.check("\(activation)") { device, workspace in
            let y = try workspace.tensor(rows: 3, columns: 6_001)
            try device.activation(Tensor(x, rows: 3, on: device), into: y, activation)
            return try y.read()
        }
    }
}
