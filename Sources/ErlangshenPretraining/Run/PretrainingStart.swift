import ErlangshenCompute
import ErlangshenJSON
import ErlangshenModel
import ErlangshenTokenizer
import ErlangshenTraining

/// The model that a run begins with: its configuration, its words, its weights.
struct PretrainingStart {
    /// What a model card calls it.
    let title: String
    /// Where `config.json` came from.
    let path: String
    /// `config.json` as the run writes it.
    let object: JSONObject
    let config: EncoderConfig
    let tokenizer: BertTokenizer
    /// The tokenizer's files.
    let files: [(name: String, bytes: [UInt8])]
    private let folder: String?

    /// - Throws: `PretrainingError` when there is none, or what there is cannot be read.
    init(_ settings: PretrainingSettings) throws(PretrainingError) {
        let source: ModelSource
        var object: JSONObject
        if let model = settings.model {
            for (key, isSet) in [
                ("model-config", settings.modelConfig != nil), ("preset", settings.preset != nil),
                ("vocab", settings.vocabulary != nil), ("shape", !settings.shape.isEmpty),
            ] where isSet {
                throw .invalidValue(key: key, value: "set", expected: "left out beside model: a folder has its own")
            }
            source = .folder(model)
            tokenizer = try onTraining { () throws(TrainingError) in try source.tokenizer() }
            (path, object) = try onTraining { () throws(TrainingError) in try source.configuration() }
            title = source.title
        } else {
            guard let vocabulary = settings.vocabulary else {
                throw .invalidValue(key: "vocab", value: "left out", expected: "a vocab.txt, unless there is a model")
            }
            source = .scratch(config: settings.modelConfig ?? "", vocabulary: vocabulary)
            tokenizer = try onTraining { () throws(TrainingError) in try source.tokenizer() }
            (path, object) = try ModelShape.configuration(settings, wordCount: tokenizer.vocabulary.count)
            title = settings.preset.map { "DeBERTa-v2 \($0)" } ?? source.title
        }
        folder = settings.model
        files = try onTraining { () throws(TrainingError) in try source.tokenizerFiles() }
        do { config = try EncoderConfig(json: .object(object), source: path) } catch {
            throw .training(.model(error))
        }
        guard tokenizer.vocabulary.count <= config.vocabSize else {
            throw .invalidValue(
                key: "vocab_size of \(path)", value: "\(config.vocabSize)",
                expected: "\(tokenizer.vocabulary.count) or more, the words of the vocabulary")
        }
        object["model_type"] = .string(config.modelType.rawValue)
        object["architectures"] = [.string(config.modelType.className + "ForMaskedLM")]
        for key in ["num_labels", "id2label", "label2id", "problem_type", "dtype"] { object[key] = nil }
        object["torch_dtype"] = "float32"
        self.object = object
    }

    /// Loads the weights, or draws them from the seed.
    func model(_ settings: PretrainingSettings, device: Device, precision: Precision) throws(PretrainingError)
        -> TrainableModel
    {
        do throws(ModelError) {
            if let folder {
                return try TrainableModel(
                    directory: folder, head: .maskedLM, seed: settings.seed, device: device, precision: precision,
                    recomputes: settings.recomputes)
            }
            return try TrainableModel(
                config: config, head: .maskedLM, seed: settings.seed, device: device, precision: precision,
                recomputes: settings.recomputes)
        } catch {
            throw .training(.model(error))
        }
    }
}
