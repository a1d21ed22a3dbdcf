// Truth: sums in Double, in this file.
import ErlangshenCompute
import ErlangshenTestSupport
import Testing

@Suite struct RowGradientTests {
    /// What a table of `entries` rows becomes when rows of dy are added to it.
    static func append(_ start: [Float], _ dy: [Float], _ rows: [Int32], columns: Int, to truth: inout Truth) {
        var sums = start.map(Double.init), sizes = start.map { abs(Double($0)) }
        for (row, entry) in rows.enumerated() {
            for c in 0..<columns {
                sums[Int(entry) * columns + c] += Double(dy[row * columns + c])
                sizes[Int(entry) * columns + c] += abs(Double(dy[row * columns + c]))
            }
        }
        for (sum, size) in zip(sums, sizes) { truth.append(sum, allowed: Tolerance.product * size) }
    }

    /// Words that come often, once and never.
    @Test(arguments: [1, 7, 64, 65, 200], [true, false])
    func embedding(columns: Int, hasTables: Bool) throws {
        let count = 90
        let ids = [0, 39, 0] + CounterNumbers(seed: 4).integers(count - 3, below: 25)
        let positions = CounterNumbers(seed: 5).integers(count, below: 50)
        let types = CounterNumbers(seed: 6).integers(count, below: 2)
        let dy = CounterNumbers(seed: 7).floats(count * columns)
        let start = CounterNumbers(seed: 8).floats(92 * columns)
        let (word, position, type) = (40 * columns, 90 * columns, 92 * columns)
        var truth = Truth(columns: columns)
        Self.append(Array(start[..<word]), dy, ids, columns: columns, to: &truth)
        Self.append(Array(start[word..<position]), dy, hasTables ? positions : [], columns: columns, to: &truth)
        Self.append(Array(start[position..<type]), dy, hasTables ? types : [], columns: columns, to: &truth)
        try truth.check("embedding, C \(columns)") { device, workspace in
            let tables = try Tensor(start, rows: 92, on: device)
            try device.embeddingBackward(
                Tensor(dy, rows: count, on: device), dword: tables.rows(0..<40),
                dposition: hasTables ? tables.rows(40..<90) : nil, dtype: hasTables ? tables.rows(90..<92) : nil,
                ids: workspace.integers(ids), positions: workspace.integers(positions),
                types: hasTables ? workspace.integers(types) : nil)
            return try tables.read()
        }
    }

    /// The row of padding keeps what it had, and all others get what they get without one.
    @Test func paddingGetsNothing() throws {
        let (count, columns, padding) = (30, 65, Int32(3))
        let ids = CounterNumbers(seed: 4).integers(count, below: 5)
        let dy = CounterNumbers(seed: 7).floats(count * columns)
        let start = CounterNumbers(seed: 8).floats(5 * columns)
        #expect(ids.contains(padding))
        var truth = Truth(columns: columns)
        let rest = ids.indices.filter { ids[$0] != padding }
        let kept = rest.flatMap { dy[$0 * columns..<($0 + 1) * columns] }
        Self.append(start, kept, rest.map { ids[$0] }, columns: columns, to: &truth)
        try truth.check("embedding with padding") { device, workspace in
            let table = try Tensor(start, rows: 5, on: device)
            let places = try workspace.integers(ids)
            try device.embeddingBackward(
                Tensor(dy, rows: count, on: device), dword: table, dposition: nil, dtype: nil, ids: places,
                positions: places, types: nil, padding: Int(padding))
            return try table.read()
        }
    }

    @Test(arguments: [1, 7, 65, 768])
    func scatter(columns: Int) throws {
        let rows = [22, 0, 0] + CounterNumbers(seed: 2).integers(18, below: 23)
        let dy = CounterNumbers(seed: 1).floats(rows.count * columns)
        let start = CounterNumbers(seed: 3).floats(23 * columns)
        var truth = Truth(columns: columns)
        Self.append(start, dy, rows, columns: columns, to: &truth)
        try truth.check("scatter") { device, workspace in
            let dx = try Tensor(start, rows: 23, on: device)
            try device.scatter(
                Tensor(dy, rows: rows.count, on: device), rows: workspace.integers(rows), addingTo: dx)
            return try dx.read()
        }
    }
}
