import ErlangshenTokenizer

extension ExampleEncoder {
    /// `[CLS] question [SEP] part of the passage [SEP]` for overlapping parts that together are the whole passage.
    mutating func windows(of example: Example, _ number: Int) throws(TaskError) -> [EncodedExample] {
        let asked = try bare(example.textPair ?? "")
        let questionIds = Array(asked.ids.prefix(settings.maximumQuestionTokenCount))
        if questionIds.count < asked.count {
            report.truncatedCount += 1
            report.cutTokenCount += asked.count - questionIds.count
        }
        let passage = try bare(example.text)
        let ranges = passage.offsets(in: .scalars)  // [passage]
        let answer = try Self.answerTokens(of: example, ranges)
        let room = settings.maximumTokenCount - 3 - questionIds.count
        var encoded: [EncodedExample] = []
        var start = 0
        while true {
            let part = start..<min(start + room, passage.count)
            encoded.append(window(part, questionIds, passage.ids, ranges, answer, number, example.target))
            if part.upperBound == passage.count { return encoded }
            start += room - settings.overlapTokenCount
        }
    }

    private mutating func window(
        _ part: Range<Int>, _ question: [Int32], _ passage: [Int32], _ ranges: [Range<Int>], _ answer: Range<Int>?,
        _ number: Int, _ target: ExampleTarget
    ) -> EncodedExample {
        let separator = [tokenizer.sepTokenId]
        let ids = [tokenizer.clsTokenId] + question + separator + passage[part] + separator  // [S]
        let first = question.count + 2
        let types = [Int32](repeating: 0, count: first) + [Int32](repeating: 1, count: part.count + 1)  // [S]
        let scalars = [Range<Int>?](repeating: nil, count: first) + ranges[part].map(Optional.some) + [nil]  // [S]
        var span = EncodedTarget.none
        if case .answers = target {
            // An answer that the window has only in part is none: half an answer is a wrong one.
            if let answer, part.lowerBound <= answer.lowerBound, answer.upperBound <= part.upperBound {
                let start = answer.lowerBound - part.lowerBound + first
                span = .span(start: Int32(start), end: Int32(start + answer.count - 1))
            } else {
                span = .span(start: 0, end: 0)
                report.emptyWindowCount += 1
            }
        }
        let sequence = EncodedSequence(ids: ids, typeIds: types)
        return EncodedExample(example: number, sequences: [sequence], target: span, scalarRanges: scalars)
    }

    /// The tokens that cover the first answer with a place; nil when there is none.
    private static func answerTokens(of example: Example, _ ranges: [Range<Int>]) throws(TaskError) -> Range<Int>? {
        guard case .answers(let answers) = example.target else { return nil }
        for answer in answers {
            guard let start = answer.start else { continue }
            let scalars = start..<start + answer.text.unicodeScalars.count
            let places = ranges.indices.filter { ranges[$0].overlaps(scalars) }
            if let first = places.first, let last = places.last { return first..<last + 1 }
        }
        return nil
    }

    /// `[CLS] passage [SEP] question [SEP] choice [SEP]` for each choice; the passage gives way.
    mutating func choices(of example: Example, _ number: Int) throws(TaskError) -> [EncodedExample] {
        let passage = try bare(example.text).ids
        let question = try example.textPair.map { text throws(TaskError) in try bare(text).ids } ?? []
        let separator = tokenizer.sepTokenId
        var sequences: [EncodedSequence] = []
        var cutCount = 0
        for choice in example.choices {
            let choiceIds = try bare(choice).ids
            let asked = question.isEmpty ? choiceIds : question + [separator] + choiceIds
            let room = settings.maximumTokenCount - 3 - asked.count
            guard room >= 0 else {
                let reason = "question and choice alone are longer than \(settings.maximumTokenCount) tokens"
                let problem = DataProblem(.overlong, at: example.location, reason)
                if settings.overlong == .error { throw .data(problem) }
                report.overlong.add(problem, isDropped: true)
                return []
            }
            let kept = passage.prefix(room)
            cutCount = max(cutCount, passage.count - kept.count)
            let ids = [tokenizer.clsTokenId] + kept + [separator] + asked + [separator]  // [S]
            let types = ids.indices.map { Int32($0 < kept.count + 2 ? 0 : 1) }  // [S]
            sequences.append(EncodedSequence(ids: ids, typeIds: types))
        }
        guard try fits(cutCount, example) else { return [] }
        var target = EncodedTarget.none
        if case .label(let right) = example.target { target = .label(Int32(right)) }
        return [EncodedExample(example: number, sequences: sequences, target: target)]
    }
}
