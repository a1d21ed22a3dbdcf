// Truth: the convolution in Double by its definition, in this file.
import ErlangshenCompute
import Testing

@Suite struct Conv1dTests {
    static let channels = 12
    /// Whole sequences, one with gaps, one of a single token that is not at position 0, and an empty one.
    static let sequences: [[Int32]] = [
        Array(0..<9), [0], [4], [], CounterNumbers(seed: 6).gappedPositions(21), [0, 2, 3, 5, 6, 7, 20],
    ]

    /// y[t, o] = act(Σ_u Σ_i W[o, i, u]·x[t + u − (K−1)/2, group(o)·(C/groups) + i] + b[o]), t a position.
    static func truth(
        _ x: [Float], _ weight: [Float], _ bias: [Float], taps: Int, groups: Int, _ activation: Activation
    ) -> Truth {
        let width = channels / groups
        var truth = Truth(columns: channels)
        var first = 0
        for positions in sequences {
            for position in positions {
                for output in 0..<channels {
                    var sum = Double(bias[output]), magnitude = abs(sum)
                    for tap in 0..<taps {
                        let wanted = Int(position) + tap - (taps - 1) / 2
                        guard let row = positions.firstIndex(where: { Int($0) == wanted }) else { continue }
                        for input in 0..<width {
                            let source = (first + row) * channels + output / width * width + input
                            let term = Double(weight[(output * width + input) * taps + tap]) * Double(x[source])
                            sum += term
                            magnitude += abs(term)
                        }
                    }
                    truth.append(product: sum, magnitude: magnitude, activation)
                }
            }
            first += positions.count
        }
        return truth
    }

    @Test(arguments: [1, 3, 5], [1, 2, 4])
    func agreesWithTheDefinition(taps: Int, groups: Int) throws {
        let width = Self.channels / groups
        let count = Self.sequences.reduce(0) { $0 + $1.count }
        let x = CounterNumbers(seed: 1).floats(count * Self.channels, width: 2)
        let weight = CounterNumbers(seed: 2).floats(Self.channels * width * taps)
        let bias = CounterNumbers(seed: 3).floats(Self.channels)
        for activation in Activation.all {
            let truth = Self.truth(x, weight, bias, taps: taps, groups: groups, activation)
            try truth.check("K \(taps), groups \(groups), \(activation)", on: DevicePair.all) { device, workspace in
                let size = width * width * taps
                let weights = try (0..<groups).map {
                    try PackedWeight(Array(weight[$0 * size..<($0 + 1) * size]), outputs: width, taps: taps, on: device)
                }
                return try device.conv1d(
                    Tensor(x, rows: count, on: device), weights: weights, bias: Tensor(bias, rows: 1, on: device),
                    taps: taps, layout: Self.layout(in: workspace), activation: activation, in: workspace
                ).read()
            }
        }
    }

    static func layout(in workspace: Workspace) throws -> AttentionLayout {
        try AttentionLayout(
            offsets: sequences.reduce(into: [0]) { $0.append($0[$0.count - 1] + Int32($1.count)) },
            positions: sequences.flatMap(\.self), index: [], linearReach: 0, longest: 64, heads: 1,
            headSize: channels, relativeRows: 0, in: workspace)
    }
}
