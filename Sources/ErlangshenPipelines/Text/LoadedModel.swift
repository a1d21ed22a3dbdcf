import ErlangshenCompute
import ErlangshenModel
import ErlangshenTokenizer

/// A model that a pipeline can load from a folder.
protocol FolderModel: Sendable {
    var config: EncoderConfig { get }
    init(directory: String, device: Device, precision: Precision?) throws(ModelError)
}

extension EncoderModel: FolderModel {}
extension EncoderForMaskedLM: FolderModel {}
extension EncoderForSequenceClassification: FolderModel {}
extension EncoderForTokenClassification: FolderModel {}

/// What every pipeline stands on: a model, the tokenizer of the same vocabulary, and what to say beside each answer.
struct LoadedModel<Model: FolderModel>: Sendable {
    let model: Model
    let encoder: TextEncoder
    /// What holds for every answer, whatever the text.
    let standingWarnings: [PipelineWarning]

    /// Loads the tokenizer and the model of a folder; without a folder the default model.
    ///
    /// The tokenizer comes first: it is small, and a folder that is none is found out before weights are read.
    init(directory: String?, device: Device?, precision choice: PrecisionChoice?) throws(PipelineError) {
        let device = try Self.device(device)
        // `??` would lose the type of the error.
        let folder = if let directory { directory } else { try DemoCheckpoint.directory() }
        let precision = try wrapped { () throws(ModelError) in
            try PrecisionPlan(choice, directory: folder, device: device)
        }
        let tokenizer = try TextEncoder.tokenizer(directory: folder)
        let model = try wrapped { () throws(ModelError) in
            try Model(directory: folder, device: device, precision: precision.used)
        }
        try self.init(
            model: model, tokenizer: tokenizer,
            standingWarnings: (DemoCheckpoint.stands(at: folder) ? [.randomWeights] : [])
                + precision.warnings)
    }

    /// Takes a tokenizer and a model that are already loaded.
    ///
    /// - Throws: `vocabularyMismatch`.
    init(
        model: Model, tokenizer: BertTokenizer, standingWarnings: [PipelineWarning] = []
    ) throws(PipelineError) {
        encoder = try TextEncoder(tokenizer: tokenizer, modelVocabularySize: model.config.vocabSize)
        self.model = model
        self.standingWarnings = standingWarnings
    }

    /// A part of a model that is loaded, with its tokenizer and remarks.
    init(encoder: TextEncoder, model: Model, standingWarnings: [PipelineWarning]) {
        self.encoder = encoder
        self.model = model
        self.standingWarnings = standingWarnings
    }

    /// The names of the labels of a fine-tuned model, by index.
    var labels: [String] { model.config.id2label }

    /// The same, for a pipeline that gives labels.
    ///
    /// - Throws: `noLabels`.
    func requiringLabels() throws(PipelineError) -> LoadedModel {
        guard !labels.isEmpty else { throw .noLabels }
        return self
    }

    private static func device(_ given: Device?) throws(PipelineError) -> Device {
        if let given { return given }
        do {
            return try Device.cpu()
        } catch {
            throw .compute(error)
        }
    }

    /// What to say beside the answer for a text.
    func warnings(for text: EncodedText) -> [PipelineWarning] {
        standingWarnings + text.lengthWarnings(trainedOn: model.config.maxPositionEmbeddings)
    }
}

/// Runs a step of the model and wraps its error.
func wrapped<Value>(_ step: () throws(ModelError) -> Value) throws(PipelineError) -> Value {
    do {
        return try step()
    } catch {
        throw .model(error)
    }
}
