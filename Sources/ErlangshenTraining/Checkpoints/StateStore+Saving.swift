import ErlangshenCheckpoint
import ErlangshenJSON

extension StateStore {
    /// Saves a state, then removes those that the retention does not keep.
    ///
    /// - Parameters:
    ///   - state: where the run stands.
    ///   - arrays: its numbers; their memory must not change during the call.
    ///   - attachments: small files to stand beside the weights, by their names: `config.json`, `vocab.txt`.
    /// - Returns: the folder of the state.
    /// - Throws: `TrainingError.diskFull` with the path and the bytes needed, or what else the system refuses. What was
    ///   saved before is then as it was, and nothing of the new state is left; but for an older state that cannot be
    ///   removed in the end, when the new one stands.
    @discardableResult
    public func save(
        _ state: TrainingState, _ arrays: StateArrays<NamedArray>, attachments: [String: [UInt8]] = [:]
    ) throws(TrainingError) -> String {
        let place = StateEntry(step: state.step, kind: .finished)
        let (path, unfinished) = (folder + "/" + place.fileName, at(state.step, .unfinished))
        let text = Array(try state.json().serialized(pretty: true).utf8)
        let needed = neededBytes(arrays, attachments) + text.count
        if let free = FileWork.freeBytes(in: folder), free < needed {
            throw .diskFull(path: path, neededBytes: needed, availableBytes: free)
        }
        do {
            FileWork.remove(unfinished)
            try FileWork.makeFolder(unfinished)
            try write(arrays, into: unfinished)
            try write(text, to: unfinished + "/" + SavedState.stateName)
            try write(attachments, into: unfinished)
            try writeManifest(unfinished)
            try FileWork.sync(folder: unfinished)
            try putInPlace(unfinished, step: state.step)
        } catch {
            FileWork.remove(unfinished)
            throw full(error, path: path, needed: needed)
        }
        try removeOthers(than: state.step)
        return path
    }

    private func at(_ step: Int, _ kind: StateEntry.Kind) -> String {
        folder + "/" + StateEntry(step: step, kind: kind).fileName
    }

    /// The numbers, and for each array and file what its description takes at the most.
    private func neededBytes(_ arrays: StateArrays<NamedArray>, _ attachments: [String: [UInt8]]) -> Int {
        let all = arrays.weights + arrays.firstMoments + arrays.secondMoments
        return all.reduce(0) { $0 + $1.byteCount + $1.name.utf8.count + 256 }
            + attachments.reduce(0) { $0 + $1.value.count + 512 } + 1 << 16
    }

    private func write(_ arrays: StateArrays<NamedArray>, into folder: String) throws(TrainingError) {
        let moments =
            arrays.firstMoments.map { $0.named(MomentName.first + $0.name) }
            + arrays.secondMoments.map { $0.named(MomentName.second + $0.name) }
        try write(arrays.weights, to: folder + "/" + SavedState.weightsName)
        try write(moments, to: folder + "/" + SavedState.momentsName)
    }

    private func write(_ arrays: [NamedArray], to path: String) throws(TrainingError) {
        try WeightsFile.write(arrays, to: path)
    }

    private func write(_ attachments: [String: [UInt8]], into folder: String) throws(TrainingError) {
        for (name, bytes) in attachments.sorted(by: { $0.key < $1.key }) {
            guard StateManifest.isPlain(name),
                ![SavedState.weightsName, SavedState.momentsName, SavedState.stateName].contains(name)
            else { throw .invalidSetting("attachment", name.quoted(), expected: "a file name that is not taken") }
            try write(bytes, to: folder + "/" + name)
        }
    }

    private func write(_ bytes: [UInt8], to path: String) throws(TrainingError) {
        do { try SmallFile.write(bytes, to: path) } catch { throw .checkpoint(error) }
    }

    /// The sums are those of what stands in the files, read back, not of what was meant to.
    private func writeManifest(_ folder: String) throws(TrainingError) {
        var entries: [StateManifest.Entry] = []
        for name in try FileWork.names(in: folder) {
            do {
                let (sum, count) = try FileSum.hex(of: try StateFileReader(name, in: folder))
                entries.append(StateManifest.Entry(name: name, byteCount: count, sum: sum))
            } catch {
                throw .damaged(path: folder, error)
            }
        }
        let text = StateManifest(entries: entries).json.serialized(pretty: true)
        try write(Array(text.utf8), to: folder + "/" + StateManifest.fileName)
    }

    /// Moves a written state to its name. An older one of the same step makes room, and goes once the new one stands;
    /// a damaged one stays under a name of its own.
    private func putInPlace(_ unfinished: String, step: Int) throws(TrainingError) {
        let (path, replaced) = (at(step, .finished), at(step, .replaced))
        guard FileWork.exists(path) else {
            try FileWork.move(unfinished, to: path)
            return try FileWork.sync(folder: folder)
        }
        let isValid = (try? SavedState.readState(path, verifyingSums: true)) != nil
        let aside = isValid ? replaced : at(step, .damaged)
        FileWork.remove(aside)
        try FileWork.move(path, to: aside)
        do throws(TrainingError) {
            try FileWork.move(unfinished, to: path)
        } catch {
            try FileWork.move(aside, to: path)
            throw error
        }
        try FileWork.sync(folder: folder)
        FileWork.remove(replaced)
    }

    /// Removes what the retention does not keep, and what saves and removals that were cut short left behind.
    private func removeOthers(than saved: Int) throws(TrainingError) {
        let entries = try entries()
        for entry in entries where entry.kind == .unfinished || entry.kind == .removed || entry.kind == .replaced {
            FileWork.remove(folder + "/" + entry.fileName)
        }
        // One that cannot be read does not count, neither as one of the last nor as one to go.
        let states = entries.filter { $0.kind == .finished }.compactMap { entry in
            (try? SavedState.readState(folder + "/" + entry.fileName, verifyingSums: false)).map {
                (step: entry.step, metric: $0.metric)
            }
        }
        let kept = retention.kept(states).union([saved])
        for (step, _) in states where !kept.contains(step) {
            // Under another name first: cut short, a removal must not look like a damaged state.
            try FileWork.move(at(step, .finished), to: at(step, .removed))
            FileWork.remove(at(step, .removed))
        }
    }

    private func full(_ error: TrainingError, path: String, needed: Int) -> TrainingError {
        switch error {
        case .system(_, _, let code) where FileWork.isFull(code),
            .checkpoint(.system(_, _, let code)) where FileWork.isFull(code):
            .diskFull(path: path, neededBytes: needed, availableBytes: FileWork.freeBytes(in: folder))
        default: error
        }
    }
}
