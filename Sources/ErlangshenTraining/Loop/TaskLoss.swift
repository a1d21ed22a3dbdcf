import ErlangshenCompute
import ErlangshenTasks

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// The loss of a task and its gradient, on the host in Double.
///
/// Every task but regression is a sum of cross entropies over *choices*: a row of labels, the tokens of a sequence, the
/// alternatives of a question. With label smoothing ε the right share t becomes (1 − ε)·t + ε/K over K alternatives.
/// With R-Drop (Liang and others, 2021) each example goes through twice, and α/2·(KL(p‖q) + KL(q‖p)) is added to the
/// mean of the two cross entropies.
struct TaskLoss {
    let kind: TaskKind
    /// ε of label smoothing.
    var labelSmoothing = 0.0
    /// α of R-Drop; 0 is a single pass.
    var rDrop = 0.0

    /// How often an example goes through the model in a step.
    var passes: Int { rDrop > 0 ? 2 : 1 }

    /// Logits that compete with each other: `start`, `start + stride`, … in the matrix.
    struct Choice {
        enum Right {
            case index(Int)
            case shares([Float])
        }

        let start: Int
        let stride: Int
        let count: Int
        let right: Right
        /// What part of its example it is.
        var share = 1.0
    }

    /// Terms that the loss of a batch is the mean of: examples, or tokens that have a tag.
    func termCount(_ targets: [EncodedTarget]) -> Int {
        targets.reduce(0) { count, target in
            switch target {
            case .none: count
            case .tags(let tags): count + tags.count { $0 != EncodedTarget.ignored }
            case .label, .distribution, .value, .span: count + 1
            }
        }
    }

    /// The part that a piece has in the loss of its batch, and the gradient of the logits.
    ///
    /// *Shapes:* logits, gradient: [B, labels]; multiple choice [B, 1]; tags [N, labels]; questions [N, 2].
    ///
    /// - Parameter termCount: terms of the whole batch, one pass counted.
    func callAsFunction(
        _ logits: Matrix, _ piece: MicroBatch, termCount: Int
    ) -> (loss: Double, gradient: Matrix) {
        var gradient = Matrix(
            rows: logits.rows, columns: logits.columns, values: [Float](repeating: 0, count: logits.values.count))
        let scale = 1 / (Double(max(1, termCount)) * Double(passes))
        if kind == .regression { return (squares(logits, piece, scale, &gradient), gradient) }
        let choices = choices(logits, piece)
        var loss = 0.0
        var shares: [[Double]] = []
        for choice in choices {
            let logShares = Self.logShares(logits, choice)  // [K]
            loss += crossEntropy(choice, logShares, scale * choice.share, &gradient)
            if rDrop > 0 { shares.append(logShares) }
        }
        if rDrop > 0 {
            let half = choices.count / 2
            for (first, second) in zip(0..<half, half..<choices.count) {
                loss += divergence(
                    (choices[first], shares[first]), (choices[second], shares[second]),
                    scale * choices[first].share * rDrop, &gradient)
            }
        }
        return (loss, gradient)
    }

    /// (x − y)² and 2·(x − y).
    private func squares(_ logits: Matrix, _ piece: MicroBatch, _ scale: Double, _ gradient: inout Matrix) -> Double {
        var loss = 0.0
        for (row, target) in piece.targets.enumerated() {
            guard case .value(let right) = target else { continue }
            let place = row * logits.columns
            let difference = Double(logits.values[place]) - Double(right)
            loss += scale * difference * difference
            gradient.values[place] = Float(2 * scale * difference)
        }
        return loss
    }

    /// What competes in a piece.
    func choices(_ logits: Matrix, _ piece: MicroBatch) -> [Choice] {
        var choices: [Choice] = []
        let columns = logits.columns
        for (number, target) in piece.targets.enumerated() {
            let sequences = piece.firstSequences[number]..<piece.firstSequences[number + 1]
            let rows = piece.batch.offsets[sequences.lowerBound]..<piece.batch.offsets[sequences.upperBound]
            switch target {
            case .none, .value: break
            case .label(let label) where kind == .multipleChoice:
                let start = sequences.lowerBound * columns
                choices.append(
                    Choice(start: start, stride: columns, count: sequences.count, right: .index(Int(label))))
            case .label(let label):
                let start = sequences.lowerBound * columns
                choices.append(Choice(start: start, stride: 1, count: columns, right: .index(Int(label))))
            case .distribution(let shares):
                let start = sequences.lowerBound * columns
                choices.append(Choice(start: start, stride: 1, count: columns, right: .shares(shares)))
            case .tags(let tags):
                for (row, tag) in zip(rows, tags) where tag != EncodedTarget.ignored {
                    choices.append(Choice(start: row * columns, stride: 1, count: columns, right: .index(Int(tag))))
                }
            case .span(let start, let end):
                for (column, token) in [start, end].enumerated() {
                    choices.append(
                        Choice(
                            start: rows.lowerBound * columns + column, stride: columns, count: rows.count,
                            right: .index(Int(token)), share: 0.5))
                }
            }
        }
        return choices
    }

    /// log softmax of the logits of a choice.
    static func logShares(_ logits: Matrix, _ choice: Choice) -> [Double] {
        let values = (0..<choice.count).map { Double(logits.values[choice.start + $0 * choice.stride]) }  // [K]
        let largest = values.max() ?? 0
        let logSum = largest + log(values.reduce(0) { $0 + exp($1 - largest) })
        return values.map { $0 - logSum }
    }

    /// −Σ t·log p, and p − t.
    private func crossEntropy(
        _ choice: Choice, _ logShares: [Double], _ scale: Double, _ gradient: inout Matrix
    ) -> Double {
        var loss = 0.0
        for place in 0..<choice.count {
            var right =
                switch choice.right {
                case .index(let index): index == place ? 1.0 : 0
                case .shares(let shares): Double(shares[place])
                }
            right = (1 - labelSmoothing) * right + labelSmoothing / Double(choice.count)
            // A share of zero times the logarithm of zero is zero.
            if right > 0 { loss -= scale * right * logShares[place] }
            gradient.values[choice.start + place * choice.stride] = Float(scale * (exp(logShares[place]) - right))
        }
        return loss
    }

    /// KL(p‖q) + KL(q‖p), and its gradient in the logits of p and of q.
    private func divergence(
        _ first: (choice: Choice, logShares: [Double]), _ second: (choice: Choice, logShares: [Double]),
        _ scale: Double, _ gradient: inout Matrix
    ) -> Double {
        let places = 0..<first.choice.count
        let (p, q) = (first.logShares.map { exp($0) }, second.logShares.map { exp($0) })  // [K]
        let ratios = places.map { first.logShares[$0] - second.logShares[$0] }  // [K]
        let forward = places.reduce(0) { $0 + p[$1] * ratios[$1] }
        let backward = places.reduce(0) { $0 - q[$1] * ratios[$1] }
        for place in places {
            let dp = p[place] * (ratios[place] - forward) + p[place] - q[place]
            let dq = q[place] * (-ratios[place] - backward) + q[place] - p[place]
            gradient.values[first.choice.start + place * first.choice.stride] += Float(scale * dp)
            gradient.values[second.choice.start + place * second.choice.stride] += Float(scale * dq)
        }
        return scale * (forward + backward)
    }
}
