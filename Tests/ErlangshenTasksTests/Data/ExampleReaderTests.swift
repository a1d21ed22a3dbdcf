import ErlangshenJSON
import Testing

@testable import ErlangshenTasks

struct ExampleReaderTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private func reader(
        _ text: String, _ task: TaskDescription, _ role: DataRole = .training, _ policy: DataPolicy? = nil,
        name: String = "a.json"
    ) throws -> ExampleReader {
        let labels = try LabelCollector.labelMap(of: task, paths: [])
        return try ExampleReader(
            path: folder.write(name, text), task: task, labels: labels, role: role, policy: policy)
    }

    @Test func pairsWithLabels() throws {
        let text = """
            {"sentence1":"东","sentence2":"西","label":"entailment","id":7}
            {"sentence1":"东","sentence2":"西","label":"-","id":8}
            {"sentence1":"东","sentence2":"南","gold_label":"neutral","id":"x"}
            """
        var reader = try reader(text, BuiltInTasks.ocnli)
        let examples = try reader.readAll()
        #expect(examples.map(\.text) == ["东", "东"])
        #expect(examples.map(\.textPair) == ["西", "南"])
        #expect(examples.map(\.target) == [.label(1), .label(2)])
        #expect(examples.map(\.id) == [7, "x"])
        #expect(examples.map(\.location.line) == [1, 3])
        #expect(reader.report[.noAgreement].count == 1 && reader.report.droppedCount == 1)
        #expect(reader.report.exampleCount == 2)
        #expect(reader.report[.noAgreement].first[0].description.hasSuffix("a.json:2: \(Self.noAgreement)"))
    }

    private static let noAgreement = "the label is \"-\": the annotators did not agree"

    /// Each defect stops the reading with its place, or is dropped and counted.
    @Test(arguments: [
        ("{\"sentence\":\"一\"", DataProblem.Kind.brokenRow), ("{\"label\":\"100\"}", .badField),
        ("{\"sentence\":1,\"label\":\"100\"}", .badField), ("{\"sentence\":\"一\"}", .badField),
        ("{\"sentence\":\"一\",\"label\":[]}", .badField), ("{\"sentence\":\"一\",\"label\":\"105\"}", .unknownLabel),
        ("{\"sentence\":\" \\u3000\",\"label\":100}", .emptyText),
        ("{\"sentence\":\"一\",\"label\":\"-\"}", .noAgreement),
    ])
    func eachDefectHasItsPolicy(_ row: String, _ kind: DataProblem.Kind) throws {
        let text = "{\"sentence\":\"好\",\"label\":\"100\"}\n" + row + "\n{\"sentence\":\"好\",\"label\":116}\n"
        var strict = DataPolicy()
        strict.noAgreement = .error
        var first = try reader(text, BuiltInTasks.tnews, .training, strict)
        do {
            _ = try first.readAll()
            Issue.record("the defect passed: \(row)")
        } catch {
            guard case .data(let problem) = error else { throw error }
            #expect(problem.kind == kind && problem.location.line == 2)
            #expect(problem.description.contains("a.json:2: "))
        }
        var loose = DataPolicy()
        (loose.brokenRow, loose.badField, loose.unknownLabel, loose.emptyText) = (.drop, .drop, .drop, .drop)
        var second = try reader(text, BuiltInTasks.tnews, .training, loose)
        #expect(try second.readAll().map(\.target) == [.label(0), .label(14)])
        #expect(second.report[kind].droppedCount == 1 && second.report.droppedCount == 1)
    }

    @Test func predictionKeepsEveryRow() throws {
        var reader = try reader("{\"id\":0,\"sentence\":\"\",\"label\":\"?\"}\n", BuiltInTasks.tnews, .prediction)
        let examples = try reader.readAll()
        #expect(examples.map(\.target) == [.none])
        #expect(reader.report[.emptyText].count == 1 && reader.report.droppedCount == 0)
        let misplaced =
            #"{"text":"甲他","target":{"span1_text":"乙","span1_index":0,"span2_text":"他","span2_index":1}}"#
        var winograd = try self.reader(misplaced, BuiltInTasks.cluewsc2020, .prediction)
        #expect(throws: TaskError.self) { try winograd.next() }
    }

    @Test func winogradMarksBothPlaces() throws {
        let row =
            #"{"text":"甲对乙说他来","target":{"span1_text":"乙","span1_index":2,"span2_text":"他","span2_index":4},"label":"true"}"#
        var first = try reader(row, BuiltInTasks.cluewsc2020)
        #expect(try first.next()?.text == "甲对_乙_说[他]来")
        let swapped = row.replacing("span1", with: "spanX").replacing("span2", with: "span1").replacing(
            "spanX", with: "span2")
        var second = try reader(swapped, BuiltInTasks.cluewsc2020)
        #expect(try second.next()?.text == "甲对[乙]说_他_来")
        var wrong = try reader(row.replacing("\"span2_index\":4", with: "\"span2_index\":5"), BuiltInTasks.cluewsc2020)
        #expect(throws: Never.self) { try wrong.next() }
        #expect(wrong.report[.misplacedAnswer].droppedCount == 1)
    }

    @Test func entitiesStandWhereTheirWordsStand() throws {
        let row = #"{"text":"𠮷田在东京","label":{"name":{"𠮷田":[[0,1]]},"address":{"东京":[[3,4]]}}}"#
        var first = try reader(row, BuiltInTasks.cluener)
        let spans = [EntitySpan(type: "name", range: 0..<2), EntitySpan(type: "address", range: 3..<5)]
        #expect(try first.next()?.target == .entities(spans))
        for damage in ["[[3,5]]", "[[2,3]]", "[[4,3]]", "[3,4]", "[[-1,4]]"] {
            var policy = DataPolicy()
            policy.misplacedAnswer = .error
            var reader = try reader(row.replacing("[[3,4]]", with: damage), BuiltInTasks.cluener, .training, policy)
            #expect(throws: TaskError.self) { try reader.next() }
        }
    }

    @Test func taggedTokensBecomeText() throws {
        let task = try TaskDescription(
            name: "mine", title: "", kind: .tokenClassification, layout: .taggedTokens,
            fields: TaskFields(text: ["tokens"], label: ["tags"]))
        let row = #"{"tokens":["我","用","Mac","Pro","机"],"tags":["O","O","B-p","I-p","O"]}"#
        let path = try folder.write("t.json", row)
        #expect(try LabelCollector.labelMap(of: task, paths: [path])?.labels == ["p"])
        var reader = try ExampleReader(path: path, task: task, labels: nil, role: .training)
        let example = try reader.next()
        #expect(example?.text == "我用Mac Pro机")
        #expect(example?.target == .entities([EntitySpan(type: "p", range: 2..<9)]))
    }

    @Test func questionsOfArticles() throws {
        let article =
            #"{"data":[{"paragraphs":[{"context":"𠮷野家在东京。","qas":[{"id":"Q0","question":"在哪?","answers":[{"text":"东京","answer_start":4},{"text":"东","answer_start":0}]},{"id":"Q1","question":"谁?","answers":[{"text":"谁","answer_start":-1}]}]}]}]}"#
        var training = try reader(article, BuiltInTasks.cmrc2018)
        let examples = try training.readAll()
        #expect(examples.map(\.id) == ["Q0"])
        let answers = [AnswerSpan(text: "东京", start: 4), AnswerSpan(text: "东", start: nil)]
        #expect(examples.first?.target == .answers(answers))
        #expect(training.report[.misplacedAnswer].droppedCount == 1)
        var evaluation = try reader(article, BuiltInTasks.cmrc2018, .evaluation)
        #expect(try evaluation.readAll().map(\.id) == ["Q0", "Q1"])
    }

    @Test func choicesOfDialogues() throws {
        let text = #"[[["男:走吗?","女:走。"],[{"question":"女的走吗?","choice":["不走","走"],"answer":"走"}],"1-1"]]"#
        var reader = try reader(text, BuiltInTasks.c3)
        let example = try reader.next()
        #expect(example?.text == "男:走吗?\n女:走。" && example?.choices == ["不走", "走"])
        #expect(example?.target == .label(1))
    }

    @Test func numbersAndProbabilities() throws {
        let regression = try TaskDescription(
            name: "sts", title: "", kind: .regression,
            fields: TaskFields(text: ["a"], textPair: ["b"], label: ["score"]))
        var numbers = try reader("a\tb\tscore\n一\t二\t2.5\n一\t三\tnan\n", regression, name: "a.tsv")
        #expect(try numbers.next()?.target == .value(2.5))
        #expect(throws: TaskError.self) { try numbers.next() }
        let soft = try TaskDescription(
            name: "soft", title: "", kind: .softClassification, fields: TaskFields(), labels: ["x", "y"])
        let rows = ["[0.25,0.75]", "{\"y\":1}", "\"0.5 0.5\"", "[0.5,0.6]", "[2,-1]", "[1]"]
        let targets = rows.map { row in
            try? reader("{\"sentence\":\"一\",\"label\":\(row)}", soft).nextCopy()?.target
        }
        #expect(
            targets == [
                .distribution([0.25, 0.75]), .distribution([0, 1]), .distribution([0.5, 0.5]), nil, nil, nil,
            ])
    }
}

extension ExampleReader {
    fileprivate func nextCopy() throws -> Example? {
        var copy = self
        return try copy.next()
    }
}
