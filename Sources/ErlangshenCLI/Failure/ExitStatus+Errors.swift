import ErlangshenCheckpoint
import ErlangshenCompute
import ErlangshenModel
import ErlangshenPipelines
import ErlangshenTokenizer

/// An error that knows how the process ends.
protocol StatusBearing: Error {
    var exitStatus: ExitStatus { get }
}

extension CommandFailure: StatusBearing {
    var exitStatus: ExitStatus { status }
}

extension ExitStatus {
    /// The status for an error of any room; a defect of this program for one that no room declares.
    init(of error: any Error) {
        switch error {
        case let error as any StatusBearing: self = error.exitStatus
        case let error as PipelineError: self.init(pipeline: error)
        case is TokenizerError, is CheckpointError, is ModelError: self = .badData
        case is ComputeError: self = .internalError
        default: self = .internalError
        }
    }

    private init(pipeline error: PipelineError) {
        switch error {
        case .tokenizer(let error): self.init(of: error)
        case .checkpoint(let error): self.init(of: error)
        case .model(let error): self.init(of: error)
        case .compute(let error): self.init(of: error)
        case .demoNotWritten: self = .cannotCreate
        case .invalidCount: self = .usage
        default: self = .badData
        }
    }
}
