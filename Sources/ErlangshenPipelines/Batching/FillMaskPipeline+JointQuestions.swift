extension FillMaskPipeline {
    /// Reads texts with the tokenizer, for ``fillJointly(_:)``. Parameters are those of
    /// ``fillJointly(_:topK:beamWidth:order:maximumTokens:)``; no weights are touched.
    ///
    /// - Throws: ``PipelineError/noMask(maskToken:)``, ``PipelineError/maskCutOff(maskToken:)``,
    ///   ``PipelineError/tooManyMasks(found:limit:)``, ``PipelineError/invalidCount(name:value:)`` and errors of the
    ///   tokenizer.
    public func jointQuestion(
        _ texts: [String], topK: Int = 5, beamWidth: Int = 16, order: MaskOrder = .leftToRight,
        maximumTokens: Int? = nil
    ) throws(PipelineError) -> JointFillQuestion {
        guard topK >= 1 else { throw .invalidCount(name: "topK", value: topK) }
        guard beamWidth >= 1 else { throw .invalidCount(name: "beamWidth", value: beamWidth) }
        var inputs: [MaskedInput] = []
        for text in texts {
            let input = try maskedInput(text, maximumTokens)
            guard input.positions.count <= Self.maximumJointMasks else {
                throw .tooManyMasks(found: input.positions.count, limit: Self.maximumJointMasks)
            }
            inputs.append(input)
        }
        return JointFillQuestion(inputs: inputs, topK: topK, beamWidth: beamWidth, order: order)
    }

    /// Fills the masks of each text of a question together.
    ///
    /// - Returns: the results of its texts.
    /// - Throws: errors of the model.
    public func fillJointly(_ question: JointFillQuestion) throws(PipelineError) -> [JointFillingResult] {
        var results: [JointFillingResult] = []
        for input in question.inputs { results.append(try fillJointly(input, question)) }
        return results
    }
}
