// Truth: the product in Double, element by element, in this file.
import ErlangshenCompute
import Testing

@Suite struct LinearTests {
    static func check(
        rows: Int, outputs: Int, inputs: Int, _ activation: Activation, hasBias: Bool = true
    ) throws {
        let x = CounterNumbers(seed: 1).floats(rows * inputs), w = CounterNumbers(seed: 2).floats(outputs * inputs)
        let bias = CounterNumbers(seed: 3).floats(outputs)
        var truth = Truth(columns: outputs)
        for row in 0..<rows {
            for output in 0..<outputs {
                var sum = hasBias ? Double(bias[output]) : 0
                var magnitude = abs(sum)
                for input in 0..<inputs {
                    let term = Double(x[row * inputs + input]) * Double(w[output * inputs + input])
                    sum += term
                    magnitude += abs(term)
                }
                truth.append(product: sum, magnitude: magnitude, activation)
            }
        }
        try truth.check("[\(rows), \(outputs), \(inputs)] \(activation)", on: DevicePair.all) { device, workspace in
            let y = try workspace.tensor(rows: rows, columns: outputs)
            try device.linear(
                Tensor(x, rows: rows, on: device), into: y, weight: PackedWeight(w, outputs: outputs, on: device),
                bias: hasBias ? Tensor(bias, rows: 1, on: device) : nil, activation: activation, in: workspace)
            return try y.read()
        }
    }

    /// Every number of rows up to a register tile and one more, with outputs that end inside a panel.
    @Test(arguments: Array(1...15) + [29])
    func everyTile(rows: Int) throws { try Self.check(rows: rows, outputs: 67, inputs: 9, .gelu) }

    @Test(arguments: [1, 3, 31, 33, 65, 97], [1, 5, 17, 385])
    func oddSizes(outputs: Int, inputs: Int) throws {
        try Self.check(rows: 7, outputs: outputs, inputs: inputs, .identity)
    }

    @Test(arguments: Activation.all, [true, false])
    func biasAndActivation(activation: Activation, hasBias: Bool) throws {
        try Self.check(rows: 17, outputs: 35, inputs: 21, activation, hasBias: hasBias)
    }

    /// Many rows, and inputs beyond one slice of the products.
    @Test(arguments: [(300, 97, 50), (29, 64, 400), (3, 5, 1153), (2, 2, 1000)])
    func longAxes(rows: Int, outputs: Int, inputs: Int) throws {
        try Self.check(rows: rows, outputs: outputs, inputs: inputs, .silu)
    }
}
