// Truth: the same product in Double, element by element, in this file.
import ErlangshenCompute
import ErlangshenTestSupport
import Testing

@Suite struct LinearTests {
    /// Values from a counter, in −1…1.
    static func values(_ count: Int, seed: UInt64) -> [Float] {
        (0..<count).map { index in
            var z = (seed &* 0x9E37_79B9_7F4A_7C15) &+ UInt64(index) &* 0xBF58_476D_1CE4_E5B9
            z = (z ^ (z >> 31)) &* 0x94D0_49BB_1331_11EB
            return Float(Int32(truncatingIfNeeded: z >> 32)) / Float(Int32.max)
        }
    }

    static func tensor(_ values: [Float], rows: Int, on device: Device) throws -> Tensor {
        let tensor = try Tensor(rows: rows, columns: values.count / rows, on: device, purpose: "a test")
        try values.withUnsafeBytes { try tensor.fill($0, type: .float32) }
        return tensor
    }

    static let devices = InstructionSet.allCases.compactMap {
        try? Device.cpu(threads: 2, instructionSet: $0, products: .own)
    }

    @Test(arguments: [(1, 1, 1), (1, 40, 33), (13, 31, 64), (15, 33, 65), (29, 64, 400), (300, 97, 50), (2, 2, 1000)])
    func agreesWithDouble(rows: Int, outputs: Int, inputs: Int) throws {
        let x = Self.values(rows * inputs, seed: 1), w = Self.values(outputs * inputs, seed: 2)
        let bias = Self.values(outputs, seed: 3)
        for device in Self.devices {
            let workspace = Workspace(on: device)
            let weight = try PackedWeight(outputs: outputs, inputs: inputs, on: device)
            try w.withUnsafeBytes { try weight.fill($0, type: .float32, rows: outputs) }
            let y = try workspace.tensor(rows: rows, columns: outputs)
            try device.linear(
                try Self.tensor(x, rows: rows, on: device), into: y, weight: weight,
                bias: try Self.tensor(bias, rows: 1, on: device), in: workspace)
            let found = try y.read()
            for row in 0..<rows {
                for output in 0..<outputs {
                    var sum = Double(bias[output]), magnitude = abs(sum)
                    for input in 0..<inputs {
                        let term = Double(x[row * inputs + input]) * Double(w[output * inputs + input])
                        sum += term
                        magnitude += abs(term)
                    }
                    let distance = abs(Double(found.values[row * outputs + output]) - sum)
                    #expect(
                        distance <= Tolerance.product * magnitude + 1e-9,
                        "[\(row), \(output)] on \(device.description): \(distance)")
                }
            }
        }
    }
}
