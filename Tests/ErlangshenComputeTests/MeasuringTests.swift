// A rate has no truth that a test without a clock could hold it to: what is checked is that it is there on every
// instruction set, in each precision that the set has and no other.
import ErlangshenCompute
import Testing

@Suite(.serialized) struct MeasuringTests {
    @Test func everyInstructionSetHasAPeak() throws {
        #expect(!DevicePair.own.isEmpty)
        for pair in DevicePair.own {
            for precision in Precision.allCases {
                guard let reason = pair.one.lacks(precision) else {
                    let rate = try pair.one.measurePeak(precision)
                    #expect(rate > 0 && rate.isFinite, "\(precision) on \(pair.name)")
                    continue
                }
                #expect(throws: ComputeError.unavailable(name: precision.rawValue, reason: reason)) {
                    try pair.one.measurePeak(precision)
                }
            }
        }
    }

    @Test func memoryHasABandwidth() throws {
        let rate = try Device.cpu(threads: 2).measureBandwidth()
        #expect(rate > 0 && rate.isFinite)
    }
}
