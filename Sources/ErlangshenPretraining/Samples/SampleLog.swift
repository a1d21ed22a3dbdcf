import ErlangshenMasking
import ErlangshenJSON
import ErlangshenTraining

/// Writes the sequences of every update as JSON lines, each with its step: what another program needs to train on the
/// same, and what `SampleFile` reads.
///
/// A resumed run cuts what lies after its step, as in `metrics.jsonl`.
final class SampleLog {
    private let log: MetricsLog

    /// Longer lines could not be read again when a run is resumed.
    static let maximumWindow = 4_096

    /// - Throws: `TrainingError` when the file cannot be made, or is that of another run.
    init(path: String, resumingAt step: Int?) throws(TrainingError) {
        log = try MetricsLog(path: path, resumingAt: step)
    }

    /// Appends the sequences of an update.
    ///
    /// - Parameter step: updates done, this one counted.
    func append(step: Int, _ sequences: [MaskedSequence]) throws(TrainingError) {
        func list(_ numbers: some Sequence<some BinaryInteger>) -> JSONValue {
            .array(numbers.map { .integer(Int64($0)) })
        }
        for sequence in sequences {
            try log.append(
                step: step,
                [
                    "ids": list(sequence.ids), "positions": list(sequence.positions),
                    "labels": list(sequence.labels), "word_ends": list(sequence.wordEnds),
                ])
        }
    }
}
