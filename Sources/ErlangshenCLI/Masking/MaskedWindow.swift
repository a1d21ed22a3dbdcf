import ErlangshenJSON
import ErlangshenMasking

/// A masked sequence as `mask` writes it. Tokens are counted with `[CLS]`.
struct MaskedWindow {
    let sequence: MaskedSequence
    /// The tokens before masking, and what the model sees. `[S]`
    private let (tokens, seen): ([String], [String])
    /// The words that may be masked, and which of them are.
    private let (words, chosen): ([Range<Int>], [Int])
    /// The runs of words that were drawn, as ranges of `words`; none where the way of masking has no such thing.
    private let runs: [Range<Int>]
    private let actions: [MaskAction]
    /// What the budget came from, in words.
    private let budget: String
    private let facts: [(String, JSONValue)]

    /// What the whole-word masking made.
    init(_ plan: MaskingPlan, rate: Double, spelling: (Int32) -> String) {
        let share = rate * Double(plan.sequence.ids.count)
        self.init(
            plan.sequence, words: plan.words.map { $0.lowerBound + 1..<$0.upperBound + 1 }, runs: plan.runs,
            chosen: plan.chosen, actions: plan.actions,
            budget: "\(rate) of all is \(NumberText.fixed(share, 2)), budget \(plan.budget)",
            facts: [("budget", .integer(Int64(plan.budget)))], spelling)
    }

    /// What the original's masking made.
    init(_ masking: FengshenMasking, spelling: (Int32) -> String) {
        let cut = masking.cutFirstCount + masking.cutLastCount
        self.init(
            masking.sequence, words: masking.words, runs: [], chosen: masking.chosen, actions: masking.actions,
            budget: "at most \(NumberText.fixed(masking.bound, 2))"
                + (cut == 0 ? "" : ", cut \(masking.cutFirstCount) in front and \(masking.cutLastCount) behind"),
            facts: [
                ("bound", .double(masking.bound)),
                ("boundary", .array(masking.boundary.map { .integer($0 ? 1 : 0) })),
                ("cut", [.integer(Int64(masking.cutFirstCount)), .integer(Int64(masking.cutLastCount))]),
            ], spelling)
    }

    private init(
        _ sequence: MaskedSequence, words: [Range<Int>], runs: [Range<Int>], chosen: [Int], actions: [MaskAction],
        budget: String, facts: [(String, JSONValue)], _ spelling: (Int32) -> String
    ) {
        self.sequence = sequence
        seen = sequence.ids.map(spelling)
        var tokens = seen
        for (position, label) in zip(sequence.positions, sequence.labels) { tokens[position] = spelling(label) }
        self.tokens = tokens
        (self.words, self.chosen, self.runs) = (words, chosen, runs)
        (self.actions, self.budget, self.facts) = (actions, budget, facts)
    }

    /// Counts, for people.
    var figures: String {
        let kinds = MaskAction.allCases.map { kind in "\(actions.filter { $0 == kind }.count) \(kind.rawValue)" }
        let free = words.reduce(0) { $0 + $1.count }
        return "\(tokens.count) tokens, \(free) of them, in \(words.count) words, may be masked; \(budget); "
            + "masked \(actions.count) (words: \(chosen.count)): \(kinds.joined(separator: ", "))"
    }

    /// The words with spaces between them, masked ones as `{word=what is seen}`, tokens that are never masked dimmed.
    func text(_ style: Style) -> String {
        var actionOfPlace: [Int: MaskAction] = [:]
        for (place, action) in zip(sequence.positions, actions) { actionOfPlace[place] = action }
        var parts: [String] = []
        var place = 0
        for word in words {
            parts += tokens[place..<word.lowerBound].map { style.dim($0.printable) }
            if actionOfPlace[word.lowerBound] == nil {
                parts.append(spell(word))
            } else {
                let shown = word.map { Self.paint(seen[$0].printable, actionOfPlace[$0], style) }.joined()
                parts.append("{\(spell(word))=\(shown)}")
            }
            place = word.upperBound
        }
        return (parts + tokens[place...].map { style.dim($0.printable) }).joined(separator: " ")
    }

    /// A row for each masked token: place, token, what is seen, action, word, and the run that was drawn.
    func rows(_ style: Style) -> [String] {
        var rows: [String] = []
        for word in chosen {
            let run = runs.first { $0.contains(word) }
            for place in words[word] {
                let action = actions[rows.count]
                var cells = [
                    "\(place)", tokens[place].printable, Self.paint(seen[place].printable, action, style),
                    action.rawValue, spell(words[word]),
                ]
                if let run { cells.append("run " + run.map { spell(words[$0]) }.joined(separator: "|")) }
                rows.append(cells.joined(separator: "\t"))
            }
        }
        return rows
    }

    var json: JSONValue {
        func ranges(_ ranges: [Range<Int>]) -> JSONValue {
            .array(ranges.map { [.integer(Int64($0.lowerBound)), .integer(Int64($0.upperBound))] })
        }
        func integers(_ numbers: [Int]) -> JSONValue { .array(numbers.map { .integer(Int64($0)) }) }
        var members: [(String, JSONValue)] = [
            ("tokens", .array(tokens.map { .string($0) })), ("seen", .array(seen.map { .string($0) })),
            ("ids", integers(sequence.ids.map(Int.init))), ("positions", integers(sequence.positions)),
            ("labels", integers(sequence.labels.map(Int.init))),
            ("actions", .array(actions.map { .string($0.rawValue) })),
            ("wordEnds", integers(sequence.wordEnds)), ("words", ranges(words)), ("chosen", integers(chosen)),
        ]
        if !runs.isEmpty { members.append(("runs", ranges(runs))) }
        return .object(JSONObject((members + facts).map { (key: $0.0, value: $0.1) }))
    }

    /// A word without the marks of its pieces.
    private func spell(_ word: Range<Int>) -> String {
        word.map { place in
            let token = tokens[place]
            return (place > word.lowerBound && token.hasPrefix("##") ? String(token.dropFirst(2)) : token).printable
        }.joined()
    }

    private static func paint(_ text: String, _ action: MaskAction?, _ style: Style) -> String {
        switch action {
        case .mask: style.red(text)
        case .keep: style.yellow(text)
        case .random: style.series(text, 3)
        case nil: text
        }
    }
}
