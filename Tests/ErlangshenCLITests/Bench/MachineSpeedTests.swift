// Rates are made up, so that the floor can be told by hand from the counts that ForwardCostTests hold.
import ErlangshenCompute
import ErlangshenModel
import Foundation
import Testing

@testable import ErlangshenCLI

struct MachineSpeedTests {
    private func cost(_ head: ForwardCost.Head) throws -> ForwardCost {
        let config = try EncoderConfig(directory: ErlangshenProcess.goldens + "/three-labels")
        return ForwardCost(config: config, lengths: [3, 2], head: head)
    }

    @Test func `the longer of arithmetic and reading is the floor`() throws {
        let cost = try cost(.classifier)
        #expect(cost.float32Operations > 0 && cost.attentionOperations > 0)
        let peaks: [Precision: Double] = [.fp32: 1, .bf16: 2, .int8: 4]
        let arithmetic: [(Precision, Double)] = [
            (.fp32, cost.operations),
            (.bf16, (cost.productOperations + cost.attentionOperations) / 2 + cost.float32Operations),
            (.int8, cost.productOperations / 4 + cost.attentionOperations / 2 + cost.float32Operations),
        ]
        for ((precision, seconds), bytes) in zip(arithmetic, [4.0, 2, 1]) {
            let fast = MachineSpeed(precision: precision, peaks: peaks, bandwidth: .infinity)
            #expect(fast.floor(cost) == seconds, "\(precision)")
            let slow = MachineSpeed(precision: precision, peaks: peaks, bandwidth: 1e-9)
            let read = cost.weightCount * bytes + cost.float32WeightCount * 4
            #expect(slow.weightBytes(cost) == read && slow.floor(cost) == read / 1e-9, "\(precision)")
        }
    }

    @Test func `measures what a precision needs`() throws {
        let device = try Device.cpu(threads: 1)
        for precision in Precision.allCases where device.lacks(precision) == nil {
            let speed = try MachineSpeed(measuring: device, precision: precision)
            #expect(Set(speed.peaks.keys) == Set([.fp32, precision.ofAttention, precision]))
            #expect(speed.peaks.values.allSatisfy { $0 > 0 } && speed.bandwidth > 0)
            let higher = try MachineSpeed(measuring: device, precision: precision, seen: [precision: 1e30])
            #expect(higher.peaks[precision] == 1e30 && higher.peaks.count == speed.peaks.count)
        }
    }
}
