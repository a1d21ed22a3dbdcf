import ErlangshenCompute
import ErlangshenJSON
import ErlangshenModel

/// What this machine can do at best, and the time that a pass takes by that at least.
struct MachineSpeed {
    /// The model's.
    let precision: Precision
    /// Operations a second, out of registers, in all threads.
    let peaks: [Precision: Double]
    /// Bytes a second, out of memory, by all threads.
    let bandwidth: Double

    init(precision: Precision, peaks: [Precision: Double], bandwidth: Double) {
        self.precision = precision
        self.peaks = peaks
        self.bandwidth = bandwidth
    }

    /// Measures what passes in `precision` need; a peak that was `seen` higher before stands.
    ///
    /// Other work may slow one measurement down, and a floor that is too high flatters.
    init(measuring device: Device, precision: Precision, seen: [Precision: Double] = [:]) throws(ComputeError) {
        let peaks = try Self.peaks(of: device, precision: precision).merging(seen, uniquingKeysWith: max)
        self.init(precision: precision, peaks: peaks, bandwidth: try device.measureBandwidth())
    }

    /// The peaks of every precision that passes in `precision` compute in.
    static func peaks(of device: Device, precision: Precision) throws(ComputeError) -> [Precision: Double] {
        var peaks: [Precision: Double] = [:]
        for needed in Set([.fp32, precision.ofAttention, precision]) {
            peaks[needed] = try device.measurePeak(needed)
        }
        return peaks
    }

    /// Seconds: the operations at their peaks or the weights' bytes at the bandwidth, whichever takes longer.
    func floor(_ cost: ForwardCost) -> Double {
        let arithmetic =
            seconds(cost.productOperations, precision) + seconds(cost.attentionOperations, precision.ofAttention)
            + seconds(cost.float32Operations, .fp32)
        return max(arithmetic, weightBytes(cost) / bandwidth) + cost.optimiserBytes / bandwidth
    }

    func weightBytes(_ cost: ForwardCost) -> Double {
        let bytesPerWeight =
            switch precision {
            case .fp32: 4
            case .bf16: 2
            case .int8: 1
            }
        return cost.weightBytes(bytesPerWeight: bytesPerWeight)
    }

    /// The parts of the floor of one pass, for `--json`.
    func json(_ cost: ForwardCost) -> JSONValue {
        [
            "product_operations": .double(cost.productOperations),
            "attention_operations": .double(cost.attentionOperations),
            "float32_operations": .double(cost.float32Operations), "weight_bytes": .double(weightBytes(cost)),
            "optimiser_bytes": .double(cost.optimiserBytes),
            "peak_operations_per_second": .object(
                JSONObject(
                    Precision.allCases.compactMap { precision in
                        peaks[precision].map { (key: precision.rawValue, value: .double($0)) }
                    })),
            "bandwidth_bytes_per_second": .double(bandwidth),
        ]
    }

    /// A line for people.
    var description: String {
        let rates = Precision.allCases.compactMap { precision in
            peaks[precision].map { "\(precision.rawValue) \(NumberText.fixed($0 / 1e9, 0)) GFLOP/s" }
        }
        return "at best, all threads: " + rates.joined(separator: ", ")
            + ", memory \(NumberText.fixed(bandwidth / 1e9, 1)) GB/s"
    }

    private func seconds(_ operations: Double, _ precision: Precision) -> Double {
        guard operations > 0 else { return 0 }
        return operations / (peaks[precision] ?? .infinity)
    }
}
