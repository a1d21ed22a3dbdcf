internal import ErlangshenCheckpoint
public import ErlangshenCompute

/// A model whose parameters can be trained: the layers of inference, with the way back.
///
/// A step is `beginStep`, one `accumulate` for each micro-batch, `endStep`; then the owner moves the parameters of `store`
/// and calls its `repack()`. The same keys give the same bits, at any number of threads. One owner uses a model at a time.
public final class TrainableModel {
    /// What the model answers.
    public enum Head: Sendable, Equatable {
        /// Words at masks.
        case maskedLM
        /// A label of a text or a pair; with one label a number.
        case sequenceClassification(labels: Int)
        /// A label of each token.
        case tokenClassification(labels: Int)
        /// Start and end of an answer.
        case questionAnswering
        /// A score of each choice.
        case multipleChoice
    }

    /// The configuration.
    public let config: EncoderConfig
    /// The parameters.
    public let store: ParameterStore
    /// Names of the parameters that no checkpoint gave: drawn from the seed.
    public let initialised: [String]
    /// Learns at which stage the way back is, in each micro-batch and in `endStep`, when set. In the last micro-batch of a
    /// step the gradients of that stage are final then, so that they can be sent away while the rest is computed.
    public var finished: ((GradientStage) -> Void)?
    private let encoder: EncoderModel
    private let head: TrainedHead
    private let recomputes: Bool
    private let reach: BackwardReach
    let lowRank: LowRankSettings?
    private let workspace: Workspace
    /// The key of the step whose relative tables stand; nil without dropout.
    private var stepKey: UInt64?
    private var tablesOf: TableState?
    /// Rows of the relative table that are projected for the step; nil before its first micro-batch.
    private var projected: Range<Int>?

    private struct TableState: Equatable {
        let key: UInt64?
        let version: Int
    }

    /// Takes a model folder, published or fine-tuned, to be trained further.
    ///
    /// Parameters of the head that the folder lacks, or has for another number of labels, are drawn from `seed`.
    /// *Precision:* of the products, fp32 or bf16. With `recomputes` layers keep their inputs alone and compute the rest
    /// again on the way back, with the same bits. `trained` chooses what is trained; all of it unless said otherwise.
    /// - Throws: `ModelError`.
    public convenience init(
        directory: String, head: Head, seed: UInt64, device: Device, precision: Precision, recomputes: Bool,
        trained: TrainedParameters = TrainedParameters()
    ) throws(ModelError) {
        let config = try EncoderConfig(directory: directory)
        let checkpoint: Checkpoint
        do { checkpoint = try Checkpoint(directory: directory) } catch { throw .checkpoint(error) }
        try self.init(
            config: config, checkpoint: checkpoint, head: head, seed: seed, device: device, precision: precision,
            recomputes: recomputes, trained: trained)
    }

    /// Makes a model of random weights as transformers does: N(0, initializer_range), biases 0, LayerNorms 1.
    ///
    /// - Throws: `ModelError`.
    public convenience init(
        config: EncoderConfig, head: Head, seed: UInt64, device: Device, precision: Precision, recomputes: Bool,
        trained: TrainedParameters = TrainedParameters()
    ) throws(ModelError) {
        try self.init(
            config: config, checkpoint: nil, head: head, seed: seed, device: device, precision: precision,
            recomputes: recomputes, trained: trained)
    }

    private init(
        config: EncoderConfig, checkpoint: Checkpoint?, head: Head, seed: UInt64, device: Device, precision: Precision,
        recomputes: Bool, trained: TrainedParameters
    ) throws(ModelError) {
        try trained.lowRank?.check()
        self.config = config
        self.recomputes = recomputes
        store = ParameterStore(on: device)
        workspace = Workspace(on: device)
        let source = ParameterSource(
            store: store, checkpoint: checkpoint, initializerRange: config.initializerRange, seed: seed, choice: trained
        )
        let loader = try ParameterLoader(
            training: source, device: device, precision: precision, owner: config.modelType.className + "Model")
        encoder = try EncoderModel(loading: loader, config: config)
        func classifier(_ name: String, _ labels: Int) throws(ModelError) -> Linear {
            try loader.linear(name, inputs: config.hiddenSize, outputs: labels, precision: .fp32)
        }
        switch head {
        case .maskedLM:
            self.head = .maskedLM(
                try MaskedLMHead(loading: loader, config: config, embeddings: encoder.embeddings))
        case .sequenceClassification, .multipleChoice:
            var labels = 1
            if case .sequenceClassification(let count) = head { labels = count }
            let name = config.modelType.poolerName(beside: encoder.prefix)
            self.head = .pooled(
                try Pooler(loading: loader, at: name, config: config), try classifier("classifier", labels))
        case .tokenClassification(let labels):
            let rate = config.modelType == .bert ? config.dropout.classifier : config.dropout.hidden
            self.head = .tokens(try classifier("classifier", labels), rate)
        case .questionAnswering:
            self.head = .tokens(try classifier("qa_outputs", 2), 0)
        }
        initialised = source.initialised
        lowRank = trained.lowRank
        reach = BackwardReach(store.slots, prefix: encoder.prefix, layerCount: config.numHiddenLayers)
    }

    /// Before the first micro-batch of a step: prepares what all of them share.
    ///
    /// `key` drops out parts of the relative table; nil: no dropout.
    /// - Throws: `ModelError.compute`.
    public func beginStep(key: UInt64?) throws(ModelError) {
        stepKey = key
        let state = TableState(key: key, version: store.version)
        tablesOf = state
        projected = nil
        try onDevice { () throws(ComputeError) in try encoder.encoder.trainedTable?.begin() }
    }

    /// After the last micro-batch: the gradients of what all of them shared.
    ///
    /// - Throws: `ModelError.compute`.
    public func endStep() throws(ModelError) {
        let rows = projected ?? 0..<0
        try onDevice { () throws(ComputeError) in
            workspace.reset()
            try encoder.encoder.trainedTable?.backward(
                rows, encoder.encoder.layer, keys: try tableKeys(rows), probability: config.dropout.hidden,
                finished: finished, in: workspace)
        }
        finished?(.relativeTable)
    }

    /// Projects what texts of this extent read of the relative table and no text of the step has read before.
    private func projectTable(extent: Int) throws(ModelError) {
        guard let table = encoder.encoder.trainedTable else { return }
        let rows = config.relativePosition.rows(extent: extent)
        let known = projected ?? rows.lowerBound..<rows.lowerBound
        let all = min(rows.lowerBound, known.lowerBound)..<max(rows.upperBound, known.upperBound)
        guard projected != all else { return }
        try onDevice { () throws(ComputeError) in
            workspace.reset()
            for part in [all.lowerBound..<known.lowerBound, known.upperBound..<all.upperBound] where !part.isEmpty {
                try table.project(
                    part, encoder.encoder.layer, keys: try tableKeys(part), probability: config.dropout.hidden,
                    in: workspace)
            }
            try table.pack(encoder.encoder.layer)
        }
        projected = all
    }

    /// The parameters by the stage at which their gradients are final, in the order of the stages; none is empty.
    public var slotsByStage: [(stage: GradientStage, slots: [Int])] {
        let stages = store.slots.map { GradientStage(ofParameter: $0.name, config: config) }
        return GradientStage.all(layerCount: config.numHiddenLayers).compactMap { stage in
            let slots = store.slots.indices.filter { stages[$0] == stage }
            return slots.isEmpty ? nil : (stage, slots)
        }
    }

    /// One micro-batch there and back; gradients are added to those of the store.
    ///
    /// - Parameters:
    ///   - batch: N tokens of B texts.
    ///   - keys: A key for each token, [N], which its dropout is drawn from; nil: no dropout.
    ///   - loss: From logits ([B, labels] of texts, [N, labels] or [N, 2] of tokens) to their gradient, of the same shape.
    /// - Throws: `ModelError.tokenOutOfRange`, `.positionOutOfRange`, `.invalidBatch`, `.compute`.
    public func accumulate(
        _ batch: SequenceBatch, keys: [UInt64]?, loss: (Matrix) -> Matrix
    ) throws(ModelError) {
        try run(batch, rows: head.rows(of: batch), keys: keys) { x, pass throws(ComputeError) in
            try dhidden(x, loss: loss, in: pass)
        }
    }

    /// `accumulate(_:keys:loss:)` with the normalised embeddings moved: LN(n + δ), n = LN of the embeddings before γ and β.
    ///
    /// What is moved counts as a constant: the tables of the embeddings get no gradient.
    ///
    /// - Parameters:
    ///   - batch: N tokens of B texts.
    ///   - keys: As there.
    ///   - perturbation: δ, [N, C].
    ///   - findsGradient: Whether gradients go all the way to δ, even where nothing is trained on the way.
    ///   - loss: As there.
    /// - Returns: the gradient of δ, [N, C]; nil when it was not asked for.
    /// - Throws: as there.
    @discardableResult
    public func accumulate(
        _ batch: SequenceBatch, keys: [UInt64]?, perturbation: Matrix, findsGradient: Bool,
        loss: (Matrix) -> Matrix
    ) throws(ModelError) -> Matrix? {
        precondition(perturbation.rows == batch.tokenCount && perturbation.columns == config.hiddenSize)
        return try run(
            batch, rows: head.rows(of: batch), keys: keys, perturbation: perturbation, findsGradient: findsGradient
        ) { x, pass throws(ComputeError) in try dhidden(x, loss: loss, in: pass) }
    }

    /// The logits that `accumulate(_:keys:loss:)` gives to its loss, without the way back.
    ///
    /// - Throws: as there.
    public func logits(_ batch: SequenceBatch, keys: [UInt64]?) throws(ModelError) -> Matrix {
        var result = Matrix(rows: 0, columns: 0, values: [])
        try run(batch, rows: head.rows(of: batch), keys: keys) { x, pass throws(ComputeError) in
            result = try head.forward(keeping: x, in: pass).logits.read()
            return nil
        }
        return result
    }

    /// The gradient of the last layer's output, from that of the logits.
    private func dhidden(
        _ x: Tensor, loss: (Matrix) -> Matrix, in pass: TrainingPass
    ) throws(ComputeError) -> Tensor {
        let (logits, saved) = try head.forward(keeping: x, in: pass)
        let gradient = loss(try logits.read())
        precondition(gradient.rows == logits.rows && gradient.columns == logits.columns)
        let dlogits = try pass.workspace.tensor(rows: gradient.rows, columns: gradient.columns)
        try dlogits.fill(gradient.values)
        return try head.backward(dlogits, saved, in: pass)  // [M, C]
    }

    /// One micro-batch of the masked LM there and back: cross entropy of `labels` at `rows`.
    ///
    /// - Parameters:
    ///   - batch: N tokens.
    ///   - rows: Rows of the batch that have a label, strictly rising.
    ///   - labels: The token of each.
    ///   - scale: The gradient is that of Σ scale·loss.
    ///   - keys: As in `accumulate(_:keys:loss:)`.
    /// - Returns: the loss of each row.
    /// - Throws: as there; `.invalidBatch` also for rows that do not rise and labels outside the vocabulary.
    public func accumulateMaskedLM(
        _ batch: SequenceBatch, rows: [Int], labels: [Int32], scale: Float, keys: [UInt64]?
    ) throws(ModelError) -> [Float] {
        guard case .maskedLM(let head) = head else { throw .invalidBatch("the model has no masked-language head") }
        guard rows.count == labels.count, zip(rows, rows.dropFirst()).allSatisfy({ $0 < $1 }) else {
            throw .invalidBatch("rows of a masked batch rise strictly and have a label each")
        }
        if let label = labels.first(where: { $0 < 0 || Int($0) >= config.vocabSize }) {
            throw .tokenOutOfRange(id: Int(label), vocabSize: config.vocabSize)
        }
        guard !rows.isEmpty else { return [] }
        var losses: [Float] = []
        try run(batch, rows: rows, keys: keys) { x, pass throws(ComputeError) in
            let result = try head.lossAndGradient(x, labels: labels, scale: scale, in: pass.workspace)
            losses = result.losses
            return result.dx
        }
        return losses
    }

    /// Logits as at inference, without dropout.
    ///
    /// - Returns: as the head has them; `rows` limits the masked LM to rows of the batch.
    /// - Throws: as `accumulate(_:keys:loss:)`.
    public func logits(_ batch: SequenceBatch, rows: [Int]? = nil) throws(ModelError) -> Matrix {
        if tablesOf != TableState(key: nil, version: store.version) { try beginStep(key: nil) }
        try projectTable(extent: batch.longestExtent)
        return try encoder.run(batch, rows: rows ?? head.rows(of: batch)) { x, workspace throws(ComputeError) in
            try head.scores(x, in: workspace)
        }
    }

    /// There, and back unless `head` has no gradient; the gradient of the perturbation if there is one and it is wanted.
    @discardableResult
    private func run(
        _ batch: SequenceBatch, rows: [Int]?, keys: [UInt64]?, perturbation: Matrix? = nil, findsGradient: Bool = false,
        head: (Tensor, TrainingPass) throws(ComputeError) -> Tensor?
    ) throws(ModelError) -> Matrix? {
        if let keys, keys.count != batch.tokenCount {
            throw .invalidBatch("\(keys.count) keys for \(batch.tokenCount) tokens")
        }
        guard batch.count > 0 else { return nil }
        let selection = try rows.map { rows throws(ModelError) in try RowSelection(rows, of: batch) }
        try projectTable(extent: batch.longestExtent)
        workspace.reset()
        let placed = try DeviceBatch(batch, config: config, in: workspace)
        let reach = findsGradient ? BackwardReach(wholeOf: config.numHiddenLayers) : reach
        return try onDevice { () throws(ComputeError) in
            let queries = try selection?.onDevice(in: workspace)
            let pass = TrainingPass(
                workspace: workspace, layout: placed.layout, keys: try keys.map(workspace.rowKeys),
                // Where a perturbation is tried first, the gradients are whole after the pass without it.
                selectedKeys: try selectedKeys(keys, rows: rows), rates: config.dropout,
                finished: perturbation == nil ? finished : nil)
            let delta = try perturbation.map { values throws(ComputeError) in
                try workspace.tensor(rows: values.rows, columns: values.columns)  // [N, C]
            }
            if let perturbation { try delta?.fill(perturbation.values) }
            let (x, embedded) = try encoder.embeddings.forward(  // [N, C]
                keeping: placed, perturbation: delta, in: pass)
            let (hidden, layers) = try encoder.encoder.forward(  // [M, C]
                keeping: x, rows: queries, recomputes: recomputes, reach: reach, in: pass)
            guard let dhidden = try head(hidden, pass) else { return nil }  // [M, C]
            pass.finished?(.head)
            let dx = try encoder.encoder.backward(  // [N, C]
                dhidden, layers, rows: queries, reach: reach, in: pass)
            defer { pass.finished?(.embeddings) }
            guard let dx, reach.embeddings else { return nil }
            guard delta != nil else {
                try encoder.embeddings.backward(dx, embedded, in: pass)
                return nil
            }
            let ddelta = try encoder.embeddings.backward(perturbed: dx, embedded, in: pass)  // [N, C]
            return findsGradient ? try ddelta.read() : nil
        }
    }

    private func selectedKeys(_ keys: [UInt64]?, rows: [Int]?) throws(ComputeError) -> RowKeys? {
        guard let keys, let rows else { return nil }
        return try workspace.rowKeys(rows.map { keys[$0] })
    }

    /// A key for each of these rows of the relative table, [r].
    private func tableKeys(_ rows: Range<Int>) throws(ComputeError) -> RowKeys? {
        guard let stepKey else { return nil }
        return try workspace.rowKeys(rows.map { stepKey &+ UInt64($0) &* 0x9E37_79B9_7F4A_7C15 })
    }
}
