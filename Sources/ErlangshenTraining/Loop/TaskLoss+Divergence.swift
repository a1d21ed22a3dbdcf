import ErlangshenCompute

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// How far two answers to the same piece are from each other, for SiFT: KL(p‖q) + KL(q‖p) of each choice.
///
/// As in Microsoft's code the probabilities that logarithms are weighed by count as constants, so that the gradient is
/// p − q in the logits of p and q − p in those of q.
extension TaskLoss {
    /// The logarithms of the shares of each choice of a piece.
    func logShares(_ logits: Matrix, _ piece: MicroBatch) -> [[Double]] {
        choices(logits, piece).map { Self.logShares(logits, $0) }
    }

    /// The divergence of the logits from shares that stand, and its gradient in the logits.
    ///
    /// *Shapes:* logits, gradient as in `callAsFunction`; `other`: those of each choice of the same piece.
    ///
    /// - Parameters:
    ///   - logits: What the model answers.
    ///   - piece: To what.
    ///   - other: What it is compared with.
    ///   - termCount: Terms of the whole batch, which the mean is over; nil for a plain sum.
    func divergence(
        _ logits: Matrix, _ piece: MicroBatch, from other: [[Double]], termCount: Int?
    ) -> (loss: Double, gradient: Matrix) {
        var gradient = Matrix(
            rows: logits.rows, columns: logits.columns, values: [Float](repeating: 0, count: logits.values.count))
        var loss = 0.0
        for (choice, others) in zip(choices(logits, piece), other) {
            let scale = termCount.map { choice.share / Double(max(1, $0)) } ?? 1
            for (place, (p, q)) in zip(Self.logShares(logits, choice), others).enumerated() {
                let difference = exp(p) - exp(q)
                loss += scale * difference * (p - q)
                gradient.values[choice.start + place * choice.stride] += Float(scale * difference)
            }
        }
        return (loss, gradient)
    }
}
