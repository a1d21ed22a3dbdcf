import ErlangshenPipelines

/// Remarks on standard error, each standing one said once.
final class Talk {
    private let isQuiet: Bool
    private var said: Set<String> = []

    init(isQuiet: Bool) { self.isQuiet = isQuiet }

    /// Says what a pipeline warned of: what holds for every text once, the rest with its place.
    func warn(_ warnings: [PipelineWarning], at place: String) {
        guard !isQuiet else { return }
        for warning in warnings {
            switch warning {
            case .randomWeights, .precisionReplaced, .targetReplaced, .targetIgnored: once("note: \(warning)")
            case .extrapolates, .truncated, .unknownTokens: StandardError.say("note: \(place): \(warning)")
            }
        }
    }

    /// Says something unless it was said before.
    func once(_ text: String) {
        guard !isQuiet, said.insert(text).inserted else { return }
        StandardError.say(text)
    }
}
