import Synchronization
import Testing

@testable import ErlangshenCompute

@Suite struct WorkspacePartsTests {
    @Test(arguments: [1, 2, 5, 64, 129, 1000]) func coversEveryRowOnce(rows: Int) throws {
        for pair in DevicePair.all {
            for device in [pair.one, pair.three] {
                let counts = Mutex([Int](repeating: 0, count: rows))
                try Workspace(on: device).inParts(rows) { range, _ in
                    counts.withLock { counts in for row in range { counts[row] += 1 } }
                }
                #expect(counts.withLock { $0.allSatisfy { $0 == 1 } }, "\(pair.name), \(device.threadCount) threads")
            }
        }
    }

    @Test func throwsWhatTheFirstPartThrew() throws {
        for pair in DevicePair.own {
            #expect(throws: ComputeError.failed(operation: "part of 0", status: 7)) {
                try Workspace(on: pair.three).inParts(200) { range, _ throws(ComputeError) in
                    throw .failed(operation: "part of \(range.lowerBound)", status: 7)
                }
            }
        }
    }

    /// A product in parts has the bits of one over all rows, and memory of one part does not reach into another's.
    @Test func partsHaveTheBitsOfTheWhole() throws {
        let (rows, inputs, outputs) = (150, 70, 90)
        let x = CounterNumbers(seed: 1).floats(rows * inputs), w = CounterNumbers(seed: 2).floats(outputs * inputs)
        for pair in DevicePair.own {
            for device in [pair.one, pair.three] {
                let weight = try PackedWeight(outputs: outputs, inputs: inputs, precision: .fp32, on: device)
                try w.withUnsafeBytes { try weight.fill($0, type: .float32, rows: outputs) }
                let input = try Tensor(x, rows: rows, on: device)
                let workspace = Workspace(on: device)
                let whole = try workspace.tensor(rows: rows, columns: outputs)
                try device.linear(input, into: whole, weight: weight, bias: nil, in: workspace)
                let parts = try workspace.tensor(rows: rows, columns: outputs)
                try workspace.inParts(rows) { range, workspace throws(ComputeError) in
                    let y = try workspace.tensor(rows: range.count, columns: outputs)
                    try device.linear(input.rows(range), into: y, weight: weight, bias: nil, in: workspace)
                    try device.linear(
                        input.rows(range), into: parts.rows(range), weight: weight, bias: nil, in: workspace)
                    #expect(try y.read() == parts.rows(range).read())
                }
                #expect(try whole.read() == parts.read(), "\(pair.name), \(device.threadCount) threads")
            }
        }
    }
}
