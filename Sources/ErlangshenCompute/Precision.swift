internal import CErlangshenKernels

/// In what numbers matrix products are computed. Everything between products is float32 in any case.
public enum Precision: String, Sendable, CaseIterable {
    /// float32: the reference.
    case fp32
    /// Both operands rounded to bfloat16, sums in float32.
    case bf16
    /// 8-bit integers, a scale for each output of a weight and for each row of activations; attention in bf16.
    case int8

    /// Of products between activations, as attention has them: there are no 8-bit ones.
    public var ofAttention: Precision { self == .int8 ? .bf16 : self }

    /// Of tables whose rows are read one by one.
    public var ofTables: Precision { ofAttention }

    var code: esh_precision {
        switch self {
        case .fp32: ESH_PRECISION_FP32
        case .bf16: ESH_PRECISION_BF16
        case .int8: ESH_PRECISION_INT8
        }
    }
}

extension Device {
    /// What the device lacks for a precision, in words; nil when it computes in it.
    public func lacks(_ precision: Precision) -> String? {
        kernels.pointee.precision_lacks(context, precision.code).map { String(cString: $0) }
    }

    /// The precision that a choice means on this device.
    public func resolve(_ choice: PrecisionChoice) -> ResolvedPrecision {
        let asked = choice.precision ?? .bf16
        let finer: [Precision] = [.int8, .bf16, .fp32].drop { $0 != asked } + []
        let used = finer.first { lacks($0) == nil } ?? .fp32
        return ResolvedPrecision(
            used: used, replaced: used == asked || choice == .auto ? nil : asked, lacking: lacks(asked))
    }
}

/// A precision as users ask for it.
public enum PrecisionChoice: String, Sendable, CaseIterable {
    /// The fastest one whose answers are nearly those of float32: bf16 where the processor has it, else fp32.
    case auto
    /// See ``Precision/fp32``.
    case fp32
    /// See ``Precision/bf16``.
    case bf16
    /// See ``Precision/int8``.
    case int8

    /// The precision itself; nil for `auto`.
    public var precision: Precision? { Precision(rawValue: rawValue) }
}

/// What a choice of precision has come to.
public struct ResolvedPrecision: Sendable, Equatable {
    /// What is computed in.
    public let used: Precision
    /// What was asked for by name and the device lacks; the next finer one takes its place.
    public let replaced: Precision?
    /// Why the device cannot have it, in words.
    public let lacking: String?
}
