// Truth: the table itself; packed and unpacked it is the same, in bf16 rounded to the nearest.
import ErlangshenCompute
import Testing

@Suite struct RelativeTableTests {
    @Test(arguments: [(2, 1, 8), (16, 3, 20), (30, 2, 5), (512, 2, 64)], [true, false])
    func unpackingGivesBackWhatWasPacked(shape: (rows: Int, heads: Int, size: Int), reversed: Bool) throws {
        let columns = shape.heads * shape.size
        let values = CounterNumbers(seed: 5).floats(shape.rows * columns)
        for pair in DevicePair.own {
            for precision in [Precision.fp32, .bf16] where pair.one.lacks(precision) == nil {
                let workspace = Workspace(on: pair.one)
                let table = try RelativeTable(
                    Tensor(values, rows: shape.rows, on: pair.one), heads: shape.heads, reversed: reversed,
                    precision: precision, on: pair.one)
                let x = try workspace.tensor(rows: shape.rows, columns: columns)  // [R, H·D]
                try table.unpack(into: x, heads: shape.heads, reversed: reversed)
                let expected = precision == .fp32 ? values : values.map(Self.rounded)
                #expect(try x.read().values == expected, "\(shape) in \(precision) on \(pair.name)")
            }
        }
    }

    /// To the nearest bfloat16, the even one of two that are equally near.
    private static func rounded(_ value: Float) -> Float {
        let bits = value.bitPattern
        return Float(bitPattern: (bits &+ 0x7FFF &+ (bits >> 16 & 1)) & 0xFFFF_0000)
    }
}
