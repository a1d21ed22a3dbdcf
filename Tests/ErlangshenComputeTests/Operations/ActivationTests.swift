// Truth: each function in Double, in Reference/ActivationReference.swift.
import ErlangshenCompute
import ErlangshenTestSupport
import Testing

@Suite struct ActivationTests {
    /// act(x) of each number: a product of width 1 whose weights are 0 and whose bias is x.
    static func run(
        _ x: [Float], _ activation: Activation, _ device: Device, _ workspace: Workspace
    ) throws -> Matrix {
        let y = try workspace.tensor(rows: 1, columns: x.count)
        let weight = try PackedWeight([Float](repeating: 0, count: x.count), outputs: x.count, on: device)
        try device.linear(
            Tensor([0], rows: 1, on: device), into: y, weight: weight, bias: Tensor(x, rows: 1, on: device),
            activation: activation, in: workspace)
        return try y.read()
    }

    static func check(_ x: [Float], _ activation: Activation) throws {
        var truth = Truth(columns: x.count)
        for x in x { truth.append(activation.truth(Double(x)), allowed: activation.allowed(Double(x))) }
        try truth.check("\(activation)") { try run(x, activation, $0, $1) }
    }

    @Test(arguments: Activation.all)
    func agreesWithTheFunction(activation: Activation) throws {
        let numbers = CounterNumbers(seed: 9)
        try Self.check(
            (-6_400...6_400).map { Float($0) / 64 } + numbers.floats(4_000, width: 6) + numbers.floats(501, width: 100),
            activation)
    }

    /// Powers of two from the smallest subnormal to the largest number, and their neighbours.
    @Test(arguments: Activation.all)
    func everyMagnitude(activation: Activation) throws {
        let sizes = (UInt32(0)..<255).map { Float(bitPattern: $0 << 23) } + [.leastNonzeroMagnitude, 0x1p-140]
        let positive = sizes.flatMap { [$0, $0.nextUp] } + [.greatestFiniteMagnitude]
        try Self.check(positive + positive.map { -$0 }, activation)
    }

    @Test(arguments: Activation.all)
    func infinitiesAndNaN(activation: Activation) throws {
        let quiet = (0..<9).map { Float(bitPattern: 0x7fc0_0000 | 1 << $0) }
        try Self.check([.infinity, -.infinity, .nan, -.nan] + quiet + quiet.map { -$0 } + [1], activation)
    }

    /// Far from zero the functions reach their limits, not only nearly: x times a rounding error would grow with x.
    @Test(arguments: [Activation.gelu, .geluNew, .silu])
    func tailsVanish(activation: Activation) throws {
        var truth = Truth(columns: 40)
        let x = (0..<40).map { -Float(100) * Float(sign: .plus, exponent: 3 * $0, significand: 1) }
        for _ in x { truth.append(0, allowed: Tolerance.underflow) }
        try truth.check("\(activation)") { try Self.run(x, activation, $0, $1) }
    }
}
