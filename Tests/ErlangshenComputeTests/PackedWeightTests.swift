// Truth: the matrix itself; a product with the identity gives back its numbers, exactly.
import ErlangshenCompute
import Testing

@Suite struct PackedWeightTests {
    /// Wᵀ of a weight [O, I]: x is the identity [I, I].
    static func transposed(_ weight: PackedWeight, _ device: Device, _ workspace: Workspace) throws -> Matrix {
        let size = weight.inputs
        let identity = (0..<size * size).map { Float($0 % (size + 1) == 0 ? 1 : 0) }  // [I, I]
        let y = try workspace.tensor(rows: size, columns: weight.outputs)  // [I, O]
        try device.linear(
            Tensor(identity, rows: size, on: device), into: y, weight: weight, bias: nil, in: workspace)
        return try y.read()
    }

    /// Halves and bfloat16 with a finite value, as their patterns.
    static func patterns(_ count: Int, exponentMask: UInt16) -> [UInt16] {
        (0..<count).map {
            let pattern = UInt16(truncatingIfNeeded: CounterNumbers(seed: 8).bits($0))
            return pattern & exponentMask == exponentMask ? 0x3c00 : pattern
        }
    }

    static func check<Stored>(
        _ stored: [Stored], _ type: ElementType, outputs: Int, values: (Stored) -> Double
    ) throws {
        let inputs = stored.count / outputs
        var truth = Truth(columns: outputs)
        for input in 0..<inputs { for output in 0..<outputs { truth.append(values(stored[output * inputs + input])) } }
        let bytes = [0] + stored.withUnsafeBytes(Array.init)
        try truth.check("\(type), \(outputs) rows", on: DevicePair.all) { device, workspace in
            let weight = try PackedWeight(outputs: outputs, inputs: inputs, on: device)
            for first in stride(from: 0, to: outputs, by: PackedWeight.fillRows) {
                let rows = min(PackedWeight.fillRows, outputs - first)
                let size = inputs * type.byteCount
                try bytes.withUnsafeBytes {
                    let part = $0[1 + first * size..<1 + (first + rows) * size]
                    try weight.fill(.init(rebasing: part), type: type, firstRow: first, rows: rows)
                }
            }
            return try Self.transposed(weight, device, workspace)
        }
    }

    @Test(arguments: [1, 33, 256, 300, 515])
    func readsEveryTypeInParts(outputs: Int) throws {
        let floats = CounterNumbers(seed: 7).floats(outputs * 67)
        try Self.check(floats, .float32, outputs: outputs) { Double($0) }
        try Self.check(floats.map(Double.init), .float64, outputs: outputs) { $0 }
        let halves = Self.patterns(outputs * 67, exponentMask: 0x7c00)
        try Self.check(halves, .float16, outputs: outputs, values: StoredNumber.half)
        let brains = Self.patterns(outputs * 67, exponentMask: 0x7f80).map { $0 & 0x7f80 == 0 ? 0 : $0 }
        try Self.check(brains, .bfloat16, outputs: outputs, values: StoredNumber.brain)
    }

    @Test func refusesWhatCannotBePacked() throws {
        for pair in DevicePair.all {
            #expect(throws: ComputeError.self) { try PackedWeight(outputs: 0, inputs: 4, on: pair.one) }
            #expect(throws: ComputeError.self) { try PackedWeight(outputs: 4, inputs: 1 << 60, on: pair.one) }
            let weight = try PackedWeight(outputs: 300, inputs: 2, on: pair.one)
            let part = [Float](repeating: 0, count: 2 * 44)
            for first in [-256, 1, 255, 512, .max - 100] {
                #expect(throws: ComputeError.failed(operation: "packing weights", status: 2), "row \(first)") {
                    try part.withUnsafeBytes { try weight.fill($0, type: .float32, firstRow: first, rows: 44) }
                }
            }
            #expect(throws: ComputeError.self) {
                try part.withUnsafeBytes { try weight.fill($0, type: .float32, firstRow: 256, rows: 44, taps: 3) }
            }
        }
    }
}
