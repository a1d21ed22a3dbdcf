import ErlangshenPipelines

/// The tasks that the hosted API does not have.
extension QuestionReader {
    func jointFillMask(_ body: InferenceBody) throws(RequestFailure) -> Reading {
        var parameters = try ObjectReader(body.parameters, at: "parameters")
        let topK = try parameters.int("top_k", 1...limits.topK) ?? 5
        let beamWidth = try parameters.int("beam_width", 1...limits.topK) ?? min(16, limits.topK)
        let order = try parameters.choice("order", MaskOrder.self) ?? .leftToRight
        var cut = try Truncation(&parameters, limits)
        try cut.readTokenizerKeywords(&parameters)
        try parameters.finish()
        let (texts, isList) = try texts(body.inputs)
        let question = try asked { () throws(PipelineError) -> JointFillQuestion in
            guard let pipeline = pipelines.fillMask else { throw Self.unserved(.jointFillMask) }
            return try pipeline.jointQuestion(
                texts, topK: topK, beamWidth: beamWidth, order: order, maximumTokens: cut.tokens)
        }
        return try checked(.jointFillMask(question), question.textTokenCounts, isList)
    }

    func textScoring(_ body: InferenceBody) throws(RequestFailure) -> Reading {
        var parameters = try ObjectReader(body.parameters, at: "parameters")
        var cut = try Truncation(&parameters, limits)
        try cut.readTokenizerKeywords(&parameters)
        try parameters.finish()
        let (texts, isList) = try texts(body.inputs)
        let question = try asked { () throws(PipelineError) -> TextScoringQuestion in
            guard let pipeline = pipelines.fillMask else { throw Self.unserved(.textScoring) }
            return try pipeline.scoringQuestion(texts, maximumTokens: cut.tokens)
        }
        return try checked(.textScoring(question), question.textTokenCounts, isList)
    }

    func attention(_ body: InferenceBody) throws(RequestFailure) -> Reading {
        var parameters = try ObjectReader(body.parameters, at: "parameters")
        // The library knows how far each of them goes.
        let numbers = 0...Int(Int32.max)
        let position = try parameters.int("position", numbers) ?? 0
        let (layer, head) = (try parameters.int("layer", numbers), try parameters.int("head", numbers))
        var cut = try Truncation(&parameters, limits)
        try cut.readTokenizerKeywords(&parameters)
        try parameters.finish()
        guard let text = body.inputs.stringValue else {
            throw .validation("inputs must be a string: attention is looked at in one text", field: "inputs")
        }
        let question = try asked { () throws(PipelineError) -> AttentionQuestion in
            try pipelines.features.attentionQuestion(
                text, position: position, layer: layer, head: head, maximumTokens: cut.tokens)
        }
        return try checked(.attention(question), [question.tokenCount], false)
    }
}
