internal import ErlangshenCompute

/// A batch on the device, checked against the tables it will be looked up in.
struct DeviceBatch {
    let inputIds: DeviceIntegers  // [N]
    let tokenTypeIds: DeviceIntegers?  // [N]
    let layout: AttentionLayout

    init(_ batch: SequenceBatch, config: EncoderConfig, in workspace: Workspace) throws(ModelError) {
        if let id = batch.inputIds.first(where: { $0 < 0 || Int($0) >= config.vocabSize }) {
            throw .tokenOutOfRange(id: Int(id), vocabSize: config.vocabSize)
        }
        let extent = batch.longestExtent
        let last = batch.positions.max() ?? 0
        if config.positionBiasedInput, last >= config.maxPositionEmbeddings {
            throw .positionOutOfRange(position: Int(last), maxPositionEmbeddings: config.maxPositionEmbeddings)
        }
        if batch.tokenCount > Int(Int32.max) { throw .invalidBatch("a batch of more than 2^31 tokens") }
        var types: [Int32]?
        if config.typeVocabSize > 0 {
            types = batch.tokenTypeIds ?? [Int32](repeating: 0, count: batch.tokenCount)
            if let type = types?.first(where: { $0 < 0 || Int($0) >= config.typeVocabSize }) {
                throw .invalidBatch("token type \(type) is outside type_vocab_size (\(config.typeVocabSize))")
            }
        }
        let relative = config.relativeAttention && (config.c2p || config.p2c)
        (inputIds, tokenTypeIds, layout) = try onDevice { () throws(ComputeError) in
            (
                try workspace.integers(batch.inputIds),
                types == nil ? nil : try workspace.integers(types ?? []),
                try AttentionLayout(
                    offsets: batch.offsets.map(Int32.init), positions: batch.positions,
                    index: relative ? config.relativePosition.indices(extent: extent) : [],
                    linearReach: relative ? config.relativePosition.linearReach : 0, longest: extent,
                    heads: config.numAttentionHeads, headSize: config.attentionHeadSize,
                    relativeRows: relative ? 2 * config.relativePosition.span : 0, in: workspace)
            )
        }
    }
}
