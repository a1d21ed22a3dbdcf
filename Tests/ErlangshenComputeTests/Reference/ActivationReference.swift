import ErlangshenCompute
import ErlangshenTestSupport
import Foundation

extension Activation {
    static let all: [Activation] = [.identity, .gelu, .geluNew, .tanh, .relu, .silu, .sigmoid]

    /// No activation here is steeper: gelu comes to 1.129 at x = √2.
    static let steepest = 1.13

    /// The function in Double; at −∞ gelu, gelu_new and silu are −∞·0, NaN, as in PyTorch.
    func truth(_ x: Double) -> Double {
        switch self {
        case .identity: x
        case .gelu: 0.5 * x * erfc(-x / 2.0.squareRoot())
        case .geluNew: 0.5 * x * (1 + Foundation.tanh((2 / Double.pi).squareRoot() * (x + 0.044715 * x * x * x)))
        case .tanh: Foundation.tanh(x)
        case .relu: x < 0 ? 0 : x
        case .silu: x / (1 + exp(-x))
        case .sigmoid: 1 / (1 + exp(-x))
        }
    }

    /// How far act(x) may be off for an exact x.
    ///
    /// The gelus subtract two numbers of about |x|/2 when x is negative.
    func allowed(_ x: Double) -> Double {
        switch self {
        case .identity, .relu: 0
        case .gelu, .geluNew: Tolerance.activation * abs(x) + Tolerance.underflow
        case .tanh, .silu, .sigmoid: Tolerance.activation * abs(truth(x)) + Tolerance.underflow
        }
    }
}

extension Truth {
    /// Appends act(z), z being a product whose terms have this sum of magnitudes.
    mutating func append(product z: Double, magnitude: Double, _ activation: Activation) {
        let product = Tolerance.product * magnitude
        append(
            activation.truth(z),
            allowed: Activation.steepest * product + activation.allowed(abs(z) + product)
                + activation.allowed(-abs(z) - product))
    }
}
