public import ErlangshenJSON

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// Writes `metrics.jsonl`: one JSON object a line, each handed to the system at once.
///
/// A resumed run cuts what lies after its step, so that the file ends up as that of an unbroken run. Hence no clock
/// belongs into it: times and rates go to `EventFile` and to the terminal.
public final class MetricsLog {
    /// Where the file stands.
    public let path: String
    /// Lines that stayed from the run that is resumed.
    public let keptLineCount: Int
    /// Bytes that were cut off.
    public let cutByteCount: Int

    private let descriptor: Int32

    /// Opens the file of a run, making it when there is none.
    ///
    /// - Parameters:
    ///   - path: the file.
    ///   - step: the step of the state that the run resumes from; lines of later steps are cut, and so is a last line
    ///     that was not written to its end. 0 when it resumes and no state was saved yet. Nil for a new run, which needs
    ///     a place without lines.
    /// - Throws: `TrainingError.metrics` when a new run finds lines, or when a line to keep follows one to cut: the file
    ///   is then not of this run, and nothing is cut.
    public init(path: String, resumingAt step: Int?) throws(TrainingError) {
        let descriptor = open(path, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0o666)
        guard descriptor >= 0 else { throw .system(operation: "create", path: path, code: errno) }
        do throws(TrainingError) {
            let kept = try MetricsLog.kept(path, resumingAt: step)
            if kept.byteCount < kept.total, ftruncate(descriptor, off_t(kept.byteCount)) != 0 {
                throw TrainingError.system(operation: "cut", path: path, code: errno)
            }
            keptLineCount = kept.lines
            cutByteCount = kept.total - kept.byteCount
        } catch {
            close(descriptor)
            throw error
        }
        self.path = path
        self.descriptor = descriptor
    }

    deinit { close(descriptor) }

    /// How much of the file stays, in lines and in bytes, and how much there is.
    private static func kept(
        _ path: String, resumingAt step: Int?
    ) throws(TrainingError) -> (lines: Int, byteCount: Int, total: Int) {
        var (lines, byteCount, total, firstCut): (Int, Int, Int, Int?) = (0, 0, 0, nil)
        var fault: TrainingError?
        try MetricsFile.scan(path) { line, number, end in
            total = end
            guard let step else {
                fault = fault ?? .metrics(path: path, line: 1, reason: "a new run needs a folder without metrics")
                return
            }
            if case .entry(let entry) = line, entry.step <= step {
                (lines, byteCount) = (number, end)
                if let firstCut {
                    let reason = "step \(entry.step) follows in line \(number); the file is not of this run"
                    fault = fault ?? .metrics(path: path, line: firstCut, reason: reason)
                }
            } else {
                firstCut = firstCut ?? number
            }
        }
        if let fault { throw fault }
        return (lines, byteCount, total)
    }

    /// Appends a line.
    ///
    /// - Parameters:
    ///   - step: updates done.
    ///   - values: what was measured, in this order; a number that is not finite is written as `null`.
    /// - Throws: `TrainingError.system` when the line cannot be written.
    public func append(step: Int, _ values: JSONObject) throws(TrainingError) {
        var object: JSONObject = ["step": .integer(Int64(step))]
        for (name, value) in values where name != "step" { object[name] = value }
        try FileWork.append(
            Array((JSONValue.object(object).serialized() + "\n").utf8), to: descriptor, path: path)
    }

    /// Brings the lines to the disk: before a state is saved, so that none of a saved step can be missing.
    ///
    /// - Throws: `TrainingError.system` when the disk refuses.
    public func synchronize() throws(TrainingError) {
        guard fsync(descriptor) == 0 else { throw .system(operation: "write", path: path, code: errno) }
    }
}
