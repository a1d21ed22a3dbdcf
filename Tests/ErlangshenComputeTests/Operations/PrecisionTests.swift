// Truth: the product of the rounded operands in Double or in integers, element by element, in this file.
import ErlangshenCompute
import ErlangshenTestSupport
import Foundation
import Testing

@Suite struct PrecisionTests {
    /// Devices that compute in a precision; the others are printed.
    static func pairs(_ precision: Precision) -> [DevicePair] {
        DevicePair.own.filter { pair in
            guard let reason = pair.one.lacks(precision) else { return true }
            print("skipped: \(precision.rawValue) on \(pair.name): \(reason)")
            return false
        }
    }

    /// To the nearest bfloat16, ties to even, for finite numbers.
    static func bfloat16(_ x: Float) -> Float {
        let bits = x.bitPattern
        return Float(bitPattern: (bits &+ 0x7fff &+ (bits >> 16 & 1)) & 0xffff_0000)
    }

    /// Values within −127…127 with the largest magnitude at the end of the scale, and that scale.
    static func quantized(_ row: ArraySlice<Float>) -> (values: [Int], scale: Float) {
        let largest = row.map { abs($0) }.max() ?? 0
        guard largest > 0 else { return (row.map { _ in 0 }, 0) }
        return (row.map { Int(($0 * (127 / largest)).rounded(.toNearestOrEven)) }, largest / 127)
    }

    struct Case {
        let rows: Int, outputs: Int, inputs: Int
        var x: [Float] { CounterNumbers(seed: 1).floats(rows * inputs, width: 3) }
        var w: [Float] { CounterNumbers(seed: 2).floats(outputs * inputs) }
        var bias: [Float] { CounterNumbers(seed: 3).floats(outputs) }

        func run(_ precision: Precision, _ truth: Truth) throws {
            let pairs = PrecisionTests.pairs(precision)
            guard !pairs.isEmpty else { return }
            try truth.check("\(precision) [\(rows), \(outputs), \(inputs)]", on: pairs) { device, workspace in
                let weight = try PackedWeight(outputs: outputs, inputs: inputs, precision: precision, on: device)
                try w.withUnsafeBytes { try weight.fill($0, type: .float32, rows: outputs) }
                let y = try workspace.tensor(rows: rows, columns: outputs)
                try device.linear(
                    Tensor(x, rows: rows, on: device), into: y, weight: weight, bias: Tensor(bias, rows: 1, on: device),
                    in: workspace)
                return try y.read()
            }
        }
    }

    /// A weight of 1 hands each value to gelu as it is: a bfloat16 number, or one that is its row's largest.
    @Test(arguments: [Precision.bf16, .int8]) func geluBehindAProduct(precision: Precision) throws {
        let x = CounterNumbers(seed: 4).floats(2000, width: 20).map(Self.bfloat16) + [0, -4, 4, -4.03125, 30, -30]
        var truth = Truth(columns: 1)
        for value in x {
            let exact = Double(value) / 2 * (1 + erf(Double(value) / 2.0.squareRoot()))
            truth.append(exact, allowed: Tolerance.lowPrecisionGelu + Tolerance.product * abs(exact))
        }
        let pairs = Self.pairs(precision)
        guard !pairs.isEmpty else { return }
        try truth.check("gelu \(precision)", on: pairs) { device, workspace in
            let weight = try PackedWeight(outputs: 1, inputs: 1, precision: precision, on: device)
            try [Float(1)].withUnsafeBytes { try weight.fill($0, type: .float32, rows: 1) }
            let y = try workspace.tensor(rows: x.count, columns: 1)
            try device.linear(
                Tensor(x, rows: x.count, on: device), into: y, weight: weight, bias: nil, activation: .gelu,
                in: workspace)
            return try y.read()
        }
    }

    static let sizes = [(1, 1, 1), (3, 5, 2), (14, 33, 63), (15, 97, 64), (29, 64, 65), (6, 31, 129), (40, 70, 1601)]

    @Test(arguments: sizes) func bfloat16Products(size: (Int, Int, Int)) throws {
        let sample = Case(rows: size.0, outputs: size.1, inputs: size.2)
        let (x, w) = (sample.x.map(Self.bfloat16), sample.w.map(Self.bfloat16))
        var truth = Truth(columns: sample.outputs)
        for row in 0..<sample.rows {
            for output in 0..<sample.outputs {
                var sum = Double(sample.bias[output])
                var magnitude = abs(sum)
                for input in 0..<sample.inputs {
                    let term = Double(x[row * sample.inputs + input]) * Double(w[output * sample.inputs + input])
                    sum += term
                    magnitude += abs(term)
                }
                truth.append(sum, allowed: Tolerance.product * magnitude)
            }
        }
        try sample.run(.bf16, truth)
    }

    @Test(arguments: sizes) func integerProducts(size: (Int, Int, Int)) throws {
        let sample = Case(rows: size.0, outputs: size.1, inputs: size.2)
        let inputs = sample.inputs
        let x = (0..<sample.rows).map { Self.quantized(sample.x[$0 * inputs..<($0 + 1) * inputs]) }
        let w = (0..<sample.outputs).map { Self.quantized(sample.w[$0 * inputs..<($0 + 1) * inputs]) }
        var truth = Truth(columns: sample.outputs)
        for row in x {
            for (output, column) in w.enumerated() {
                let sum = zip(row.values, column.values).reduce(0) { $0 + $1.0 * $1.1 }
                let product = Double(sum) * Double(row.scale) * Double(column.scale)
                let bias = Double(sample.bias[output])
                // Exact in integers: what is left is the rounding of two scales, two products and a sum.
                truth.append(product + bias, allowed: 2 * Tolerance.product * (abs(product) + abs(bias)))
            }
        }
        try sample.run(.int8, truth)
    }

    @Test func attentionInBfloat16() throws {
        let pairs = Self.pairs(.bf16)
        guard !pairs.isEmpty else { return }
        var references = [8, 20, 32, 64].map { AttentionReference(sequences: AttentionTests.short, headSize: $0) }
        references.append(
            AttentionReference(
                sequences: [13, 40].map { CounterNumbers(seed: UInt64($0)).gappedPositions($0) }, heads: 3,
                rows: .init(span: 16, far: .logarithmic(limit: 100))))
        for reference in references {
            try reference.truth(bound: Tolerance.bfloat16Attention).check("bf16 \(reference.headSize)", on: pairs) {
                try reference.run($0, $1, precision: .bf16)
            }
        }
    }

    @Test func aPrecisionThatIsAbsentIsRefused() throws {
        let device = try Device.cpu(threads: 1, instructionSet: .portable)
        #expect(device.lacks(.fp32) == nil && device.lacks(.bf16) != nil && device.lacks(.int8) != nil)
        #expect(throws: ComputeError.self) { try PackedWeight(outputs: 4, inputs: 4, precision: .bf16, on: device) }
        let resolved = device.resolve(.int8)
        #expect(resolved.used == .fp32 && resolved.replaced == .int8 && resolved.lacking != nil)
        #expect(device.resolve(.auto).replaced == nil && device.resolve(.auto).used == .fp32)
        #expect(device.resolve(.fp32).replaced == nil)
    }
}
