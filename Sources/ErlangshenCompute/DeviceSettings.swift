/// Instruction sets that the CPU kernels are compiled for.
public enum InstructionSet: String, Sendable, CaseIterable {
    /// Vectors of four floats, on any processor.
    case portable
    /// AVX2 with FMA and F16C.
    case avx2
    /// AVX-512 F, BW, DQ and VL.
    case avx512
}

/// Who computes matrix products on the CPU.
public enum Products: String, Sendable, CaseIterable {
    /// The library's own kernels: a row's value does not depend on the other rows of its batch.
    case own
    /// oneDNN 2, opened at run time (Debian: `libdnnl2`; `libdnnl-dev` when building).
    case onednn
}

/// Element types that weights can be read from.
public enum ElementType: Sendable {
    /// IEEE single precision.
    case float32
    /// IEEE half precision.
    case float16
    /// The upper half of a single.
    case bfloat16
    /// IEEE double precision.
    case float64

    /// Bytes of one element.
    public var byteCount: Int {
        switch self {
        case .float16, .bfloat16: 2
        case .float32: 4
        case .float64: 8
        }
    }
}

/// Activations, by what they compute.
public enum Activation: Sendable, Equatable {
    /// x
    case identity
    /// x·Φ(x), with the exact erf.
    case gelu
    /// The tanh approximation of gelu.
    case geluNew
    /// Hyperbolic tangent.
    case tanh
    /// max(x, 0)
    case relu
    /// x·sigmoid(x)
    case silu
    /// 1/(1 + e^−x)
    case sigmoid
}
