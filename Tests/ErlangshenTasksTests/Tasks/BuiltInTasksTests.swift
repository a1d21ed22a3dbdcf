import Foundation
import Testing

@testable import ErlangshenTasks

struct BuiltInTasksTests {
    @Test func partsAgree() throws {
        for task in BuiltInTasks.all {
            #expect(task.contradiction == nil, "\(task.name)")
            if let labels = task.labels { #expect(try LabelMap(labels: labels).count == labels.count) }
            #expect(try BuiltInTasks.named(task.name.uppercased()) == task)
        }
        #expect(Set(BuiltInTasks.all.map(\.name)).count == BuiltInTasks.all.count)
        #expect(throws: TaskError.self) { try BuiltInTasks.named("glue") }
    }

    /// Counts and order of CLUE's own baseline (processors/clue.py of CLUEbenchmark/CLUE), files of CLUE 1.1.
    @Test func labelsAndFilesAreTheOfficialOnes() {
        #expect(BuiltInTasks.tnews.labels?.count == 15 && BuiltInTasks.tnews.labels?[5] == "106")
        #expect(BuiltInTasks.iflytek.labels?.last == "118")
        #expect(BuiltInTasks.ocnli.labels == ["contradiction", "entailment", "neutral"])
        #expect(BuiltInTasks.cluewsc2020.labels == ["true", "false"])
        let files = BuiltInTasks.all.compactMap { $0.submission?.fileName }
        #expect(
            files == [
                "afqmc_predict.json", "tnews11_predict.json", "iflytek_predict.json", "ocnli_50k_predict.json",
                "cmnli_predict.json", "cluewsc11_predict.json", "cluener_predict.json", "cmrc2018_predict.json",
                "c311_predict.json",
            ])
    }

    @Test func contradictionsAreRefused() {
        #expect(throws: TaskError.self) {
            try TaskDescription(name: "x", title: "", kind: .regression, labels: ["a"])
        }
        #expect(throws: TaskError.self) { try TaskDescription(name: "x", title: "", kind: .questionAnswering) }
        #expect(throws: TaskError.self) { try TaskDescription(name: "x", title: "", kind: .multipleChoice) }
        #expect(throws: TaskError.self) { try TaskDescription(name: "x", title: "", kind: .softClassification) }
        #expect(throws: TaskError.self) {
            try TaskDescription(name: "x", title: "", kind: .classification, labels: ["a", "a"])
        }
        #expect(throws: TaskError.self) {
            try TaskDescription(name: "x", title: "", kind: .classification, maximumTokenCount: 3)
        }
    }

    /// Rows of the real files, counted with `wc -l` and `grep -c '"label": *"-"'`; CMRC answers that do not stand at
    /// their place with Python: `sum(all(c[a["answer_start"]:][:len(a["text"])] != a["text"] for a in q["answers"]))`.
    @Test(
        .enabled(
            if: RealData.folder != nil, "set ERLANGSHEN_CLUE_DATA to a folder of CLUE tasks to read the real rows"),
        arguments: [
            ("afqmc", "dev.json", DataRole.evaluation, 4_316, 0), ("afqmc", "test.json", .prediction, 3_861, 0),
            ("tnews", "dev.json", .evaluation, 10_000, 0), ("iflytek", "dev.json", .evaluation, 2_599, 0),
            ("ocnli", "dev.json", .evaluation, 2_950, 50), ("cluewsc2020", "train.json", .training, 1_244, 0),
            ("cluener", "dev.json", .evaluation, 1_343, 0), ("cmrc2018", "dev.json", .evaluation, 3_219, 0),
            ("cmrc2018", "test_unlabelled.json", .prediction, 2_000, 0),
        ])
    func realFilesAreRead(_ name: String, _ file: String, _ role: DataRole, _ count: Int, _ dropped: Int) throws {
        let task = try BuiltInTasks.named(name)
        let path = try #require(RealData.folder) + "/\(name)/\(file)"
        let labels = try LabelCollector.labelMap(of: task, paths: [])
        var reader = try ExampleReader(path: path, task: task, labels: labels, role: role)
        while try reader.next() != nil {}
        #expect(reader.report.exampleCount == count && reader.report.droppedCount == dropped)
    }
}

/// Where the real data stands, if anywhere; it is never part of the repository.
enum RealData {
    static let folder = ProcessInfo.processInfo.environment["ERLANGSHEN_CLUE_DATA"]
}
