// Truth: Double, in this file; rows that are only copied keep every bit.
import ErlangshenCompute
import ErlangshenTestSupport
import Foundation
import Testing

@Suite struct RowOperationTests {
    @Test(arguments: [1, 7, 33, 40], [(false, false), (true, false), (false, true), (true, true)])
    func embedding(columns: Int, tables: (position: Bool, type: Bool)) throws {
        let (vocabulary, count) = (300, 37)
        let word = CounterNumbers(seed: 1).floats(vocabulary * columns)
        let position = CounterNumbers(seed: 2).floats(50 * columns), type = CounterNumbers(seed: 3).floats(2 * columns)
        let ids = [0, 299, 0] + CounterNumbers(seed: 4).integers(count - 3, below: vocabulary)
        let positions = CounterNumbers(seed: 5).integers(count, below: 50)
        let types = CounterNumbers(seed: 6).integers(count, below: 2)
        var truth = Truth(columns: columns)
        for row in 0..<count {
            for c in 0..<columns {
                let w = Double(word[Int(ids[row]) * columns + c])
                let p = tables.position ? Double(position[Int(positions[row]) * columns + c]) : 0
                let t = tables.type ? Double(type[Int(types[row]) * columns + c]) : 0
                let isCopy = !tables.position && !tables.type
                truth.append(w + p + t, allowed: isCopy ? 0 : Tolerance.sum * (abs(w) + abs(p) + abs(t)))
            }
        }
        try truth.check("embedding", on: DevicePair.all) { device, workspace in
            try device.embedding(
                word: PackedWeight(word, outputs: vocabulary, gathered: true, on: device),
                position: tables.position ? Tensor(position, rows: 50, on: device) : nil,
                type: tables.type ? Tensor(type, rows: 2, on: device) : nil, ids: workspace.integers(ids),
                positions: workspace.integers(positions), types: tables.type ? workspace.integers(types) : nil,
                in: workspace
            ).read()
        }
    }

    @Test(arguments: [1, 7, 33, 768])
    func gather(columns: Int) throws {
        let x = CounterNumbers(seed: 1).floats(23 * columns)
        let rows = [22, 0, 0] + CounterNumbers(seed: 2).integers(18, below: 23)
        var truth = Truth(columns: columns)
        for row in rows { for c in 0..<columns { truth.append(Double(x[Int(row) * columns + c])) } }
        try truth.check("gather") { device, workspace in
            try device.gather(Tensor(x, rows: 23, on: device), rows: workspace.integers(rows), in: workspace).read()
        }
    }

    @Test(arguments: [1, 2, 7, 33, 1_000], [Float(0), 1_000, -1_000])
    func logSoftmax(columns: Int, offset: Float) throws {
        let rows = 11
        var x: [Float] = []
        for row in 0..<rows {  // rows from nearly equal to far apart
            x += CounterNumbers(seed: UInt64(row)).floats(columns, width: 0.01 * Float(1 << row) * 8, around: offset)
        }
        if columns > 2 { x[1] = -.infinity }
        var truth = Truth(columns: columns)
        for row in 0..<rows {
            let values = x[row * columns..<(row + 1) * columns].map(Double.init)
            let largest = values.max() ?? 0
            let logSum = largest + log(values.reduce(0) { $0 + exp($1 - largest) })
            for value in values {
                let size = value.isInfinite ? 0 : abs(value) + abs(logSum) + 1
                truth.append(value - logSum, allowed: Tolerance.logSoftmax * size)
            }
        }
        try truth.check("log-softmax") { device, _ in
            try device.logSoftmax(Tensor(x, rows: rows, on: device)).read()
        }
    }
}
