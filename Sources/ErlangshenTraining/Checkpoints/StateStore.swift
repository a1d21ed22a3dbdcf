/// The states of one run: a folder that holds a folder for each.
///
/// A state is written beside its place, brought to the disk and moved there; whatever ends the process leaves the
/// states that were there before. One process at a time may have a store open.
public final class StateStore {
    /// The folder of the states.
    public let folder: String
    /// Which states stay.
    public let retention: Retention

    private let lock: FolderLock

    /// Opens the states of a run, making the folder if there is none.
    ///
    /// - Throws: `TrainingError.inUse` when another process has it open, or the system's refusal.
    public init(folder: String, retention: Retention) throws(TrainingError) {
        try FileWork.makeFolder(folder)
        lock = try FolderLock(folder: folder)
        self.folder = folder
        self.retention = retention
    }

    /// The newest state that is valid, and those that were newer and are not; these stay as they are.
    ///
    /// - Parameter verifyingSums: whether the files are read and their sums compared.
    /// - Returns: `state` is nil when nothing was saved here.
    /// - Throws: `TrainingError.noValidState` when there are states and none is valid.
    public func newest(
        verifyingSums: Bool = true
    ) throws(TrainingError) -> (state: SavedState?, rejected: [RejectedState]) {
        var rejected: [RejectedState] = []
        for entry in try entries() where entry.kind != .removed {
            let path = folder + "/" + entry.fileName
            do throws(StateFault) {
                return (try open(entry, verifyingSums: verifyingSums), rejected)
            } catch {
                rejected.append(RejectedState(path: path, fault: error))
            }
        }
        guard rejected.allSatisfy({ $0.fault == .unfinished }) else {
            throw .noValidState(folder: folder, rejected: rejected)
        }
        return (nil, rejected)
    }

    private func open(_ entry: StateEntry, verifyingSums: Bool) throws(StateFault) -> SavedState {
        guard entry.kind != .unfinished else { throw .unfinished }
        let saved = try SavedState.open(folder + "/" + entry.fileName, verifyingSums: verifyingSums)
        guard saved.state.step == entry.step else { throw .step(expected: entry.step, found: saved.state.step) }
        return saved
    }

    /// What stands in the folder under the name of a state, the newest first, a finished one ahead of the others.
    func entries() throws(TrainingError) -> [StateEntry] {
        try FileWork.names(in: folder).compactMap(StateEntry.init(fileName:))
            .sorted { ($0.step, $1.kind.rawValue) > ($1.step, $0.kind.rawValue) }
    }
}

/// The name of a folder that is, was, or will be a state.
struct StateEntry: Equatable {
    /// What has become of it; in the order in which they are tried when a run resumes.
    enum Kind: Int {
        /// Whole, under its own name.
        case finished
        /// Whole, and moved away for a newer one of the same step that may not have come.
        case replaced
        /// Not whole, or not yet in its place.
        case unfinished
        /// Found damaged when its step was saved anew.
        case damaged
        /// No longer needed, on its way out.
        case removed
    }

    let step: Int
    let kind: Kind

    /// The name in the folder.
    var fileName: String {
        let digits = String(step)
        let name = "step-" + String(repeating: "0", count: max(0, 8 - digits.count)) + digits
        return switch kind {
        case .finished: name
        case .replaced: name + ".replaced"
        case .unfinished: "." + name + ".unfinished"
        case .damaged: name + ".damaged"
        case .removed: "." + name + ".removed"
        }
    }

    init(step: Int, kind: Kind) {
        self.step = step
        self.kind = kind
    }

    /// Reads a name; nil for anything else, also for a step written in another way.
    init?(fileName: String) {
        let digits = fileName.drop { $0 == "." }.dropFirst(5).prefix { $0 != "." }
        guard let step = Int(digits), step >= 0 else { return nil }
        let entries = [.finished, .replaced, .unfinished, .damaged, .removed].map { StateEntry(step: step, kind: $0) }
        guard let entry = entries.first(where: { $0.fileName == fileName }) else { return nil }
        self = entry
    }
}
