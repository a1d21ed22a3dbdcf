// Truth: Philox in Reference/Philox.swift, itself held against the known answers of its authors' library Random123
// (tests/kat_vectors, lines philox4x32 10).
import ErlangshenCompute
import ErlangshenTestSupport
import Testing

@Suite struct DropoutTests {
    static func keys(_ count: Int) -> [UInt64] { (0..<count).map { CounterNumbers(seed: 11).bits($0) } }

    @Test func philoxGivesTheKnownAnswers() {
        #expect(
            Philox.words(counter: [0, 0, 0, 0], key: [0, 0]) == [0x6627_e8d5, 0xe169_c58d, 0xbc57_ac4c, 0x9b00_dbd8])
        #expect(
            Philox.words(counter: [.max, .max, .max, .max], key: [.max, .max])
                == [0x408f_276d, 0x41c8_3b0e, 0xa20b_c7c6, 0x6d54_51fd])
        #expect(
            Philox.words(
                counter: [0x243f_6a88, 0x85a3_08d3, 0x1319_8a2e, 0x0370_7344], key: [0xa409_3822, 0x299f_31d0])
                == [0xd16c_fe09, 0x94fd_cceb, 0x5001_e420, 0x2412_6ea1])
    }

    @Test(arguments: [1, 3, 4, 5, 31, 33, 64, 768], [Float(0), 0.1, 0.5, 0.999])
    func dropsWhatPhiloxSays(columns: Int, probability: Float) throws {
        let rows = 19
        let x = CounterNumbers(seed: 1).floats(rows * columns, width: 3), keys = Self.keys(rows)
        for stream in [0, 7, UInt32.max] {
            var truth = Truth(columns: columns)
            for row in 0..<rows {
                for c in 0..<columns {
                    let factor = Philox.factor(c, key: keys[row], stream: stream, probability: probability)
                    let value = Double(x[row * columns + c]) * factor
                    truth.append(value, allowed: factor == 1 ? 0 : Tolerance.sum * abs(value))
                }
            }
            try truth.check("dropout \(probability), C \(columns), stream \(stream)") { device, workspace in
                let dropout = try Dropout(keys: workspace.rowKeys(keys), probability: probability, stream: stream)
                return try device.dropout(Tensor(x, rows: rows, on: device), dropout).read()
            }
        }
    }

    @Test(arguments: [Float(1), -0.1, 1.5, .nan, .infinity])
    func refusesProbabilities(probability: Float) throws {
        let workspace = Workspace(on: try Device.cpu(threads: 1))
        let keys = try workspace.rowKeys([1])
        #expect(
            throws: ComputeError.invalidSetting(
                name: "dropout", value: "\(probability)", allowed: "at least 0 and below 1")
        ) {
            try Dropout(keys: keys, probability: probability, stream: 0)
        }
    }
}
