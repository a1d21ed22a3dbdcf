import ErlangshenJSON
import ErlangshenModel
import ErlangshenParallel

/// What the ranks of a run have to agree on, beside the gradients.
extension RankedSubject {
    /// The pieces of a batch that this rank computes.
    func pieces(of batch: any UpdateBatch) -> Range<Int> { batch.pieces(of: ranks.rank, among: ranks.size) }

    /// The sum of the ranks' parts of a loss, in the order of the ranks.
    func sum(_ part: Double) throws(TrainingError) -> Double {
        try onRanks { () throws(ParallelError) in try ranks.sum([part]) }[0]
    }

    /// The signal that asks any of the ranks for the end; the largest when several do.
    func agreed(_ signal: Int32?) throws(TrainingError) -> Int32? {
        let largest = try onRanks { () throws(ParallelError) in try ranks.largest(Int(signal ?? 0)) }
        return largest == 0 ? nil : Int32(truncatingIfNeeded: largest)
    }

    /// The state that the first rank begins with, on all of them; nil: it has none, and all take its values.
    ///
    /// `saved` is the first rank's; the others' is not looked at.
    /// - Throws: `TrainingError.ranks` when settings or data are not the same on all ranks.
    package func begin(
        with saved: SavedState?, groups: ParameterGroups, fresh: TrainingState
    ) throws(TrainingError) -> TrainingState {
        try onRanks { () throws(ParallelError) in
            try ranks.requireSame("the settings and data of the run", fresh.configurationDigest)
        }
        let own = ranks.isFirst ? try saved?.state.json().serialized() ?? "" : ""
        let text = try onRanks { () throws(ParallelError) in try ranks.gather(Array(own.utf8)) }[0]
        var state = fresh
        if text.isEmpty {
            try onModel { () throws(ModelError) in
                for slot in parameters.indices { try write(slot, .value, try read(slot, .value)) }
                try repack()
            }
        } else if let saved, ranks.isFirst {
            try TrainingLoop.restore(self, groups, from: saved)
            state = saved.state
        } else {
            do { state = try TrainingState(json: try JSONValue.parse(text)) } catch {
                throw .ranks(.library(operation: "taking the first rank's state", reason: "\(error)"))
            }
            try TrainingLoop.receive(self, groups)
        }
        try onRanks { () throws(ParallelError) in
            try ranks.requireSame("the step that they begin at", "\(state.step)")
        }
        return state
    }
}

extension TrainingLoop {
    /// What `restore` does on the first rank, on the others: takes the same arrays in the same order.
    static func receive(_ subject: RankedSubject, _ groups: ParameterGroups) throws(TrainingError) {
        try onModel { () throws(ModelError) in
            for numbers in SubjectNumbers.allCases {
                for (slot, parameter) in subject.parameters.enumerated()
                where numbers == .value || !groups.settings[slot].isFrozen {
                    let count = parameter.shape.reduce(1, *)
                    try subject.write(slot, numbers, [Float](repeating: 0, count: count))
                }
            }
            try subject.repack()
        }
    }
}

/// Runs operations of ranks inside training code, keeping errors typed.
func onRanks<Result>(_ body: () throws(ParallelError) -> Result) throws(TrainingError) -> Result {
    do { return try body() } catch { throw .ranks(error) }
}
