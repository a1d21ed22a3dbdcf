public import ErlangshenCompute
import ErlangshenModel
public import ErlangshenTokenizer

/// The pipelines that one model folder is good for, on one copy of its weights.
///
/// The folder's architecture decides: a masked language model fills masks, a classifier of texts gives labels (and,
/// when it was trained on entailment, labels of the caller's own), a tagger finds entities. All of them give vectors.
public struct TaskPipelines: Sendable {
    /// The pipeline for masks, of a masked language model.
    public let fillMask: FillMaskPipeline?
    /// The pipeline for labels, of a classifier of texts.
    public let textClassification: TextClassificationPipeline?
    /// The pipeline for entities, of a classifier of tokens.
    public let tokenClassification: TokenClassificationPipeline?
    /// The pipeline for vectors.
    public let features: FeatureExtractionPipeline
    /// What holds for every answer.
    public let standingWarnings: [PipelineWarning]
    /// The longest text that the model was trained on, in tokens.
    public let trainedLength: Int

    /// The tokenizer in use.
    public var tokenizer: BertTokenizer { features.tokenizer }

    /// The names of the labels of a fine-tuned model; none for others.
    public var labels: [String] { textClassification?.labels ?? tokenClassification?.labels ?? [] }

    /// Loads the tokenizer and the model of a folder.
    ///
    /// - Parameters:
    ///   - directory: a model folder; nil takes the default model, as ``FillMaskPipeline`` does.
    ///   - device: where it runs.
    ///   - precision: in what matrix products are computed, nil meaning that of a prepared folder, else fp32.
    /// - Throws: ``PipelineError`` of the tokenizer, the checkpoint or the model; `vocabularyMismatch`, `noLabels`,
    ///   `demoNotWritten`.
    public init(directory: String?, device: Device, precision: PrecisionChoice? = nil) throws(PipelineError) {
        // `??` would lose the type of the error.
        let folder = if let directory { directory } else { try DemoCheckpoint.directory() }
        let config = try wrapped { () throws(ModelError) in try EncoderConfig(directory: folder) }
        let architecture = config.architectures.first ?? ""
        if architecture.hasSuffix("ForMaskedLM") {
            self.init(masked: try LoadedModel(directory: folder, device: device, precision: precision))
        } else if architecture.hasSuffix("ForSequenceClassification") {
            self.init(texts: try LoadedModel(directory: folder, device: device, precision: precision).requiringLabels())
        } else if architecture.hasSuffix("ForTokenClassification") {
            self.init(
                tokens: try LoadedModel(directory: folder, device: device, precision: precision).requiringLabels())
        } else {
            self.init(encoder: try LoadedModel(directory: folder, device: device, precision: precision))
        }
    }

    /// What can be asked of the model, its main task first.
    public var tasks: [PipelineTask] {
        var tasks: [PipelineTask] = []
        if fillMask != nil { tasks += [.fillMask, .jointFillMask, .textScoring] }
        if let textClassification {
            tasks.append(.textClassification)
            if textClassification.labels.count > 1 { tasks.append(.zeroShotClassification) }
        }
        if tokenClassification != nil { tasks.append(.tokenClassification) }
        return tasks + [.featureExtraction, .attention]
    }

    /// Answers questions of one task in as few model calls as memory allows, without padding.
    ///
    /// An answer is the same to the last bit whichever questions share its call. Questions of several tasks are
    /// answered task by task.
    /// - Returns: an answer for each question, in order.
    /// - Throws: errors of the model; ``PipelineError/taskNotServed(task:)``.
    public func answers(_ questions: [TaskQuestion]) throws(PipelineError) -> [TaskAnswer] {
        var answers = [TaskAnswer?](repeating: nil, count: questions.count)
        for task in PipelineTask.allCases {
            let places = questions.indices.filter { questions[$0].task == task }
            guard !places.isEmpty else { continue }
            for (place, answer) in zip(places, try self.answers(places.map { questions[$0] }, of: task)) {
                answers[place] = answer
            }
        }
        return answers.compactMap(\.self)
    }

    private func answers(
        _ questions: [TaskQuestion], of task: PipelineTask
    ) throws(PipelineError) -> [TaskAnswer] {
        switch task {
        case .fillMask:
            guard let fillMask else { throw .taskNotServed(task: task.rawValue) }
            let asked = questions.compactMap { if case .fillMask(let question) = $0 { question } else { nil } }
            return try fillMask.answers(asked).map(TaskAnswer.fillMask)
        case .jointFillMask, .textScoring, .attention:
            // Each of these is many runs of the model, or one of a single text: nothing is gained by company.
            var answers: [TaskAnswer] = []
            for question in questions { answers.append(try answer(question)) }
            return answers
        case .textClassification:
            guard let textClassification else { throw .taskNotServed(task: task.rawValue) }
            let asked = questions.compactMap { question -> TextClassificationQuestion? in
                if case .textClassification(let question) = question { question } else { nil }
            }
            return try textClassification.answers(asked).map(TaskAnswer.textClassification)
        case .tokenClassification:
            guard let tokenClassification else { throw .taskNotServed(task: task.rawValue) }
            let asked = questions.compactMap { question -> TokenClassificationQuestion? in
                if case .tokenClassification(let question) = question { question } else { nil }
            }
            return try tokenClassification.answers(asked).map(TaskAnswer.tokenClassification)
        case .zeroShotClassification:
            guard let textClassification else { throw .taskNotServed(task: task.rawValue) }
            let asked = questions.compactMap { question -> ZeroShotQuestion? in
                if case .zeroShotClassification(let question) = question { question } else { nil }
            }
            return try textClassification.answers(asked).map(TaskAnswer.zeroShotClassification)
        case .featureExtraction:
            let asked = questions.compactMap { question -> FeatureQuestion? in
                if case .featureExtraction(let question) = question { question } else { nil }
            }
            return try features.answers(asked).map(TaskAnswer.featureExtraction)
        }
    }
}

extension TaskPipelines {
    /// The answer of a question that is computed alone.
    private func answer(_ question: TaskQuestion) throws(PipelineError) -> TaskAnswer {
        switch question {
        case .jointFillMask(let question):
            guard let fillMask else { throw .taskNotServed(task: PipelineTask.jointFillMask.rawValue) }
            return .jointFillMask(try fillMask.fillJointly(question))
        case .textScoring(let question):
            guard let fillMask else { throw .taskNotServed(task: PipelineTask.textScoring.rawValue) }
            return .textScoring(try fillMask.score(question))
        case .attention(let question): return .attention(try features.answer(question))
        default: return try answers([question], of: question.task)[0]
        }
    }
}

extension TaskPipelines {
    private init(masked loaded: LoadedModel<EncoderForMaskedLM>) {
        self.init(
            loaded, loaded.model.encoder, fillMask: FillMaskPipeline(loaded), texts: nil, tokens: nil)
    }

    private init(texts loaded: LoadedModel<EncoderForSequenceClassification>) {
        self.init(
            loaded, loaded.model.encoder, fillMask: nil, texts: TextClassificationPipeline(loaded), tokens: nil)
    }

    private init(tokens loaded: LoadedModel<EncoderForTokenClassification>) {
        self.init(
            loaded, loaded.model.encoder, fillMask: nil, texts: nil, tokens: TokenClassificationPipeline(loaded))
    }

    private init(encoder loaded: LoadedModel<EncoderModel>) {
        self.init(loaded, loaded.model, fillMask: nil, texts: nil, tokens: nil)
    }

    private init(
        _ loaded: LoadedModel<some FolderModel>, _ encoder: EncoderModel, fillMask: FillMaskPipeline?,
        texts: TextClassificationPipeline?, tokens: TokenClassificationPipeline?
    ) {
        self.fillMask = fillMask
        textClassification = texts
        tokenClassification = tokens
        features = FeatureExtractionPipeline(
            LoadedModel(encoder: loaded.encoder, model: encoder, standingWarnings: loaded.standingWarnings))
        standingWarnings = loaded.standingWarnings
        trainedLength = loaded.model.config.maxPositionEmbeddings
    }
}
