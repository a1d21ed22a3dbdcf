/// Beam search over the fillings of several masks, with exact probabilities by the chain rule.
///
/// The model runs again after each choice, with the words chosen so far in place, so a listed filling carries its exact
/// probability under the order; only which fillings are found depends on the beam.
struct JointSearch: Sendable {
    let runner: QueryRunner
    /// Ids that are never proposed (special tokens), as flags by id.
    let isExcluded: [Bool]
    let order: MaskOrder
    let beamWidth: Int

    /// A partly or wholly filled text.
    struct State: Sendable {
        var ids: [Int32]  // [S]
        var logProbability: Double
        /// Log-probability of each choice, in the order of the positions of the masks.
        var choices: [Int: Double]
    }

    /// What a search found: fillings best first, and the best that anything pruned could still have been.
    struct Outcome: Sendable {
        var states: [State]
        var prunedBound: Double

        /// How many of the leading fillings are proven to be the best there are.
        var exactCount: Int { states.prefix { $0.logProbability >= prunedBound }.count }
    }

    private struct Extension {
        let state: Int
        let position: Int
        let token: Int
        let logProbability: Double
    }

    /// Fills the masks at `positions`, best filling first; masks elsewhere stay masked.
    func search(_ ids: [Int32], at positions: [Int]) throws(PipelineError) -> Outcome {
        var outcome = Outcome(
            states: [State(ids: ids, logProbability: 0, choices: [:])], prunedBound: -.infinity)
        for step in positions.indices {
            let isLast = step == positions.count - 1
            let (kept, bound) = try extend(outcome.states, at: positions)
            // What the last step cuts is complete and ranks below what it keeps: it bounds nothing.
            if !isLast { outcome.prunedBound = max(outcome.prunedBound, bound) }
            outcome.states = kept
        }
        return outcome
    }

    /// One step: every state extended at its next mask; the best `beamWidth` and the best score left out.
    private func extend(
        _ states: [State], at positions: [Int]
    ) throws(PipelineError) -> (kept: [State], bound: Double) {
        var bound = -Double.infinity
        var extensions: [Extension] = []
        var pending: [Extension] = []  // of the state being read: the candidates at its best position so far
        var current = 0
        func close() {
            if pending.count > beamWidth, let cut = pending.last {
                bound = max(bound, cut.logProbability)
                pending.removeLast()
            }
            extensions += pending
            pending = []
        }
        let queries = states.map { MaskQuery(ids: $0.ids, positions: next($0, of: positions)) }
        try runner.forEachRow(queries) { (index, positionIndex, row) throws(PipelineError) in
            if index != current { close() }
            current = index
            let candidates = row.top(beamWidth + 1) { !(isExcluded.indices.contains($0) && isExcluded[$0]) }
            let found = candidates.map { token in
                Extension(
                    state: index, position: queries[index].positions[positionIndex], token: token,
                    logProbability: states[index].logProbability + row.logProbability(token))
            }
            guard let best = found.first else { return }
            if pending.first.map({ best.logProbability > $0.logProbability }) ?? true { pending = found }
        }
        close()
        return (keep(extensions, of: states, bound: &bound), bound)
    }

    /// Where the next choice may fall: one position, or all masks when the most certain is to be found.
    private func next(_ state: State, of positions: [Int]) -> [Int] {
        let open = positions.filter { state.choices[$0] == nil }
        switch order {
        case .leftToRight: return Array(open.prefix(1))
        case .rightToLeft: return Array(open.suffix(1))
        case .mostCertainFirst: return open
        }
    }

    private func keep(_ extensions: [Extension], of states: [State], bound: inout Double) -> [State] {
        let ranked = extensions.sorted { left, right in
            if left.logProbability != right.logProbability { return left.logProbability > right.logProbability }
            return (left.state, left.token) < (right.state, right.token)
        }
        if ranked.count > beamWidth { bound = max(bound, ranked[beamWidth].logProbability) }
        return ranked.prefix(beamWidth).map { item in
            var state = states[item.state]
            state.choices[item.position] = item.logProbability - state.logProbability
            state.ids[item.position] = Int32(item.token)
            state.logProbability = item.logProbability
            return state
        }
    }
}
