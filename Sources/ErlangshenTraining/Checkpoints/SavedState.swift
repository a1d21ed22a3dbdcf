import ErlangshenCheckpoint
import ErlangshenJSON

/// A state on the disk, checked when it is opened.
public struct SavedState: Sendable {
    /// The folder.
    public let path: String
    /// Where the run stood.
    public let state: TrainingState

    private let weights: Checkpoint
    private let moments: Checkpoint

    /// Weights, under the name that a model folder has for them.
    static let weightsName = CheckpointFormat.safetensors.fileName
    static let (momentsName, stateName) = ("optimizer.safetensors", "state.json")
    static let maximumStateByteCount = 16 << 20

    /// Opens a state.
    ///
    /// - Parameters:
    ///   - path: its folder.
    ///   - verifyingSums: whether every file is read and its SHA-256 sum compared; sizes and headers are in any case.
    /// - Throws: `TrainingError.damaged` with what is wrong.
    public init(path: String, verifyingSums: Bool = true) throws(TrainingError) {
        do {
            self = try SavedState.open(path, verifyingSums: verifyingSums)
        } catch {
            throw .damaged(path: path, error)
        }
    }

    private init(path: String, state: TrainingState, weights: Checkpoint, moments: Checkpoint) {
        self.path = path
        self.state = state
        self.weights = weights
        self.moments = moments
    }

    static func open(_ path: String, verifyingSums: Bool) throws(StateFault) -> SavedState {
        let state = try readState(path, verifyingSums: verifyingSums)
        func tensors(_ name: String) throws(StateFault) -> Checkpoint {
            do { return try Checkpoint(file: path + "/" + name) } catch { throw .tensors("\(error)") }
        }
        return SavedState(
            path: path, state: state, weights: try tensors(weightsName), moments: try tensors(momentsName))
    }

    /// Checks the files against the list and reads `state.json`.
    static func readState(_ path: String, verifyingSums: Bool) throws(StateFault) -> TrainingState {
        guard FileWork.isFolder(path) else { throw .notAFolder }
        let manifest = try StateManifest(folder: path)
        for name in [weightsName, momentsName, stateName] {
            guard manifest.entries.contains(where: { $0.name == name }) else {
                throw .manifest("\(name) is not listed")
            }
        }
        try manifest.check(folder: path, verifyingSums: verifyingSums)
        let bytes = try StateFileReader.bytes(of: stateName, in: path, limit: maximumStateByteCount)
        let json: JSONValue
        do { json = try JSONValue.parse(bytes) } catch { throw .state("\(error)") }
        return try TrainingState(json: json)
    }

    /// Copies the numbers into the memory of a model and its optimiser.
    ///
    /// Names, types and shapes of all arrays are compared before the first number is copied.
    ///
    /// - Throws: `TrainingError.damaged` with the first array that is missing, too many, or of another shape; `.model`.
    public func read(into rooms: StateArrays<NamedArrayRoom>) throws(TrainingError) {
        let momentRooms =
            rooms.firstMoments.map { $0.named(MomentName.first + $0.name) }
            + rooms.secondMoments.map { $0.named(MomentName.second + $0.name) }
        do {
            try SavedState.compare(weights, rooms.weights)
            try SavedState.compare(moments, momentRooms)
        } catch {
            throw .damaged(path: path, error)
        }
        try copy(weights, rooms.weights)
        try copy(moments, momentRooms)
    }

    private static func compare(_ file: Checkpoint, _ rooms: [NamedArrayRoom]) throws(StateFault) {
        for room in rooms {
            guard let info = file.info(room.name) else { throw .missingArray(room.name) }
            guard info.dtype == .f32 else { throw .tensors("array \(room.name.quoted()) is not in F32") }
            guard info.shape == room.shape, info.byteCount == room.byteCount else {
                throw .shape(array: room.name, expected: room.shape, found: info.shape)
            }
        }
        let known = Set(rooms.map(\.name))
        if let other = file.tensors.first(where: { !known.contains($0.name) }) { throw .unexpectedArray(other.name) }
    }

    private func copy(_ file: Checkpoint, _ rooms: [NamedArrayRoom]) throws(TrainingError) {
        for room in rooms {
            let bytes: TensorBytes
            do { bytes = try file.bytes(of: room.name) } catch { throw .damaged(path: path, .tensors("\(error)")) }
            var failure: TrainingError?
            bytes.withUnsafeBytes { buffer in
                do throws(TrainingError) { try room.fill(buffer) } catch { failure = error }
            }
            if let failure { throw failure }
            file.release(room.name)
        }
    }
}
