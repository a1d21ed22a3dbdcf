// Truth: `fill`, which PackedWeightTests holds to the definition: the same matrix, turned and joined in this file, has to
// give the same packed bytes.
import ErlangshenCompute
import Testing

@Suite struct PackedWeightUpdateTests {
    /// A matrix [rows, columns] turned.
    static func turned(_ x: [Float], rows: Int) -> [Float] {
        let columns = x.count / rows
        return (0..<x.count).map { x[$0 % rows * columns + $0 / rows] }
    }

    static func bytes(_ weight: PackedWeight) throws -> [UInt8] {
        try #require(weight.withPackedBytes { Array($0) })
    }

    static func filled(
        _ values: [Float], outputs: Int, taps: Int = 1, _ precision: Precision, on device: Device
    ) throws -> [UInt8] {
        let weight = try PackedWeight(
            outputs: outputs, inputs: values.count / outputs, precision: precision, on: device)
        try values.withUnsafeBytes { try weight.fill($0, type: .float32, rows: outputs, taps: taps) }
        return try bytes(weight)
    }

    /// Fills a weight with ones, updates it and compares it with the packed form of `expected`.
    static func check(
        _ what: String, outputs: Int, expected: [Float], taps: Int = 1, update: (PackedWeight, Device) throws -> Void
    ) throws {
        for precision in [Precision.fp32, .bf16] {
            for pair in PrecisionTests.pairs(precision) {
                let truth = try filled(expected, outputs: outputs, taps: taps, precision, on: pair.one)
                for device in [pair.one, pair.three] {
                    let weight = try PackedWeight(
                        outputs: outputs, inputs: expected.count / outputs, precision: precision, on: device)
                    try [Float](repeating: 1, count: expected.count).withUnsafeBytes {
                        try weight.fill($0, type: .float32, rows: outputs)
                    }
                    try update(weight, device)
                    #expect(try bytes(weight) == truth, "\(what) in \(precision) on \(pair.name)")
                }
            }
        }
    }

    static let sizes = [(1, 1), (1, 70), (33, 1), (14, 64), (32, 33), (67, 129), (300, 31), (97, 200)]

    @Test(arguments: sizes) func wholeMatrices(size: (outputs: Int, inputs: Int)) throws {
        let x = CounterNumbers(seed: 1).floats(size.outputs * size.inputs)
        try Self.check("\(size)", outputs: size.outputs, expected: x) { weight, device in
            try weight.update(Tensor(x, rows: size.outputs, on: device))
        }
        let turned = Self.turned(x, rows: size.outputs)
        try Self.check("\(size), turned", outputs: size.inputs, expected: turned) { weight, device in
            try weight.update(Tensor(x, rows: size.outputs, on: device), transposed: true)
        }
    }

    /// Three matrices of [C, C] one below the other, as queries, keys and values are; odd parts share words in bf16.
    @Test(arguments: [1, 5, 32, 36, 71]) func joinedMatrices(width: Int) throws {
        let parts = (0..<3).map { CounterNumbers(seed: UInt64($0)).floats(width * width) }
        let joined = parts.flatMap(\.self)
        try Self.check("C \(width)", outputs: 3 * width, expected: joined) { weight, device in
            for (index, part) in parts.enumerated().reversed() {
                try weight.update(
                    Tensor(part, rows: width, on: device), rows: index * width..<(index + 1) * width)
            }
        }
        let turned = Self.turned(joined, rows: 3 * width)
        try Self.check("C \(width), turned", outputs: width, expected: turned) { weight, device in
            for (index, part) in parts.enumerated() {
                try weight.update(
                    Tensor(part, rows: width, on: device), columns: index * width..<(index + 1) * width,
                    transposed: true)
            }
        }
    }

    /// A part inside a matrix: what is around it stays.
    @Test(arguments: [false, true]) func partsInside(transposed: Bool) throws {
        let (outputs, inputs, rows, columns) = (70, 45, 13..<51, 3..<32)
        let x = CounterNumbers(seed: 3).floats(rows.count * columns.count)
        var expected = [Float](repeating: 1, count: outputs * inputs)
        for (r, row) in rows.enumerated() {
            for (c, column) in columns.enumerated() {
                expected[row * inputs + column] = x[transposed ? c * rows.count + r : r * columns.count + c]
            }
        }
        try Self.check("a part", outputs: outputs, expected: expected) { weight, device in
            try weight.update(
                Tensor(x, rows: 1, on: device), rows: rows, columns: columns, transposed: transposed)
        }
    }

    @Test(arguments: [(12, 3), (5, 5), (33, 2), (40, 3)]) func taps(channels: Int, taps: Int) throws {
        let x = CounterNumbers(seed: 4).floats(channels * channels * taps)  // [outputs, inputs, taps]
        try Self.check("K \(taps)", outputs: channels, expected: x, taps: taps) { weight, device in
            try weight.update(Tensor(x, rows: channels, on: device), taps: taps)
        }
        let reversed = (0..<x.count).map { index in  // [inputs, outputs, taps], last tap first
            let (input, output) = (index / (channels * taps), index / taps % channels)
            return x[(output * channels + input) * taps + taps - 1 - index % taps]
        }
        try Self.check("K \(taps), turned", outputs: channels, expected: reversed, taps: taps) { weight, device in
            try weight.update(Tensor(x, rows: channels, on: device), taps: taps, transposed: true)
        }
    }

    @Test func refusesWhatDoesNotFit() throws {
        let refused = ComputeError.failed(operation: "updating weights", status: 2)
        for pair in DevicePair.own {
            let weight = try PackedWeight(outputs: 8, inputs: 6, on: pair.one)
            for (rows, columns) in [(1..<9, 0..<6), (0..<8, 1..<7), (-1..<7, 0..<6), (3..<3, 0..<6), (0..<8, 6..<6)] {
                let part = try Tensor(
                    rows: rows.count, columns: columns.count, on: pair.one, purpose: "a test")
                #expect(throws: refused) { try weight.update(part, rows: rows, columns: columns) }
            }
            let part = try Tensor(rows: 8, columns: 3, on: pair.one, purpose: "a test")
            #expect(throws: refused) { try weight.update(part, columns: 0..<3, taps: 3) }
            let whole = try Tensor(rows: 8, columns: 6, on: pair.one, purpose: "a test")
            #expect(throws: refused) { try weight.update(whole, taps: 4) }
        }
        for pair in PrecisionTests.pairs(.int8) {
            let weight = try PackedWeight(outputs: 8, inputs: 6, precision: .int8, on: pair.one)
            let whole = try Tensor(rows: 8, columns: 6, on: pair.one, purpose: "a test")
            #expect(throws: ComputeError.failed(operation: "updating weights", status: 3)) { try weight.update(whole) }
        }
    }

    /// oneDNN's own form is not written anew; a weight made as `gathered` is in the library's.
    @Test func besideOneDNN() throws {
        let x = CounterNumbers(seed: 5).floats(40 * 9)
        for pair in DevicePair.all where pair.name == "oneDNN" {
            let values = try Tensor(x, rows: 40, on: pair.one)
            let closed = try PackedWeight(outputs: 40, inputs: 9, on: pair.one)
            #expect(throws: ComputeError.failed(operation: "updating weights", status: 3)) { try closed.update(values) }
            let open = try PackedWeight(outputs: 40, inputs: 9, gathered: true, on: pair.one)
            try open.update(values)
            let found = try PackedWeightTests.transposed(open, pair.one, Workspace(on: pair.one)).values
            #expect(found == Self.turned(x, rows: 40))
        }
    }
}
