// Truth: the sums of the convolution's definition, turned round in Double in this file, and the differences of
// Conv1dTests' own forward truth.
import ErlangshenCompute
import ErlangshenTestSupport
import Testing

@Suite struct Conv1dBackwardTests {
    struct Case {
        let taps: Int
        let groups: Int
        var precision = Precision.fp32

        let channels = Conv1dTests.channels
        var width: Int { channels / groups }
        var count: Int { Conv1dTests.sequences.reduce(0) { $0 + $1.count } }
        var x: [Float] { CounterNumbers(seed: 1).floats(count * channels, width: 2) }  // [N, C]
        var weight: [Float] { CounterNumbers(seed: 2).floats(channels * width * taps) }  // [C, C/groups, K]
        var dy: [Float] { CounterNumbers(seed: 3).floats(count * channels) }  // [N, C]
        var dw: [Float] { CounterNumbers(seed: 4).floats(channels * width * taps) }  // there before
        var dbias: [Float] { CounterNumbers(seed: 5).floats(channels) }  // there before

        /// Gradients in Double: each term dy[t, o]·W[o, i, u]·x[s, i] of the loss Σ dy·y, taken apart.
        func truth() -> (dx: Truth, dw: Truth, dbias: Truth) {
            let rounded: ([Float]) -> [Double] = { [precision] in
                $0.map { Double(precision == .bf16 ? PrecisionTests.bfloat16($0) : $0) }
            }
            let (x, weight, dy, exact) = (rounded(x), rounded(weight), rounded(dy), dy)
            var dx = Sums([Float](repeating: 0, count: x.count))
            var (dw, dbias) = (Sums(dw), Sums(dbias))
            var first = 0
            for positions in Conv1dTests.sequences {
                for (row, position) in positions.enumerated() {
                    for output in 0..<channels {
                        let target = (first + row) * channels + output
                        dbias.add(Double(exact[target]), at: output)
                        for tap in 0..<taps {
                            let wanted = Int(position) + tap - (taps - 1) / 2
                            guard let other = positions.firstIndex(where: { Int($0) == wanted }) else { continue }
                            for input in 0..<width {
                                let source = (first + other) * channels + output / width * width + input
                                let entry = (output * width + input) * taps + tap
                                dw.add(dy[target] * x[source], at: entry)
                                dx.add(dy[target] * weight[entry], at: source)
                            }
                        }
                    }
                }
                first += positions.count
            }
            return (dx.truth(columns: channels), dw.truth(columns: width * taps), dbias.truth(columns: channels))
        }

        func run(_ device: Device, _ workspace: Workspace) throws -> (dx: Matrix, dw: Matrix, dbias: Matrix) {
            let size = width * width * taps
            let weights = try (0..<groups).map { group in
                let transposed = try PackedWeight(
                    outputs: width, inputs: taps * width, precision: precision, on: device)
                try transposed.update(
                    Tensor(Array(weight[group * size..<(group + 1) * size]), rows: width, on: device), taps: taps,
                    transposed: true)
                return transposed
            }
            let dw = try Tensor(dw, rows: channels, on: device)
            let dbias = try Tensor(dbias, rows: 1, on: device)
            let dx = try device.conv1dBackward(
                Tensor(dy, rows: count, on: device), x: Tensor(x, rows: count, on: device), transposed: weights,
                dw: dw, dbias: dbias, taps: taps, layout: Conv1dTests.layout(in: workspace), in: workspace)
            return (try dx.read(), try dw.read(), try dbias.read())
        }
    }

    /// Sums and the magnitudes of their terms.
    struct Sums {
        private(set) var values: [Double]
        private var magnitudes: [Double]

        init(_ start: [Float]) {
            values = start.map(Double.init)
            magnitudes = values.map(abs)
        }

        mutating func add(_ term: Double, at index: Int) {
            values[index] += term
            magnitudes[index] += abs(term)
        }

        func truth(columns: Int) -> Truth {
            var truth = Truth(columns: columns)
            for (value, magnitude) in zip(values, magnitudes) {
                truth.append(value, allowed: Tolerance.product * magnitude)
            }
            return truth
        }
    }

    static func check(_ sample: Case) throws {
        let name = "K \(sample.taps), groups \(sample.groups), \(sample.precision)"
        let pairs = PrecisionTests.pairs(sample.precision)
        guard !pairs.isEmpty else { return }
        let truth = sample.truth()
        try truth.dx.check("dx, \(name)", on: pairs) { try sample.run($0, $1).dx }
        try truth.dw.check("dW, \(name)", on: pairs) { try sample.run($0, $1).dw }
        try truth.dbias.check("db, \(name)", on: pairs) { try sample.run($0, $1).dbias }
    }

    @Test(arguments: [1, 2, 3, 5], [1, 2, 4])
    func agreesWithTheDefinition(taps: Int, groups: Int) throws { try Self.check(Case(taps: taps, groups: groups)) }

    @Test(arguments: [1, 4]) func inBfloat16(groups: Int) throws {
        try Self.check(Case(taps: 3, groups: groups, precision: .bf16))
    }

    /// The loss Σ dy·y is linear in each number, so that central differences of the forward truth are its gradient.
    @Test func agreesWithCentralDifferences() {
        let sample = Case(taps: 3, groups: 2)
        let (dy, bias) = (sample.dy, [Float](repeating: 0, count: sample.channels))
        func loss(_ x: [Float], _ weight: [Float]) -> Double {
            let y = Conv1dTests.truth(x, weight, bias, taps: 3, groups: 2, .identity)
            return zip(y.values, dy).reduce(0) { $0 + $1.0 * Double($1.1) }
        }
        func slope(at index: Int, of values: [Float], _ loss: ([Float]) -> Double) -> Double {
            var (up, down) = (values, values)
            up[index] += 0.5
            down[index] -= 0.5
            return (loss(up) - loss(down)) / (Double(up[index]) - Double(down[index]))
        }
        let (x, weight, truth) = (sample.x, sample.weight, sample.truth())
        for index in stride(from: 0, to: x.count, by: 29) {
            let difference = slope(at: index, of: x) { loss($0, weight) }
            #expect(abs(difference - truth.dx.values[index]) <= Tolerance.difference, "dx \(index)")
        }
        for index in stride(from: 0, to: weight.count, by: 17) {
            let difference = slope(at: index, of: weight) { loss(x, $0) }
            let expected = truth.dw.values[index] - Double(sample.dw[index])
            #expect(abs(difference - expected) <= Tolerance.difference, "dW \(index)")
        }
    }

    @Test func refusesMatricesOfAnotherShape() throws {
        for pair in DevicePair.own {
            let (device, workspace) = (pair.one, Workspace(on: pair.one))
            let sample = Case(taps: 3, groups: 1)
            let x = try Tensor(sample.x, rows: sample.count, on: device)
            let layout = try Conv1dTests.layout(in: workspace)
            let dw = try Tensor(sample.dw, rows: sample.channels, on: device)
            let weight = try PackedWeight(outputs: 18, inputs: 36, on: device)
            #expect(throws: ComputeError.failed(operation: "conv1d_backward", status: 2)) {
                try device.conv1dBackward(
                    x, x: x, transposed: [weight], dw: dw, dbias: nil, taps: 3, layout: layout, in: workspace)
            }
            #expect(throws: ComputeError.failed(operation: "conv1d_backward", status: 0)) {
                try device.conv1dBackward(
                    x, x: x, transposed: [], dw: dw, dbias: nil, taps: 3, layout: layout, in: workspace)
            }
        }
    }
}
