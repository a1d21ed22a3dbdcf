#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// How logits become scores.
public enum ClassificationFunction: String, Sendable, CaseIterable {
    /// 1 / (1 + e^−x), each label on its own.
    case sigmoid
    /// e^x / Σ e^x over all labels.
    case softmax
    /// The logits as they are.
    case none

    /// The function that transformers applies when none is named.
    ///
    /// Regression: none. Several labels at once, or a single label: sigmoid. Else softmax.
    public static func standard(problemType: String?, labelCount: Int) -> ClassificationFunction {
        if problemType == "regression" { return .none }
        return problemType == "multi_label_classification" || labelCount == 1 ? .sigmoid : .softmax
    }

    /// Applies the function to the logits of one text, in `Double`.
    public func callAsFunction(_ logits: some Collection<Float>) -> [Double] {
        let values = logits.map(Double.init)
        switch self {
        case .none: return values
        case .sigmoid: return values.map { 1 / (1 + exp(-$0)) }
        case .softmax:
            let largest = values.max() ?? 0
            let powers = values.map { exp($0 - largest) }
            let sum = powers.reduce(0, +)
            return powers.map { $0 / sum }
        }
    }
}
