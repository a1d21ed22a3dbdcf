internal import ErlangshenCompute

/// One micro-batch on its way through the layers and back.
struct TrainingPass {
    /// Holds what the layers keep until the pass ends.
    let workspace: Workspace
    let layout: AttentionLayout
    /// A key for each row of the batch, [N]; nil: nothing is dropped out.
    let keys: RowKeys?
    /// A key for each of the rows that the last layer computes, [M].
    let selectedKeys: RowKeys?
    let rates: DropoutRates
    /// Learns what the way back has come to.
    var finished: ((GradientStage) -> Void)?

    /// Dropout at a place, over rows of the batch or over those selected; nil where nothing is dropped out.
    func dropout(_ place: DropoutPlace, _ probability: Float, selected: Bool = false) throws(ComputeError) -> Dropout? {
        guard let keys = selected ? selectedKeys : keys, probability > 0 else { return nil }
        return try Dropout(keys: keys, probability: probability, stream: place.stream)
    }

    /// Keys of the rows of x, which are those of the batch or those selected.
    func keys(of x: Tensor) -> RowKeys? { keys?.count == x.rows ? keys : selectedKeys }

    /// The gradient in front of a dropout: dx itself where there is none, else a copy with the same places dropped.
    func dropped(_ dx: Tensor, _ dropout: Dropout?) throws(ComputeError) -> Tensor {
        guard let dropout else { return dx }
        return try dx.device.dropout(dx, into: workspace.tensor(rows: dx.rows, columns: dx.columns), dropout)
    }
}

/// Where dropout happens; each place has random numbers of its own.
enum DropoutPlace {
    case embeddings, convolution, pooler, classifier
    /// In front of an update of low rank, by the slot of its first matrix.
    case lowRank(Int)
    case relativeTable(layer: Int), attention(layer: Int), attentionOutput(layer: Int), output(layer: Int)

    /// The stream of the random numbers: those of layers count up in fours behind the others.
    var stream: UInt32 {
        switch self {
        case .embeddings: 0
        case .convolution: 1
        case .pooler: 2
        case .classifier: 3
        case .lowRank(let slot): UInt32(1 << 20 + slot)
        case .relativeTable(let layer): UInt32(4 + 4 * layer)
        case .attention(let layer): UInt32(5 + 4 * layer)
        case .attentionOutput(let layer): UInt32(6 + 4 * layer)
        case .output(let layer): UInt32(7 + 4 * layer)
        }
    }
}

/// Dropout of a tensor where there is one.
extension Tensor {
    func dropOut(_ dropout: Dropout?) throws(ComputeError) {
        if let dropout { try device.dropout(self, dropout) }
    }
}
