internal import ErlangshenCompute

/// The part of a model in training that belongs to its task.
enum TrainedHead {
    /// Over every vocabulary entry.
    case maskedLM(MaskedLMHead)
    /// Over the first token: dropout, pooler, dropout, classifier.
    case pooled(Pooler, Linear)
    /// Over each token: dropout of a probability, classifier.
    case tokens(Linear, Float)

    /// What backward needs of a head other than that of the masked LM.
    struct Saved {
        let x: Tensor  // [M, C]: what the classifier read
        let pooler: Pooler.Saved?
        let dropout: Dropout?
    }

    /// The rows that the head reads; nil means all.
    func rows(of batch: SequenceBatch) -> [Int]? {
        if case .pooled = self { Array(batch.offsets.dropLast()) } else { nil }
    }

    /// As at inference, one part of rows after another where the result is large.
    func scores(_ x: Tensor, in workspace: Workspace) throws(ComputeError) -> Matrix {
        switch self {
        case .maskedLM(let head): try head.scores(x, in: workspace) { logits throws(ComputeError) in logits }
        case .pooled(let pooler, let classifier):
            try classifier.forward(try pooler.forward(x, in: workspace), in: workspace).read()
        case .tokens(let classifier, _): try classifier.forward(x, in: workspace).read()
        }
    }

    /// Logits in training: [B, labels], or [N, labels] of tokens; x is overwritten.
    func forward(keeping x: Tensor, in pass: TrainingPass) throws(ComputeError) -> (logits: Tensor, saved: Saved) {
        switch self {
        case .maskedLM: preconditionFailure("the masked LM has a loss of its own")
        case .pooled(let pooler, let classifier):
            let (pooled, saved) = try pooler.forward(keeping: x, in: pass)  // [B, C]
            let dropout = try pass.dropout(.classifier, pass.rates.classifier, selected: true)
            try pooled.dropOut(dropout)
            let logits = try classifier.forward(pooled, in: pass.workspace)  // [B, labels]
            return (logits, Saved(x: pooled, pooler: saved, dropout: dropout))
        case .tokens(let classifier, let probability):
            let dropout = try pass.dropout(.classifier, probability)
            try x.dropOut(dropout)
            let logits = try classifier.forward(x, in: pass.workspace)  // [N, labels]
            return (logits, Saved(x: x, pooler: nil, dropout: dropout))
        }
    }

    /// The gradient of x.
    func backward(_ dlogits: Tensor, _ saved: Saved, in pass: TrainingPass) throws(ComputeError) -> Tensor {
        switch self {
        case .maskedLM: preconditionFailure("the masked LM has a loss of its own")
        case .pooled(let pooler, let classifier):
            let dpooled = try classifier.backward(dlogits, x: saved.x, in: pass.workspace)  // [B, C]
            try dpooled.dropOut(saved.dropout)
            guard let kept = saved.pooler else { return dpooled }
            return try pooler.backward(dpooled, kept, in: pass)
        case .tokens(let classifier, _):
            let dx = try classifier.backward(dlogits, x: saved.x, in: pass.workspace)  // [N, C]
            try dx.dropOut(saved.dropout)
            return dx
        }
    }
}
