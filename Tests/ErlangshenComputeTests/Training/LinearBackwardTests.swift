// Truth: the sums over rows in Double, element by element, in this file.
import ErlangshenCompute
import ErlangshenTestSupport
import Testing

@Suite struct LinearBackwardTests {
    struct Case {
        var rows: Int, outputs: Int, inputs: Int
        var precision = Precision.fp32
        /// Columns of dy before and after those that count.
        var margin = 0

        var dy: [Float] { CounterNumbers(seed: 1).floats(rows * (outputs + 2 * margin)) }  // [N, O + margins]
        var x: [Float] { CounterNumbers(seed: 2).floats(rows * inputs, width: 3) }  // [N, I]
        var dw: [Float] { CounterNumbers(seed: 3).floats(outputs * inputs, width: 2) }  // [O, I], there before
        var dbias: [Float] { CounterNumbers(seed: 4).floats(outputs) }  // [O], there before

        /// Σ_n dy[n, o]·x[n, i] for one (o, i), on top of what was there.
        private func append(_ a: [Float], at i: Int, by lda: Int, _ b: [Float]?, at j: Int, to start: Float)
            -> (sum: Double, magnitude: Double)
        {
            var (sum, magnitude) = (Double(start), abs(Double(start)))
            for row in 0..<rows {
                let term = Double(a[row * lda + i]) * (b.map { Double($0[row * inputs + j]) } ?? 1)
                sum += term
                magnitude += abs(term)
            }
            return (sum, magnitude)
        }

        func weightTruth() -> Truth {
            let rounded: ([Float]) -> [Float] = { precision == .bf16 ? $0.map(PrecisionTests.bfloat16) : $0 }
            let (dy, x, dw) = (rounded(dy), rounded(x), dw)
            var truth = Truth(columns: inputs)
            for output in 0..<outputs {
                for input in 0..<inputs {
                    let (sum, magnitude) = append(
                        dy, at: margin + output, by: outputs + 2 * margin, x, at: input, to: dw[output * inputs + input]
                    )
                    truth.append(sum, allowed: Tolerance.product * magnitude)
                }
            }
            return truth
        }

        func biasTruth() -> Truth {
            let (dy, dbias) = (dy, dbias)
            var truth = Truth(columns: outputs)
            for output in 0..<outputs {
                let (sum, magnitude) = append(
                    dy, at: margin + output, by: outputs + 2 * margin, nil, at: 0, to: dbias[output])
                truth.append(sum, allowed: Tolerance.product * magnitude)
            }
            return truth
        }

        /// Runs the operation on fresh gradients; without a bias `dbias` stays as it was.
        func run(_ device: Device, _ workspace: Workspace, hasBias: Bool = true) throws -> (dw: Matrix, dbias: Matrix) {
            let (dw, dbias) = (
                try Tensor(dw, rows: outputs, on: device), try Tensor(dbias, rows: 1, on: device)
            )
            try device.linearBackwardWeight(
                Tensor(dy, rows: rows, on: device), columns: margin..<margin + outputs,
                x: Tensor(x, rows: rows, on: device), dw: dw, dbias: hasBias ? dbias : nil, precision: precision,
                in: workspace)
            return (try dw.read(), try dbias.read())
        }

        func check() throws {
            let name = "\(precision) [\(rows), \(outputs), \(inputs)]"
            let pairs = PrecisionTests.pairs(precision)
            guard !pairs.isEmpty else { return }
            try weightTruth().check("dW \(name)", on: pairs) { try run($0, $1).dw }
            try biasTruth().check("db \(name)", on: pairs) { try run($0, $1).dbias }
        }
    }

    static let precisions = [Precision.fp32, .bf16]

    /// Widths that end inside a block, a panel and a vector.
    @Test(arguments: [(1, 1), (1, 33), (2, 16), (13, 17), (14, 32), (15, 31), (29, 65), (43, 97)], precisions)
    func oddWidths(size: (Int, Int), precision: Precision) throws {
        try Case(rows: 7, outputs: size.0, inputs: size.1, precision: precision).check()
    }

    /// Rows from one to beyond a slice of the products, odd ones too: a word of bf16 holds two.
    @Test(arguments: [1, 2, 3, 16, 17, 64, 65, 383, 385, 769, 1153], precisions)
    func rows(count: Int, precision: Precision) throws {
        try Case(rows: count, outputs: 5, inputs: 19, precision: precision).check()
    }

    @Test(arguments: precisions) func columnsOfAWiderGradient(precision: Precision) throws {
        try Case(rows: 21, outputs: 18, inputs: 40, precision: precision, margin: 9).check()
    }

    @Test func manyTasks() throws { try Case(rows: 3, outputs: 300, inputs: 200).check() }

    @Test func withoutABias() throws {
        let sample = Case(rows: 9, outputs: 20, inputs: 35)
        for pair in DevicePair.own {
            let with = try sample.run(pair.one, Workspace(on: pair.one))
            let without = try sample.run(pair.one, Workspace(on: pair.one), hasBias: false)
            #expect(without.dw == with.dw && without.dbias.values == sample.dbias, "\(pair.name)")
        }
    }

    @Test func withoutRowsNothingChanges() throws {
        for pair in DevicePair.own {
            let device = pair.one
            let empty = try Tensor(rows: 0, columns: 3, on: device, purpose: "a test")
            let dw = try Tensor([1, 2, 3, 4, 5, 6, 7, 8, 9], rows: 3, on: device)
            try device.linearBackwardWeight(
                empty, x: empty, dw: dw, dbias: nil, precision: .fp32, in: Workspace(on: device))
            #expect(try dw.read().values == [1, 2, 3, 4, 5, 6, 7, 8, 9])
        }
    }

    @Test func integersHaveNoGradients() throws {
        for pair in PrecisionTests.pairs(.int8) {
            #expect(
                throws: ComputeError.unavailable(name: "int8", reason: "gradients are computed in fp32 or bf16")
            ) { try Case(rows: 2, outputs: 2, inputs: 2, precision: .int8).run(pair.one, Workspace(on: pair.one)) }
        }
        let portable = try Device.cpu(threads: 1, instructionSet: .portable)
        #expect(throws: ComputeError.self) {
            try Case(rows: 2, outputs: 2, inputs: 2, precision: .bf16).run(portable, Workspace(on: portable))
        }
    }

    /// dx += dy·W through the transposed weight.
    @Test(arguments: [(1, 1, 1), (7, 33, 9), (15, 64, 31), (30, 70, 400)], precisions)
    func inputGradients(size: (rows: Int, inputs: Int, outputs: Int), precision: Precision) throws {
        let dy = CounterNumbers(seed: 1).floats(size.rows * size.outputs)  // [N, O]
        let w = CounterNumbers(seed: 2).floats(size.outputs * size.inputs)  // [O, I]
        let dx = CounterNumbers(seed: 3).floats(size.rows * size.inputs)  // [N, I], there before
        let rounded: (Float) -> Double = { Double(precision == .bf16 ? PrecisionTests.bfloat16($0) : $0) }
        var truth = Truth(columns: size.inputs)
        for row in 0..<size.rows {
            for input in 0..<size.inputs {
                var sum = Double(dx[row * size.inputs + input])
                var magnitude = abs(sum)
                for output in 0..<size.outputs {
                    let term = rounded(dy[row * size.outputs + output]) * rounded(w[output * size.inputs + input])
                    sum += term
                    magnitude += abs(term)
                }
                truth.append(sum, allowed: Tolerance.product * magnitude)
            }
        }
        let pairs = PrecisionTests.pairs(precision)
        guard !pairs.isEmpty else { return }
        try truth.check("dx \(size) \(precision)", on: pairs) { device, workspace in
            let weight = try PackedWeight(
                outputs: size.inputs, inputs: size.outputs, precision: precision, on: device)
            try weight.update(Tensor(w, rows: size.outputs, on: device), transposed: true)
            let y = try Tensor(dx, rows: size.rows, on: device)
            try device.linearAccumulate(
                Tensor(dy, rows: size.rows, on: device), into: y, weight: weight, in: workspace)
            return try y.read()
        }
    }
}
