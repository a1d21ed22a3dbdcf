internal import ErlangshenCompute

extension ActivationName {
    /// What the device computes for this name.
    var activation: Activation {
        switch self {
        case .gelu: .gelu
        case .geluNew, .geluPytorchTanh: .geluNew
        case .relu: .relu
        case .silu, .swish: .silu
        case .tanh: .tanh
        case .sigmoid: .sigmoid
        case .linear: .identity
        }
    }
}
