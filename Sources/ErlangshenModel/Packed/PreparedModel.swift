internal import ErlangshenCheckpoint
public import ErlangshenCompute

/// Folders whose weights are packed in one precision for one kind of processor: they are mapped, not converted, and
/// start in a fraction of the time.
public enum PreparedModel {
    /// The file that makes a folder a prepared one.
    public static let fileName = PackedFile.name

    /// The precision that a prepared folder holds; nil for any other folder.
    ///
    /// - Throws: `ModelError.packed`, `.checkpoint` when the file is there and damaged.
    public static func precision(of directory: String) throws(ModelError) -> Precision? {
        try PackedFile(directory: directory)?.precision
    }

    /// Prepares a model folder: packs its weights and writes them, with configuration and vocabulary beside them.
    ///
    /// What is packed is the head that the checkpoint has, masked language model first, with the encoder.
    ///
    /// - Parameters:
    ///   - source: a model folder that is not itself prepared.
    ///   - target: the folder to write, made where it is missing.
    ///   - precision: of the matrix products.
    ///   - device: the kind of processor to prepare for.
    /// - Throws: `ModelError` of loading; `.packed` when the source is prepared already; `.checkpoint` when the system
    ///   refuses to write.
    public static func write(
        _ source: String, to target: String, precision: Precision, device: Device
    ) throws(ModelError) {
        let config = try EncoderConfig(directory: source)
        let recorder = PackedRecorder()
        let loader = try ParameterLoader(
            directory: source, device: device, precision: precision, owner: "PreparedModel", recorder: recorder)
        if let held = loader.preparedPrecision {
            throw .packed(path: source, .precision(holds: held, asked: precision))
        }
        if loader.has(config.legacy ? "cls.predictions.transform.dense.weight" : "lm_predictions.lm_head.dense.weight")
        {
            _ = try EncoderForMaskedLM(loading: loader, config: config)
        } else if loader.has("qa_outputs.weight") {
            _ = try EncoderForQuestionAnswering(loading: loader, config: config)
        } else if loader.has("classifier.weight"), hasPooler(loader, config) {
            _ = try EncoderForSequenceClassification(loading: loader, config: config)
        } else if loader.has("classifier.weight") {
            _ = try EncoderForTokenClassification(loading: loader, config: config)
        } else {
            _ = try EncoderModel(loading: loader, config: config)
        }
        do { try CheckpointConverter.copyCompanions(from: source, to: target) } catch { throw .checkpoint(error) }
        try recorder.write(to: target, precision: precision, layout: device.packedLayout)
    }

    /// With a pooler a classifier may be one of whole texts; one of tokens needs nothing more than what is packed then.
    private static func hasPooler(_ loader: ParameterLoader, _ config: EncoderConfig) -> Bool {
        ["", config.modelType.encoderPrefix].contains {
            loader.has(config.modelType.poolerName(beside: $0) + ".dense.weight")
        }
    }
}
