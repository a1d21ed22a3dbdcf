/// The ids that targets stand for.
struct TargetCandidates: Sendable {
    /// Distinct and ascending.
    let ids: [Int]
    let warnings: [PipelineWarning]

    /// Looks each target up; one that is no entry stands for its first token.
    ///
    /// - Throws: ``PipelineError/noTargets`` when nothing is left.
    init(_ targets: [String], _ encoder: TextEncoder) throws(PipelineError) {
        var ids: Set<Int> = []
        var warnings: [PipelineWarning] = []
        for target in targets {
            if let id = encoder.id(of: target) {
                ids.insert(id)
            } else if let first = try encoder.pieces(target).first {
                warnings.append(.targetReplaced(target: target, by: encoder.token(Int(first))))
                ids.insert(Int(first))
            } else {
                warnings.append(.targetIgnored(target: target))
            }
        }
        guard !ids.isEmpty else { throw .noTargets }
        self.ids = ids.sorted()
        self.warnings = warnings
    }

    /// The likeliest `count` of the targets, best first, the lower id first among equals.
    func top(_ count: Int, _ row: LogitRow) -> [Int] {
        let ranked = ids.sorted { left, right in
            let (a, b) = (row.logProbability(left), row.logProbability(right))
            return a == b ? left < right : a > b
        }
        return Array(ranked.prefix(count))
    }
}
