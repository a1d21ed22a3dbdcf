import ErlangshenCheckpoint
import ErlangshenCompute
import ErlangshenCorpus
import ErlangshenHub
import ErlangshenMasking
import ErlangshenModel
import ErlangshenParallel
import ErlangshenPipelines
import ErlangshenPretraining
import ErlangshenSegmentation
import ErlangshenServer
import ErlangshenTasks
import ErlangshenTokenizer
import ErlangshenTraining

/// An error that knows how the process ends.
protocol ReasonBearing: Error {
    var exitReason: ExitReason { get }
}

extension CommandFailure: ReasonBearing {
    var exitReason: ExitReason { status }
}

extension ExitReason {
    /// The status for an error of any room; a defect of this program for one that no room declares.
    init(of error: any Error) {
        switch error {
        case let error as any ReasonBearing: self = error.exitReason
        case let error as PipelineError: self.init(pipeline: error)
        case let error as ModelError: self.init(model: error)
        case let error as CheckpointError: self.init(checkpoint: error)
        case let error as ComputeError: self.init(compute: error)
        case let error as TaskError: self.init(task: error)
        case let error as TokenizerError: self.init(tokenizer: error)
        case let error as SegmentationError: self.init(segmentation: error)
        case is ParallelError: self = .unavailable
        case let error as MaskingError: self.init(masking: error)
        case let error as CorpusError: self.init(corpus: error)
        case let error as TrainingError: self.init(training: error)
        case let error as ServerError: self.init(server: error)
        case is InferenceConnection.Failure: self = .unavailable
        case let error as PretrainingError: self.init(pretraining: error)
        case let error as HubError: self.init(hub: error)
        default: self = .internalError
        }
    }

    private init(pipeline error: PipelineError) {
        switch error {
        case .tokenizer(let error): self.init(of: error)
        case .model(let error): self.init(of: error)
        case .compute(let error): self.init(of: error)
        case .demoNotWritten: self = .cannotCreate
        case .invalidCount, .outOfRange: self = .usage
        default: self = .badData
        }
    }

    private init(server error: ServerError) {
        switch error {
        case .invalidName, .nameTwice, .invalidLimit: self = .usage
        case .invalidKey: self = .configuration
        case .cannotListen: self = .unavailable
        case .cannotNotify: self = .configuration
        case .cannotLoad(_, let error): self.init(of: error)
        }
    }

    private init(model error: ModelError) {
        switch error {
        case .checkpoint(let error): self.init(of: error)
        case .compute(let error): self.init(of: error)
        default: self = .badData
        }
    }

    private init(tokenizer error: TokenizerError) {
        if case .unreadableFile = error { self = .inputMissing } else { self = .badData }
    }

    private init(task error: TaskError) {
        switch error {
        case .unreadable(_, let code): self = SystemFailure(code: code).statusForReading
        case .notAFile: self = .inputMissing
        case .unknownTask, .invalidTask, .invalidSetting: self = .usage
        case .writing(let error): self.init(of: error)
        case .tokenizer(let error): self.init(of: error)
        default: self = .badData
        }
    }

    private init(segmentation error: SegmentationError) {
        switch error {
        case .noJieba: self = .unavailable
        case .missingFile(_, _, let isFromEnvironment): self = isFromEnvironment ? .configuration : .inputMissing
        case .system(_, _, let code): self = SystemFailure(code: code).statusForReading
        default: self = .badData
        }
    }

    private init(masking error: MaskingError) {
        if case .invalidSetting = error { self = .usage } else { self = .badData }
    }

    private init(corpus error: CorpusError) {
        switch error {
        case .unreadable(_, let code): self = SystemFailure(code: code).statusForReading
        case .notAFile, .noCorpus: self = .inputMissing
        case .noLibrary, .duplicatesTableFull: self = .unavailable
        case .invalidSetting, .vocabularyTooSmall: self = .usage
        case .otherBuild: self = .cannotCreate
        case .file(let error): self.init(of: error)
        case .tokenizer(let error): self.init(of: error)
        case .segmentation(let error): self.init(of: error)
        default: self = .badData
        }
    }

    private init(compute error: ComputeError) {
        switch error {
        case .outOfMemory, .unavailable: self = .unavailable
        case .invalidSetting: self = .configuration
        case .failed: self = .internalError
        }
    }

    private init(training error: TrainingError) {
        switch error {
        case .checkpoint(let error): self.init(of: error)
        case .invalidSetting, .unmatchedPrefix, .configurationChanged: self = .usage
        case .system(_, _, let code): self = SystemFailure(code: code).statusForWriting
        case .diskFull: self = .inputOutput
        case .inUse: self = .unavailable
        case .model(let error): self.init(of: error)
        case .task(let error): self.init(of: error)
        case .tokenizer(let error): self.init(of: error)
        case .alreadyStarted: self = .cannotCreate
        case .ranks(let error): self.init(of: error)
        case .damaged(_, .missing), .damaged(_, .notAFolder), .unreadable(_, .missing): self = .inputMissing
        case .damaged(_, .unreadable(_, let code)), .unreadable(_, .unreadable(_, let code)):
            self = SystemFailure(code: code).statusForReading
        default: self = .badData
        }
    }

    private init(hub error: HubError) {
        switch error {
        case .invalidID, .invalidRevision, .nothingSelected: self = .usage
        case .invalidSetting: self = .configuration
        case .offline, .notCached, .noRepository, .noRevision, .noFile: self = .inputMissing
        case .forbidden, .status(_, 401, _), .status(_, 403, _), .status(_, 407, _): self = .notPermitted
        case .status, .transfer, .redirect, .unexpectedAnswer, .cancelled: self = .unavailable
        case .unsafePath, .wrongContent: self = .badData
        case .foreignLink: self = .cannotCreate
        case .system(_, _, let code): self = SystemFailure(code: code).statusForWriting
        case .noSpace: self = .inputOutput
        }
    }

    private init(pretraining error: PretrainingError) {
        switch error {
        case .training(let error): self.init(of: error)
        case .invalidValue: self = .usage
        case .configuration, .unknownKey, .noSamples, .corpus: self = .badData
        }
    }

    private init(checkpoint error: CheckpointError) {
        switch error {
        case .noCheckpoint, .notAFile, .notAFolder, .noSuchTensor: self = .inputMissing
        case .writing(_, .exists): self = .cannotCreate
        case .system(let operation, _, let code):
            let failure = SystemFailure(code: code)
            self = Self.writingOperations.contains(operation) ? failure.statusForWriting : failure.statusForReading
        default: self = .badData
        }
    }

    /// The operations of the checkpoint room that write.
    private static let writingOperations: Set = ["create", "create folder", "write", "replace", "close"]
}
