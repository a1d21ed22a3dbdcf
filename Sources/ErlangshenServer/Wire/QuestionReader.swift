import ErlangshenJSON
import ErlangshenPipelines

/// Turns a body into a question for a model, within the limits.
struct QuestionReader {
    let pipelines: TaskPipelines
    let limits: ServerLimits

    /// A question, and whether its inputs came as a list.
    struct Reading {
        let question: TaskQuestion
        let isList: Bool
    }

    /// Reads the inputs and the parameters of a task.
    ///
    /// - Throws: 400, 413 and 422, each with the place in the request.
    func read(_ body: InferenceBody, for task: PipelineTask) throws(RequestFailure) -> Reading {
        guard pipelines.tasks.contains(task) else {
            let tasks = pipelines.tasks.map(\.rawValue).joined(separator: ", ")
            throw .validation("the model does not do \(task.rawValue); it does \(tasks)")
        }
        if task != .featureExtraction { try ObjectReader(.object(body.others), at: "").finish() }
        let reading =
            switch task {
            case .fillMask: try fillMask(body)
            case .jointFillMask: try jointFillMask(body)
            case .textScoring: try textScoring(body)
            case .textClassification: try textClassification(body)
            case .tokenClassification: try tokenClassification(body)
            case .zeroShotClassification: try zeroShot(body)
            case .featureExtraction: try features(body)
            case .attention: try attention(body)
            }
        let bytes = replyBytes(reading.question)
        guard bytes <= limits.replyBytes else {
            throw .tooLarge(
                "the reply could have \(bytes) bytes; at most \(limits.replyBytes) are sent: ask for fewer answers or texts",
                field: "inputs")
        }
        let tokens = reading.question.tokenCount
        guard tokens <= limits.requestTokens else {
            throw .tooLarge(
                "the model would have to read \(tokens) tokens; at most \(limits.requestTokens) are taken",
                field: "inputs")
        }
        return reading
    }

    private func fillMask(_ body: InferenceBody) throws(RequestFailure) -> Reading {
        var parameters = try ObjectReader(body.parameters, at: "parameters")
        let topK = try parameters.int("top_k", 1...limits.topK) ?? 5
        let targets = try parameters.strings("targets")
        try check(targets?.count ?? 0, field: "parameters.targets", limit: limits.topK)
        var cut = try Truncation(&parameters, limits)
        try cut.readTokenizerKeywords(&parameters)
        try parameters.finish()
        let (texts, isList) = try texts(body.inputs)
        let question = try asked { () throws(PipelineError) -> FillMaskQuestion in
            guard let pipeline = pipelines.fillMask else { throw Self.unserved(.fillMask) }
            return try pipeline.question(texts, topK: topK, targets: targets, maximumTokens: cut.tokens)
        }
        return try checked(.fillMask(question), question.textTokenCounts, isList)
    }

    private func textClassification(_ body: InferenceBody) throws(RequestFailure) -> Reading {
        var parameters = try ObjectReader(body.parameters, at: "parameters")
        let topK = try parameters.int("top_k", 1...limits.topK)
        let function = try parameters.choice("function_to_apply", ClassificationFunction.self)
        var cut = try Truncation(&parameters, limits)
        try cut.readTokenizerKeywords(&parameters)
        try parameters.finish()
        let inputs = try asked { () throws(PipelineError) -> [TextClassificationInput] in
            try TextClassificationInput.inputs(from: body.inputs).inputs
        }
        guard !inputs.isEmpty else { throw .validation("inputs is empty", field: "inputs") }
        try check(inputs.count, field: "inputs", limit: limits.inputs)
        let question = try asked { () throws(PipelineError) -> TextClassificationQuestion in
            guard let pipeline = pipelines.textClassification else { throw Self.unserved(.textClassification) }
            return try pipeline.question(inputs, topK: topK, function: function, maximumTokens: cut.tokens)
        }
        return try checked(.textClassification(question), question.textTokenCounts, true)
    }

    private func tokenClassification(_ body: InferenceBody) throws(RequestFailure) -> Reading {
        var parameters = try ObjectReader(body.parameters, at: "parameters")
        let aggregation = try parameters.choice("aggregation_strategy", AggregationStrategy.self) ?? .simple
        let ignored = try parameters.strings("ignore_labels") ?? ["O"]
        let cut = try Truncation(&parameters, limits)
        try parameters.finish()
        let (texts, isList) = try texts(body.inputs)
        let question = try asked { () throws(PipelineError) -> TokenClassificationQuestion in
            guard let pipeline = pipelines.tokenClassification else { throw Self.unserved(.tokenClassification) }
            return try pipeline.question(
                texts, aggregation: aggregation, ignoring: Set(ignored), maximumTokens: cut.tokens)
        }
        return try checked(.tokenClassification(question), question.textTokenCounts, isList)
    }

    private func zeroShot(_ body: InferenceBody) throws(RequestFailure) -> Reading {
        var parameters = try ObjectReader(body.parameters, at: "parameters")
        let given = try parameters.strings("candidate_labels") ?? []
        // One string is a list with commas.
        let candidates = (given.count == 1 ? given[0].split(separator: ",").map(String.init) : given)
            .map(\.withoutSpaceAround).filter { !$0.isEmpty }
        let hypothesis =
            try parameters.string("hypothesis_template") ?? TextClassificationPipeline.chineseHypothesis
        let isMultiLabel = try parameters.bool("multi_label") ?? false
        let cut = try Truncation(&parameters, limits)
        try parameters.finish()
        let (texts, isList) = try texts(body.inputs)
        guard candidates.count <= limits.inputs, texts.count * candidates.count <= limits.inputs else {
            throw .tooLarge(
                "\(texts.count) texts with \(candidates.count) candidates are more pairs than \(limits.inputs)",
                field: "parameters.candidate_labels")
        }
        let question = try asked { () throws(PipelineError) -> ZeroShotQuestion in
            guard let pipeline = pipelines.textClassification else { throw Self.unserved(.zeroShotClassification) }
            return try pipeline.question(
                texts, candidates: candidates, hypothesis: hypothesis, isMultiLabel: isMultiLabel,
                maximumTokens: cut.tokens)
        }
        return try checked(.zeroShotClassification(question), question.textTokenCounts, isList)
    }

    private func features(_ body: InferenceBody) throws(RequestFailure) -> Reading {
        var parameters = try ObjectReader(body.parameters ?? .object(body.others), at: "parameters")
        if body.parameters != nil { try ObjectReader(.object(body.others), at: "").finish() }
        let pooling = try parameters.choice("pooling", PoolingChoice.self) ?? .mean
        let isNormalized = try parameters.bool("normalize") ?? false
        let cut = try Truncation(&parameters, limits)
        try parameters.finish()
        let (texts, _) = try texts(body.inputs)
        let question = try asked { () throws(PipelineError) -> FeatureQuestion in
            try pipelines.features.question(
                texts, pooling: pooling.pooling, isNormalized: isNormalized, maximumTokens: cut.tokens)
        }
        return try checked(.featureExtraction(question), question.textTokenCounts, true)
    }
}

extension QuestionReader {
    /// The texts of `inputs`: one, or a list of them.
    func texts(_ inputs: JSONValue) throws(RequestFailure) -> ([String], isList: Bool) {
        if let text = inputs.stringValue { return ([text], false) }
        guard let list = inputs.arrayValue else {
            throw .validation("inputs must be a string or a list of strings", field: "inputs")
        }
        guard !list.isEmpty else { throw .validation("inputs is empty", field: "inputs") }
        try check(list.count, field: "inputs", limit: limits.inputs)
        var texts: [String] = []
        for (index, item) in list.enumerated() {
            guard let text = item.stringValue else {
                throw .validation("inputs[\(index)] must be a string", field: "inputs[\(index)]")
            }
            texts.append(text)
        }
        return (texts, true)
    }

    private func check(_ count: Int, field: String, limit: Int) throws(RequestFailure) {
        guard count <= limit else {
            throw .tooLarge("\(field) has \(count) members; at most \(limit) are taken", field: field)
        }
    }

    /// Refuses texts that are too long for the limit and were not to be cut.
    func checked(
        _ question: TaskQuestion, _ counts: [Int], _ isList: Bool
    ) throws(RequestFailure) -> Reading {
        if let longest = counts.max(), longest > limits.tokens {
            throw .tooLarge(
                "a text has \(longest) tokens; at most \(limits.tokens) are taken: shorten it, or send "
                    + "\"parameters\": {\"truncate\": true} to have it cut", field: "inputs")
        }
        return Reading(question: question, isList: isList)
    }

    /// What a reply can have at most, about: known before anything is computed, so that memory stays bounded.
    private func replyBytes(_ question: TaskQuestion) -> Int {
        switch question {
        case .fillMask(let question): return question.replyByteCount
        case .featureExtraction(let question):
            // A number has up to 22 digits, signs and commas.
            let vectors = question.isPooled ? question.textTokenCounts.count : question.tokenCount
            return vectors * pipelines.features.hiddenSize * 22
        case .jointFillMask(let question): return question.replyByteCount
        case .textScoring(let question): return question.replyByteCount
        case .attention(let question): return question.replyByteCount
        case .textClassification, .tokenClassification, .zeroShotClassification: return 0
        }
    }

    static func unserved(_ task: PipelineTask) -> PipelineError { .taskNotServed(task: task.rawValue) }

    func asked<Question>(
        _ body: () throws(PipelineError) -> Question
    ) throws(RequestFailure) -> Question {
        do {
            return try body()
        } catch {
            throw RequestFailure(error)
        }
    }
}

extension String {
    /// The text without spaces and line ends around it.
    var withoutSpaceAround: String {
        let trimmed = drop(while: \.isWhitespace)
        return String(trimmed.reversed().drop(while: \.isWhitespace).reversed())
    }
}
