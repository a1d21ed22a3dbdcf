// Truth: the formulas in Double in this file; AdamW besides by torch 2.15.0 in float64:
//
//   import torch
//   def run(lr, betas, eps, decay, scale):
//       w = torch.tensor([0.5, -1.25, 2.0, 0.0, -0.03125, 8.0, 1e-3]).double().requires_grad_()
//       g = torch.tensor([0.125, -3.0, 1e-4, 0.0, 0.75, -1e-6, 64.0]).double()
//       optimizer = torch.optim.AdamW([w], lr=lr, betas=betas, eps=eps, weight_decay=decay)
//       for step in (1, 2, 3):
//           w.grad = g * scale * (1, 0.5, -2)[step - 1]
//           optimizer.step()
//       state = optimizer.state[w]
//       for row in w, state["exp_avg"], state["exp_avg_sq"]: print(row.tolist())
//   run(1e-2, (0.9, 0.999), 1e-8, 0.01, 1.0)
//   run(5e-5, (0.9, 0.98), 1e-6, 0.0, 0.25)
import ErlangshenCompute
import ErlangshenTestSupport
import Foundation
import Testing

@Suite struct ParameterTests {
    struct Run {
        let rate: Double, beta2: Double, eps: Double, decay: Double, scale: Double
        /// w, m and v after three steps.
        let expected: [[Double]]

        func step(_ number: Int) -> AdamWStep {
            AdamWStep(
                learningRate: rate, beta1: 0.9, beta2: beta2, eps: eps, weightDecay: decay,
                biasCorrection1: 1 - pow(0.9, Double(number)), biasCorrection2: 1 - pow(beta2, Double(number)),
                gradientScale: scale * [1, 0.5, -2][number - 1])
        }
    }

    static let weights: [Float] = [0.5, -1.25, 2.0, 0.0, -0.03125, 8.0, 1e-3]
    static let gradients: [Float] = [0.125, -3.0, 1e-4, 0.0, 0.75, -1e-6, 64.0]
    static let runs = [
        Run(
            rate: 1e-2, beta2: 0.999, eps: 1e-8, decay: 0.01, scale: 1,
            expected: [
                [
                    0.4825947225814383, -1.2323697435296936, 1.9821467887609634, 0.0, -0.0484959197042215,
                    8.014655576436343, -0.01625559395584777,
                ],
                [
                    -0.009250000000000001, 0.22199999999999992, -7.399999813060275e-06, 0.0, -0.05549999999999998,
                    7.399999981316793e-08, -4.736000000000001,
                ],
                [
                    8.199610937500007e-05, 0.04722975900000004, 5.247750734861326e-11, 0.0, 0.0029518599375000024,
                    5.2477509735014096e-15, 21.49478809600002,
                ],
            ]),
        Run(
            rate: 5e-5, beta2: 0.98, eps: 1e-6, decay: 0, scale: 0.25,
            expected: [
                [
                    0.49991352084755664, -1.2499135177321143, 1.999917398877867, 0.0, -0.031336481861510786,
                    8.000015133091283, 0.0009135176505024428,
                ],
                [
                    -0.0023125000000000003, 0.05549999999999998, -1.8499999532650688e-06, 0.0, -0.013874999999999995,
                    1.8499999953291983e-08, -1.1840000000000002,
                ],
                [
                    0.00010166796875000009, 0.05856075000000005, 6.506749671251348e-11, 0.0, 0.003660046875000003,
                    6.506749967144077e-15, 26.651648000000023,
                ],
            ]),
    ]

    /// w, m and v after a step, and how far they may be off: a rounding or two of what is added on the way.
    struct State {
        var w: [Double], m: [Double], v: [Double]

        /// One step by the formulas of the paper.
        mutating func advance(_ step: AdamWStep, _ g: [Float]) {
            for index in w.indices {
                let gradient = Double(g[index]) * step.gradientScale
                m[index] = step.beta1 * m[index] + (1 - step.beta1) * gradient
                v[index] = step.beta2 * v[index] + (1 - step.beta2) * gradient * gradient
                let corrected = m[index] / step.biasCorrection1
                let root = (v[index] / step.biasCorrection2).squareRoot()
                w[index] -= step.learningRate * (step.weightDecay * w[index] + corrected / (root + step.eps))
            }
        }

        /// Bounds: `moved` is the learning rate times the number of steps, `largest` the largest gradient of each element.
        func truth(moved: Double, largest: (Int) -> Double) -> Truth {
            var truth = Truth(columns: w.count)
            for value in w {
                truth.append(value, allowed: Tolerance.optimizer * (abs(value) + 4 * moved))
            }
            for (index, value) in m.enumerated() { truth.append(value, allowed: Tolerance.optimizer * largest(index)) }
            for (index, value) in v.enumerated() {
                truth.append(value, allowed: Tolerance.optimizer * largest(index) * largest(index))
            }
            return truth
        }
    }

    @Test(arguments: runs.indices) func threeStepsOfTorch(index: Int) throws {
        let run = Self.runs[index]
        let state = State(w: run.expected[0], m: run.expected[1], v: run.expected[2])
        let truth = state.truth(moved: 3 * run.rate) { 2 * run.scale * Double(abs(Self.gradients[$0])) }
        try truth.check("AdamW, run \(index)") { device, _ in
            let (w, g) = (
                try Tensor(Self.weights, rows: 1, on: device), try Tensor(Self.gradients, rows: 1, on: device)
            )
            let moments = try Tensor(rows: 2, columns: Self.weights.count, on: device, purpose: "a test")
            try device.fill(moments)
            for number in 1...3 {
                try device.adamw(
                    run.step(number), parameters: w, mean: moments.rows(0..<1), squares: moments.rows(1..<2),
                    gradient: g)
            }
            return Matrix(
                rows: 3, columns: Self.weights.count, values: try w.read().values + moments.read().values)
        }
    }

    /// One step from a state in the middle of a training, on ranges that end within a vector and beyond what one task
    /// takes.
    @Test(arguments: [1, 5, 16, 47, 40_003]) func oneStep(count: Int) throws {
        let (w, g) = (CounterNumbers(seed: 1).floats(count), CounterNumbers(seed: 2).floats(count, width: 3))
        let (m, v) = (CounterNumbers(seed: 3).floats(count), CounterNumbers(seed: 4).floats(count).map { $0 * $0 })
        let step = Self.runs[0].step(2)
        var state = State(w: w.map(Double.init), m: m.map(Double.init), v: v.map(Double.init))
        state.advance(step, g)
        // m/√v has no bound here: what it may be off by follows from its own size.
        var truth = Truth(columns: count)
        for index in 0..<count {
            let moved = abs(state.w[index] - Double(w[index]))
            truth.append(state.w[index], allowed: Tolerance.optimizer * (abs(Double(w[index])) + 4 * moved))
        }
        for index in 0..<count { truth.append(state.m[index], allowed: Tolerance.optimizer * 2) }
        for index in 0..<count { truth.append(state.v[index], allowed: Tolerance.optimizer * 4) }
        try truth.check("AdamW on \(count)") { device, _ in
            let tensors = try [w, m, v, g].map { try Tensor($0, rows: 1, on: device) }
            try device.adamw(
                step, parameters: tensors[0], mean: tensors[1], squares: tensors[2], gradient: tensors[3])
            return Matrix(
                rows: 3, columns: count, values: try tensors[..<3].flatMap { try $0.read().values })
        }
    }

    /// Multiples of 1/256 have squares whose sum is exact in Double.
    @Test(arguments: [1, 3, 63, 64, 65, 32_768, 70_001]) func sumsOfSquares(count: Int) throws {
        let values = CounterNumbers(seed: 5).integers(count, below: 513).map { Float($0 - 256) / 256 }
        let sum = values.reduce(0) { $0 + Double($1) * Double($1) }
        for pair in DevicePair.own {
            for device in [pair.one, pair.three] {
                let found = try device.sumOfSquares(Tensor(values, rows: 1, on: device))
                #expect(found == sum, "\(pair.name)")
            }
        }
    }

    @Test func sumsOfAnyNumbersHaveTheSameBits() throws {
        let values = CounterNumbers(seed: 6).floats(100_003, width: 1e4)
        let sum = values.reduce(0) { $0 + Double($1) * Double($1) }
        for pair in DevicePair.own {
            let found = try pair.one.sumOfSquares(Tensor(values, rows: 1, on: pair.one))
            let again = try pair.three.sumOfSquares(Tensor(values, rows: 1, on: pair.three))
            #expect(found.bitPattern == again.bitPattern, "\(pair.name)")
            #expect(abs(found - sum) <= Tolerance.sumOfSquares * sum, "\(pair.name)")
        }
    }

    @Test(arguments: [Float.infinity, -.infinity, .nan, .greatestFiniteMagnitude], [0, 15, 64, 40_002])
    func aSumIsFiniteWhenEveryElementIs(value: Float, place: Int) throws {
        var values = CounterNumbers(seed: 7).floats(40_003)
        values[place] = value
        for pair in DevicePair.own {
            let sum = try pair.three.sumOfSquares(Tensor(values, rows: 1, on: pair.three))
            #expect(sum.isFinite == value.isFinite, "\(value) at \(place) on \(pair.name)")
        }
    }

    @Test(arguments: [1, 7, 33, 33_000]) func fillingAndAdding(count: Int) throws {
        let (x, y) = (CounterNumbers(seed: 8).floats(count), CounterNumbers(seed: 9).floats(count, width: 2))
        var filled = Truth(columns: count)
        var added = Truth(columns: count)
        for index in 0..<count {
            filled.append(0.75)
            let (a, b) = (Double(y[index]), -0.375 * Double(x[index]))
            added.append(a + b, allowed: Tolerance.sum * (abs(a) + abs(b)))
        }
        try filled.check("fill \(count)") { device, _ in
            let tensor = try Tensor(x, rows: 1, on: device)
            try device.fill(tensor, with: 0.75)
            return try tensor.read()
        }
        try added.check("add \(count)") { device, _ in
            let tensor = try Tensor(y, rows: 1, on: device)
            try device.addScaled(Tensor(x, rows: 1, on: device), by: -0.375, to: tensor)
            return try tensor.read()
        }
    }
}
