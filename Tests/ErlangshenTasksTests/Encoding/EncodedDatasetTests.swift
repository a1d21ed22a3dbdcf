import ErlangshenTokenizer
import Testing

@testable import ErlangshenTasks

struct EncodedDatasetTests {
    private func tokenizer(of texts: [String]) throws -> BertTokenizer {
        let characters = Set(texts.joined().lowercased().unicodeScalars.filter { !$0.properties.isWhitespace })
        let words = characters.map { String($0) }.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
        let pieces = words.filter { $0.utf8.count < 3 }.map { "##" + $0 }
        let special = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
        return try BertTokenizer(vocabulary: Vocabulary(tokens: special + words + pieces))
    }

    @Test func filesFollowEachOther() throws {
        let folder = try TemporaryFolder()
        let rows = ["{\"id\":3,\"sentence\":\"东西\",\"label\":\"100\"}", "{\"sentence\":\"南\",\"label\":\"-\"}"]
        let paths = [
            try folder.write("a.json", rows.joined(separator: "\n")), try folder.write("b.json", rows[0]),
        ]
        let task = BuiltInTasks.tnews
        let labels = try LabelCollector.labelMap(of: task, paths: [])
        let encoder = try ExampleEncoder(
            task: task, labels: labels, tokenizer: tokenizer(of: ["东西南"]), settings: EncodingSettings(task: task))
        let data = try EncodedDataset(paths: paths, role: .evaluation, labels: labels, encoder: encoder)
        #expect(data.lengths == [4, 4] && data.examples.map(\.example) == [0, 1] && data.rows.map(\.id) == [3, 3])
        #expect(data.reports.map(\.droppedCount) == [1, 0] && data.encoding.sequenceCount == 2)
        let training = try EncodedDataset(paths: paths, role: .training, labels: labels, encoder: encoder)
        #expect(training.rows.isEmpty && training.examples == data.examples)
        let empty = try folder.write("c.json", "")
        #expect(throws: TaskError.noExamples(path: empty)) {
            try EncodedDataset(paths: [empty], role: .training, labels: labels, encoder: encoder)
        }
    }

    private static let data: Comment = "set ERLANGSHEN_CLUE_DATA to a folder of CLUE tasks to read the real rows"

    /// Real entities go to tags and back to the same stretches, but for those that end inside a token or overlap.
    @Test(.enabled(if: RealData.folder != nil, data))
    func realEntitiesComeBack() throws {
        let path = try #require(RealData.folder) + "/cluener/dev.json"
        let task = BuiltInTasks.cluener
        let labels = try LabelMap(labels: #require(task.labels))
        var reader = try ExampleReader(path: path, task: task, labels: labels, role: .evaluation)
        let rows = try Array(reader.readAll().prefix(300))
        var encoder = try ExampleEncoder(
            task: task, labels: labels, tokenizer: tokenizer(of: rows.map(\.text)),
            settings: EncodingSettings(task: task, scheme: .bioes))
        let tags = try #require(encoder.tags)
        var (right, found): ([[EntitySpan]], [[EntitySpan]]) = ([], [])
        for row in rows {
            let made = try #require(try encoder.encode(row).first)
            guard case .tags(let numbers) = made.target, case .entities(let spans) = row.target else { continue }
            right.append(spans)
            let names = numbers.map { $0 < 0 ? TagScheme.outside : tags.labels[Int($0)] }
            found.append(try EntityDecoder.entities(tags: names, scalarRanges: made.scalarRanges))
        }
        let scores = try EntityScores(right: right, predicted: found)
        let report = encoder.report
        let unfit = report.misalignedEntityCount + report.overlappingEntityCount + report.cutEntityCount
        #expect(scores.all.right - scores.all.hits <= unfit && unfit * 50 < scores.all.right)
        #expect(right.count == 300 && scores.all.right > 500)
    }

    /// The tokens between a real answer's start and end cover the answer's words.
    @Test(.enabled(if: RealData.folder != nil, data))
    func realAnswersComeBack() throws {
        let path = try #require(RealData.folder) + "/cmrc2018/dev.json"
        let task = BuiltInTasks.cmrc2018
        var reader = try ExampleReader(path: path, task: task, labels: nil, role: .training)
        var rows: [Example] = []
        while rows.count < 60, let row = try reader.next() { rows.append(row) }
        var encoder = try ExampleEncoder(
            task: task, labels: nil, tokenizer: tokenizer(of: rows.flatMap { [$0.text, $0.textPair ?? ""] }),
            settings: EncodingSettings(task: task))
        for row in rows {
            guard case .answers(let answers) = row.target else { continue }
            let words = answers.first { $0.start != nil }?.text ?? ""
            let spans = try encoder.encode(row).compactMap { part -> String? in
                guard case .span(let start, let end) = part.target, start > 0,
                    let first = part.scalarRanges[Int(start)], let last = part.scalarRanges[Int(end)]
                else { return nil }
                let scalars = row.text.unicodeScalars.dropFirst(first.lowerBound)
                return String(String.UnicodeScalarView(scalars.prefix(last.upperBound - first.lowerBound)))
            }
            #expect(!spans.isEmpty && spans.allSatisfy { $0.contains(words) }, "\(row.location) \(words)")
        }
    }
}
