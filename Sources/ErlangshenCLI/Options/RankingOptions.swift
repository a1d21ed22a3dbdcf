import ArgumentParser

/// How many answers, and among which words.
struct RankingOptions: ParsableArguments {
    @Option(
        name: [.customShort("k", allowingJoined: true), .long],
        help: ArgumentHelp("Answers for each mask.", valueName: "n"))
    var topK = 5

    @Option(help: ArgumentHelp("Score only these words, separated by commas.", valueName: "a,b"))
    var targets: [String] = []

    @Option(help: ArgumentHelp("Score this word, taken as it is; may be repeated.", valueName: "word"))
    var target: [String] = []

    mutating func validate() throws {
        if topK < 1 { throw ValidationError("--top-k is \(topK); it takes 1 or more") }
    }

    /// The words of both options; nil when neither was given.
    var words: [String]? {
        guard !(targets.isEmpty && target.isEmpty) else { return nil }
        let listed = targets.flatMap { $0.split(separator: ",", omittingEmptySubsequences: false).map(String.init) }
        return listed + target
    }
}
