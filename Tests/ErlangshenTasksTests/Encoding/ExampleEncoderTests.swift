import ErlangshenTokenizer
import Testing

@testable import ErlangshenTasks

/// A vocabulary of the characters of the tests; ids are places in the list.
private func makeTokenizer() throws -> BertTokenizer {
    var tokens = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
    tokens += "东西南北在京我用机甲乙丙丁一二三四五六七八九十?。".map(String.init) + ["mac", "##book", "pro"]
    return try BertTokenizer(vocabulary: Vocabulary(tokens: tokens))
}

private let here = DataLocation(path: "a.json", line: 7)

struct ExampleEncoderTests {
    private let tokenizer: BertTokenizer

    init() throws { tokenizer = try makeTokenizer() }

    private func encoder(
        _ task: TaskDescription, labels: LabelMap? = nil, length: Int = 128,
        overlong: DataPolicy.Overlong = .truncate, scheme: TagScheme = .bio, overlap: Int = 2, question: Int = 4
    ) throws -> ExampleEncoder {
        let settings = try EncodingSettings(
            task: task, maximumTokenCount: length, overlong: overlong, scheme: scheme, overlapTokenCount: overlap,
            maximumQuestionTokenCount: question)
        return try ExampleEncoder(task: task, labels: labels, tokenizer: tokenizer, settings: settings)
    }

    private func words(_ sequence: EncodedSequence) -> String {
        sequence.ids.map { tokenizer.vocabulary.token(of: $0) ?? "?" }.joined(separator: " ")
    }

    @Test func pairsCarryTypesAndLabels() throws {
        var encoder = try encoder(BuiltInTasks.afqmc)
        let example = Example(text: "东西", textPair: "南", target: .label(1), location: here)
        let made = try encoder.encode(example)
        #expect(made.count == 1 && made[0].target == .label(1) && made[0].example == 0)
        #expect(words(made[0].sequences[0]) == "[CLS] 东 西 [SEP] 南 [SEP]")
        #expect(made[0].sequences[0].typeIds == [0, 0, 0, 0, 1, 1])
        #expect(try encoder.encode(example)[0].example == 1 && encoder.report.tokenCount == 12)
    }

    @Test func overlongRowsFollowThePolicy() throws {
        let example = Example(text: "一二三四五六七八九十", target: .label(0), location: here)
        var cutting = try encoder(BuiltInTasks.tnews, length: 8)
        #expect(try words(cutting.encode(example)[0].sequences[0]) == "[CLS] 一 二 三 四 五 六 [SEP]")
        #expect(cutting.report.truncatedCount == 1 && cutting.report.cutTokenCount == 4)
        var dropping = try encoder(BuiltInTasks.tnews, length: 8, overlong: .drop)
        #expect(try dropping.encode(example).isEmpty && dropping.report.overlong.droppedCount == 1)
        var strict = try encoder(BuiltInTasks.tnews, length: 8, overlong: .error)
        do {
            _ = try strict.encode(example)
            Issue.record("an overlong row passed")
        } catch {
            #expect("\(error)" == "a.json:7: 4 tokens more than the 8 of a sequence")
        }
    }

    @Test func entitiesBecomeTagsAndBack() throws {
        let types = try LabelMap(labels: ["p", "q"])
        let example = Example(
            text: "我用 MacBook Pro在东京",
            target: .entities([EntitySpan(type: "p", range: 3..<14), EntitySpan(type: "q", range: 15..<17)]),
            location: here)
        for scheme in TagScheme.allCases {
            var encoder = try encoder(BuiltInTasks.cluener, labels: types, scheme: scheme)
            let made = try #require(try encoder.encode(example).first)
            #expect(words(made.sequences[0]) == "[CLS] 我 用 mac ##book pro 在 东 京 [SEP]")
            guard case .tags(let numbers) = made.target, let map = encoder.tags else {
                Issue.record("no tags")
                return
            }
            #expect(numbers.first == -100 && numbers.last == -100)
            let tags = numbers.map { $0 < 0 ? "O" : map.labels[Int($0)] }
            if scheme == .bio { #expect(tags == ["O", "O", "O", "B-p", "I-p", "I-p", "O", "B-q", "I-q", "O"]) }
            if scheme == .bmes { #expect(tags[3...5] == ["B-p", "M-p", "E-p"] && tags[7...8] == ["B-q", "E-q"]) }
            let spans = try EntityDecoder.entities(tags: tags, scalarRanges: made.scalarRanges)
            #expect(.entities(spans) == example.target)
            #expect(encoder.report.misalignedEntityCount == 0)
        }
        #expect(throws: TaskError.self) { try EntityDecoder.entities(tags: ["O"], scalarRanges: []) }
    }

    @Test func entitiesThatDoNotFitAreCounted() throws {
        let types = try LabelMap(labels: ["p"])
        var encoder = try encoder(BuiltInTasks.cluener, labels: types, length: 8)
        let spans = [
            EntitySpan(type: "p", range: 0..<2), EntitySpan(type: "p", range: 1..<3),
            EntitySpan(type: "p", range: 8..<9),
        ]
        _ = try encoder.encode(Example(text: "一二三四五六七八九", target: .entities(spans), location: here))
        #expect(encoder.report.overlappingEntityCount == 1 && encoder.report.cutEntityCount == 1)
        let inside = [EntitySpan(type: "p", range: 1..<3)]
        let made = try encoder.encode(Example(text: "macbook", target: .entities(inside), location: here))
        #expect(made[0].target == .tags([-100, 1, 0, -100]) && encoder.report.misalignedEntityCount == 1)
    }

    /// A passage of ten tokens through windows of six, two shared: 0–5, 4–9.
    @Test func longPassagesBecomeWindows() throws {
        var encoder = try encoder(BuiltInTasks.cmrc2018, length: 12, overlap: 2, question: 3)
        let example = Example(
            text: "一二三四五六七八九十", textPair: "在东京?", target: .answers([AnswerSpan(text: "六七", start: 5)]),
            location: here)
        let made = try encoder.encode(example)
        #expect(
            made.map { words($0.sequences[0]) } == [
                "[CLS] 在 东 京 [SEP] 一 二 三 四 五 六 [SEP]", "[CLS] 在 东 京 [SEP] 五 六 七 八 九 十 [SEP]",
            ])
        #expect(made.map(\.target) == [.span(start: 0, end: 0), .span(start: 6, end: 7)])
        #expect(made.map(\.example) == [0, 0] && encoder.report.emptyWindowCount == 1)
        #expect(encoder.report.cutTokenCount == 1)  // The question's mark.
        #expect(made[1].sequences[0].typeIds == [0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1])
        var starts = [Float](repeating: 0, count: 12)
        var ends = starts
        (starts[0], starts[6], ends[7], ends[3]) = (9, 3, 4, 9)
        let best = try AnswerDecoder.best(
            startLogits: starts, endLogits: ends, scalarRanges: made[1].scalarRanges, text: example.text)
        #expect(best == AnswerDecoder.Answer(text: "六七", score: 7))
        let short = try AnswerDecoder.best(
            startLogits: starts, endLogits: ends, scalarRanges: made[1].scalarRanges, text: example.text,
            maximumTokenCount: 1)
        #expect(short?.text == "七" && short?.score == 4)
        #expect(throws: TaskError.self) {
            try AnswerDecoder.best(startLogits: [], endLogits: [], scalarRanges: [nil], text: "")
        }
    }

    /// Windows cover every token of the passage, whatever the lengths.
    @Test(arguments: [0, 1, 3], [1, 5, 17])
    func windowsCoverThePassage(_ overlap: Int, _ count: Int) throws {
        var encoder = try encoder(BuiltInTasks.cmrc2018, length: 11, overlap: overlap, question: 2)
        let text = String(repeating: "一二三四五六七", count: 3).prefix(count)
        let made = try encoder.encode(Example(text: String(text), textPair: "东", location: here))
        let covered = Set(made.flatMap { $0.scalarRanges.compactMap { $0?.lowerBound } })
        #expect(covered == Set(0..<count) && made.allSatisfy { $0.sequences[0].ids.count <= 11 && $0.target == .none })
    }

    @Test func choicesShareThePassage() throws {
        var encoder = try encoder(BuiltInTasks.c3, length: 10)
        let example = Example(
            text: "一二三四五六", textPair: "在?", choices: ["东京", "南"], target: .label(1), location: here)
        let made = try #require(try encoder.encode(example).first)
        #expect(
            made.sequences.map(words) == [
                "[CLS] 一 二 [SEP] 在 ? [SEP] 东 京 [SEP]", "[CLS] 一 二 三 [SEP] 在 ? [SEP] 南 [SEP]",
            ])
        #expect(made.sequences[0].typeIds == [0, 0, 0, 0, 1, 1, 1, 1, 1, 1])
        #expect(made.target == .label(1) && made.tokenCount == 20 && encoder.report.cutTokenCount == 4)
        let long = Example(text: "一", textPair: "在?", choices: ["一二三四五六七八九"], location: here)
        #expect(try encoder.encode(long).isEmpty && encoder.report.overlong.droppedCount == 1)
    }

    @Test func settingsThatLeaveNoRoomAreRefused() throws {
        #expect(throws: TaskError.self) { try EncodingSettings(task: BuiltInTasks.tnews, maximumTokenCount: 4) }
        #expect(throws: TaskError.self) {
            try EncodingSettings(task: BuiltInTasks.cmrc2018, maximumTokenCount: 100, overlapTokenCount: 60)
        }
        #expect(throws: TaskError.self) { try encoder(BuiltInTasks.cluener) }
    }
}
