import ErlangshenPipelines

extension RequestFailure {
    /// What an error of a pipeline means to a client.
    ///
    /// The message is that of transformers where it has one; the hosted API answers these with 400.
    init(_ error: PipelineError) {
        switch error {
        case .noMask, .maskCutOff, .noTargets, .invalidInputs:
            self.init(.badRequest, .validation, error.description, field: Self.field(of: error))
            warnings = ["There was an inference error: \(error)"]
        case .tokenizer, .oneMaskExpected, .oneBlankExpected, .blankCutOff, .tooManyMasks, .nothingToScore,
            .noCandidates, .noPlaceForLabel, .taskNotServed, .invalidCount, .outOfRange:
            self.init(.unprocessableContent, .validation, error.description, field: Self.field(of: error))
        case .model(.positionOutOfRange), .model(.invalidBatch):
            self.init(.unprocessableContent, .validation, error.description, field: "inputs")
        case .model, .compute, .notFinite, .noLabels, .vocabularyMismatch, .demoNotWritten:
            self.init(
                .internalServerError, .backend,
                "the model failed; the server's log says why, and a smaller request may pass")
        }
    }

    private static func field(of error: PipelineError) -> String? {
        switch error {
        case .noTargets: "parameters.targets"
        case .noCandidates: "parameters.candidate_labels"
        case .noPlaceForLabel: "parameters.hypothesis_template"
        case .invalidCount("beamWidth", _): "parameters.beam_width"
        case .invalidCount: "parameters.top_k"
        case .outOfRange(let name, _, _): "parameters.\(name)"
        case .taskNotServed: nil
        default: "inputs"
        }
    }
}
