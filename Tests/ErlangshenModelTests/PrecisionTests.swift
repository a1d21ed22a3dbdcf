// Truth: the logits of every row in fp32, which GoldenTests hold to transformers.
import ErlangshenCompute
import ErlangshenModel
import ErlangshenTestSupport
import Testing

@Suite struct PrecisionTests {
    /// The cases with a masked-language head.
    static let cases = GoldenTests.cases.filter { name in
        guard let device = GoldenTests.devices.first else { return false }
        return (try? EncoderForMaskedLM(directory: GoldenTests.root + "/" + name, device: device)) != nil
    }

    @Test func mostCasesHaveTheHead() { #expect(Self.cases.count > 30) }

    @Test(arguments: cases) func selectedRowsAreThoseOfTheWhole(name: String) throws {
        let golden = try Golden(folder: GoldenTests.root + "/" + name)
        let batch = try golden.batch()
        let last = batch.tokenCount - 1
        // In no order, and one of them twice.
        let rows = [last, 0, batch.tokenCount / 2, last, min(1, last)]
        for device in GoldenTests.devices {
            for precision in Precision.allCases where device.lacks(precision) == nil {
                let model = try EncoderForMaskedLM(directory: golden.folder, device: device, precision: precision)
                let whole = try model.logits(batch)
                let selected = try model.logits(batch, rows: rows)
                #expect(
                    selected.values == rows.flatMap { whole.row($0) }, "\(precision) on \(device.description)")
            }
        }
    }

    @Test(arguments: ["published", "wide_buckets", "bert", "bert_long"], [Precision.bf16, .int8])
    func lowPrecisionIsNear(name: String, precision: Precision) throws {
        let golden = try Golden(folder: GoldenTests.root + "/" + name)
        let device = try Device.cpu(threads: 2)
        if let reason = device.lacks(precision) {
            print("skipped: \(precision.rawValue): \(reason)")
            return
        }
        let exact = try EncoderForMaskedLM(directory: golden.folder, device: device).logits(golden.batch())
        let model = try EncoderForMaskedLM(directory: golden.folder, device: device, precision: precision)
        let found = try model.logits(golden.batch())
        let error = zip(found.values, exact.values).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
        let size = exact.values.reduce(0) { $0 + $1 * $1 }
        let relative = (error / size).squareRoot()
        let int8 = name == "bert" ? Tolerance.int8GoldenBert : Tolerance.int8Golden
        let bound = precision == .bf16 ? Tolerance.bfloat16Golden : int8
        #expect(relative <= bound && relative > 0, "\(relative)")
    }

    @Test(arguments: ["wide_buckets", "bert_long"]) func neighboursAndThreadsDoNotChangeABit(name: String) throws {
        let golden = try Golden(folder: GoldenTests.root + "/" + name)
        let all = try golden.batch()
        let alone = try GoldenTests.lastSequence(of: all)
        let (one, three) = (try Device.cpu(threads: 1), try Device.cpu(threads: 3))
        for precision in [Precision.bf16, .int8] where one.lacks(precision) == nil {
            let model = try EncoderForMaskedLM(directory: golden.folder, device: one, precision: precision)
            let together = try model.logits(all, rows: Array(all.offsets[1]..<all.tokenCount))
            #expect(try model.logits(alone).values == together.values)
            let wide = try EncoderForMaskedLM(directory: golden.folder, device: three, precision: precision)
            #expect(try wide.logits(all).values == model.logits(all).values)
        }
    }
}
