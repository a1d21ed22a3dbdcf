extension FillMaskPipeline {
    /// Masks that joint filling accepts in one text: each is a further run of the model for every beam.
    public static let maximumJointMasks = 64

    /// Fills all masks of a text together: the best words, with their joint probability.
    ///
    /// Two masks on their own may well be filled by halves of two different words; here each choice is made in the
    /// light of the earlier ones. *Concretely,* under the order w₁…w_k of the masks,
    /// p(w₁…w_k) = Π p(w_i | text with w₁…w_{i−1} in place and the rest masked), the model run anew for each factor.
    /// The probabilities of all fillings then sum to one, less the share of what is never proposed: special tokens and
    /// the free places of the vocabulary (`[unused1]`, …), which no reader would write. The call for each mask on its
    /// own leaves nothing out, as in transformers.
    /// Beam search finds the fillings; the probability of a listed filling is exact in any case.
    ///
    /// - Parameters:
    ///   - text: holds at least one mask.
    ///   - topK: fillings to list.
    ///   - beamWidth: unfinished fillings kept after each choice; at least `topK` are. The model runs on as many
    ///     copies of the text for each mask.
    ///   - order: which mask is decided when; see ``MaskOrder``.
    ///   - maximumTokens: cuts longer texts, with a warning; nil never cuts.
    /// - Throws: ``PipelineError/noMask(maskToken:)``, ``PipelineError/maskCutOff(maskToken:)``, ``PipelineError/tooManyMasks(found:limit:)``,
    ///   ``PipelineError/invalidCount(name:value:)`` and errors of the model.
    public func fillJointly(
        _ text: String, topK: Int = 5, beamWidth: Int = 16, order: MaskOrder = .leftToRight, maximumTokens: Int? = nil
    ) throws(PipelineError) -> JointFillingResult {
        try fillJointly(
            jointQuestion([text], topK: topK, beamWidth: beamWidth, order: order, maximumTokens: maximumTokens))[0]
    }

    func fillJointly(_ input: MaskedInput, _ question: JointFillQuestion) throws(PipelineError) -> JointFillingResult {
        let outcome = try search(
            input.encoded.ids, at: input.positions, question.topK, question.beamWidth, question.order)
        let states = outcome.states.prefix(question.topK)
        return JointFillingResult(
            fillings: states.map { joint($0, at: input.positions, in: input.masked) },
            exactCount: min(outcome.exactCount, states.count), tokenCount: input.encoded.ids.count,
            warnings: standingWarnings + lengthWarnings(input.encoded))
    }

    func search(
        _ ids: [Int32], at positions: [Int], _ topK: Int, _ beamWidth: Int, _ order: MaskOrder
    ) throws(PipelineError) -> JointSearch.Outcome {
        guard beamWidth >= 1 else { throw .invalidCount(name: "beamWidth", value: beamWidth) }
        guard positions.count <= Self.maximumJointMasks else {
            throw .tooManyMasks(found: positions.count, limit: Self.maximumJointMasks)
        }
        let search = JointSearch(
            runner: runner, isExcluded: excludedIds, order: order, beamWidth: max(topK, beamWidth))
        return try search.search(ids, at: positions)
    }

    private func joint(_ state: JointSearch.State, at positions: [Int], in masked: MaskedText) -> JointFilling {
        let tokens = positions.map { Int(state.ids[$0]) }
        let pieces = tokens.map { [encoder.token($0)] }
        return JointFilling(
            tokens: tokens, tokenStrings: pieces.map { $0[0] },
            logProbabilities: positions.map { state.choices[$0] ?? 0 }, words: masked.words(pieces),
            text: masked.filled(Dictionary(uniqueKeysWithValues: pieces.enumerated().map { ($0, $1) })))
    }
}
