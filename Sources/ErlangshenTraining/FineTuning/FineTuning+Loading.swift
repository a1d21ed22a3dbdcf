import ErlangshenCompute
import ErlangshenJSON
import ErlangshenModel
import ErlangshenTasks
import ErlangshenTokenizer

extension FineTuning {
    /// A model to train, and the parameters that its checkpoint did not have.
    struct Network {
        let subject: any ExampleSubject & RankableSubject
        let initialised: [String]
    }

    /// The configuration of the model to begin with.
    static func configuration(of source: ModelSource) throws(TrainingError) -> (path: String, EncoderConfig) {
        let (path, object) = try source.configuration()
        return (path, try onModel { () throws(ModelError) in try EncoderConfig(json: .object(object), source: path) })
    }

    /// The rows to learn from.
    static func training(
        _ request: FineTuningRequest, _ labels: TaskLabels, _ tokenizer: BertTokenizer
    ) throws(TrainingError) -> EncodedDataset {
        try onTask { () throws(TaskError) in
            let settings = try EncodingSettings(
                for: request.task, labels: labels, maximumTokenCount: request.settings.maximumTokenCount,
                overlong: request.policy.overlong)
            let encoder = try ExampleEncoder(
                task: request.task, labels: labels.rows, tokenizer: tokenizer, settings: settings)
            return try EncodedDataset(
                paths: request.trainPaths, role: .training, labels: labels.rows, encoder: encoder,
                policy: request.policy)
        }
    }

    /// Loads the weights, or draws them.
    static func model(
        _ request: FineTuningRequest, _ config: EncoderConfig, outputCount: Int, _ device: Device
    ) throws(TrainingError) -> Network {
        let head: TrainableModel.Head =
            switch request.task.kind {
            case .classification, .softClassification, .regression: .sequenceClassification(labels: outputCount)
            case .tokenClassification: .tokenClassification(labels: outputCount)
            case .questionAnswering: .questionAnswering
            case .multipleChoice: .multipleChoice
            }
        let rules = request.settings.parameterRules
        let trained = TrainedParameters(lowRank: request.settings.lowRank) { name in
            !rules.freezes(name) && config.reaches(name)
        }
        let model = try onModel { () throws(ModelError) in
            switch request.source {
            case .folder(let folder):
                try TrainableModel(
                    directory: folder, head: head, seed: request.settings.seed, device: device,
                    precision: request.precision, recomputes: request.recomputes, trained: trained)
            case .scratch:
                try TrainableModel(
                    config: config, head: head, seed: request.settings.seed, device: device,
                    precision: request.precision, recomputes: request.recomputes, trained: trained)
            }
        }
        return Network(subject: model, initialised: model.initialised)
    }

    /// Counts what is going to be done.
    static func plan(
        _ request: FineTuningRequest, _ config: EncoderConfig, _ network: Network, _ data: EncodedDataset,
        _ dev: TaskRows
    ) throws(TrainingError) -> FineTuningPlan {
        let (parameters, lengths) = (network.subject.parameters, data.lengths)
        let longest = lengths.max() ?? 0
        var rules = request.settings.parameterRules
        rules.unreached = Set(parameters.map(\.name).filter { !config.reaches($0) })
        let groups = try ParameterGroups(parameters, rules: rules)
        let passes = request.settings.rDrop > 0 ? 2 : 1
        return FineTuningPlan(
            parameterCount: parameters.reduce(0) { $0 + $1.shape.reduce(1, *) },
            groups: groups, initialised: network.initialised, exampleCount: lengths.count,
            tokenCount: lengths.reduce(0, +),
            longestTokenCount: longest, devRowCount: dev.data.rows.count,
            stepsPerEpoch: (lengths.count - 1) / request.settings.batchSize + 1,
            stepCount: FineTuningWork.stepCount(exampleCount: lengths.count, request.settings),
            trainReports: data.reports, devReports: dev.data.reports, encoding: data.encoding,
            memoryEstimate: FineTuningPlan.memoryEstimate(
                parameters: parameters, groups: groups, isHalf: request.precision == .bf16,
                recomputes: request.recomputes,
                tokenCount: max(longest * passes, request.settings.pieceTokenCount), hiddenSize: config.hiddenSize,
                intermediateSize: config.intermediateSize, layerCount: config.numHiddenLayers))
    }
}
