import ErlangshenCheckpoint
import ErlangshenCompute
import ErlangshenJSON
import ErlangshenModel
import ErlangshenTasks
import Testing

@testable import ErlangshenTraining

@Suite struct FineTuningTests {
    private static func run(
        _ request: FineTuningRequest, threads: Int = 2, resumes: Bool = false, stopAfter: Int? = nil,
        watch: @escaping (TrainingEvent) -> Void = { _ in }
    ) throws -> TrainingOutcome {
        var done = 0
        return try FineTuning(request, device: try Device.cpu(threads: threads)).run(
            resumes: resumes,
            watch: { event in
                if case .step = event { done += 1 }
                watch(event)
            }, stopRequested: { stopAfter.map { done >= $0 } ?? false ? 15 : nil })
    }

    /// The files of a run that tell no time and no folder.
    private static func bytes(_ folder: TrainingFolder, _ run: String) throws -> [String: [UInt8]] {
        let states = try folder.names(run + "/states")
        let last = run + "/states/" + (try #require(states.last))
        let files =
            ["model.safetensors", "config.json", "metrics.jsonl", "evaluation.json"].map { run + "/" + $0 }
            + ["model.safetensors", "optimizer.safetensors", "state.json"].map { last + "/" + $0 }
        return Dictionary(
            uniqueKeysWithValues: try files.map { (String($0.dropFirst(run.count)), try folder.bytes($0)) })
    }

    @Test func learns() throws {
        let tiny = try TinyTask()
        var request = try tiny.request(.classification, output: "run")
        request.settings.epochCount = 8
        var (losses, saved): ([Double], Int) = ([], 0)
        let outcome = try Self.run(request) { event in
            if case .step(let step) = event { losses.append(step.loss) }
            if case .saved = event { saved += 1 }
        }
        #expect(outcome == .finished(step: 48) && saved == 8)
        #expect(losses[0] > 0.5 && losses[47] < losses[0] / 2, "\(losses[0]) to \(losses[47])")
        let evaluation = try SavedEvaluation(folder: tiny.folder.path("run"))
        let accuracy = try #require(evaluation.value)
        print("dev accuracy \(accuracy), loss \(losses[0]) to \(losses[47])")
        #expect(accuracy >= 0.9 && evaluation.rowScores.count == 32)
        #expect(evaluation.classes.map(\.name).sorted() == ["earth", "sky"])
        let card = try tiny.folder.read("run/README.md")
        #expect(card.contains("| accuracy | \(accuracy == 1 ? "1.0000" : "0.9")") && card.contains("| sky |"))
        #expect(try tiny.folder.names("run/states").count <= 3)
    }

    /// Every kind of task: the folder that it ends with gives the figures that it measured.
    @Test(arguments: TaskKind.allCases)
    func foldersAnswerAsTheyWereMeasured(kind: TaskKind) throws {
        let tiny = try TinyTask()
        var request = try tiny.request(kind, output: "run", train: 64, dev: 12)
        request.settings.epochCount = 8
        request.settings.labelSmoothing = kind == .regression ? 0 : 0.1
        var losses: [Double] = []
        let outcome = try Self.run(request) { if case .step(let step) = $0 { losses.append(step.loss) } }
        #expect(outcome == .finished(step: losses.count) && losses.allSatisfy(\.isFinite))
        func mean(_ part: ArraySlice<Double>) -> Double { part.reduce(0, +) / Double(part.count) }
        #expect(mean(losses.suffix(4)) < 0.98 * mean(losses.prefix(4)), "\(losses)")
        let device = try Device.cpu(threads: 1)
        let model = try TaskModel(directory: request.output, task: request.task, device: device)
        let rows = try TaskRows(
            request.devPaths, of: request.task, role: .evaluation, labels: model.labels, tokenizer: model.tokenizer)
        let answers = try #require(try rows.answers(tokenBudget: 40, logits: model.logits))
        let (found, expected) = (try rows.evaluation(of: answers), try SavedEvaluation(folder: request.output))
        #expect(found.figures.map(\.name) == expected.figures.map(\.name))
        for (figure, saved) in zip(found.figures, expected.figures) {
            #expect(abs(figure.value - saved.value) < 1e-5, "\(kind), \(figure.name)")
        }
        let predicted = answers.indices.compactMap {
            answers[$0].prediction(of: rows.data.rows[$0], labels: rows.labels, kind: kind)
        }
        #expect(predicted.count == 12)
        // Going on from the folder changes nothing but the head's state: the weights load.
        var more = request
        (more.source, more.output) = (.folder(request.output), tiny.folder.path("more"))
        more.settings.maximumStepCount = 1
        let second = try FineTuning(more, device: device)
        #expect(second.plan.initialised.isEmpty && second.plan.parameterCount > 0)
    }

    @Test func sameBytesWithOneAndTwoThreads() throws {
        let tiny = try TinyTask()
        let one = try tiny.request(.classification, output: "one")
        var two = one
        two.output = tiny.folder.path("two")
        // What is computed anew on the way back has the same bits too.
        two.recomputes = true
        _ = try Self.run(one, threads: 1)
        _ = try Self.run(two, threads: 2)
        #expect(try Self.bytes(tiny.folder, "one") == Self.bytes(tiny.folder, "two"))
        var other = one
        (other.output, other.settings.seed) = (tiny.folder.path("other"), 43)
        _ = try Self.run(other)
        #expect(try tiny.folder.bytes("one/model.safetensors") != tiny.folder.bytes("other/model.safetensors"))
    }

    /// Also with the passes that FGM and SiFT add to a step.
    @Test(arguments: [(0.0, 0.0), (0.3, 0), (0, 2)]) func resumedIsUnbroken(fgm: Double, sift: Double) throws {
        let tiny = try TinyTask()
        var whole = try tiny.request(.classification, output: "whole")
        whole.settings.adversarialLength = fgm
        if sift > 0 { whole.settings.perturbation = PerturbationSettings(weight: sift) }
        _ = try Self.run(whole)
        for stop in fgm + sift > 0 ? [7] : [1, 6, 13] {
            var request = whole
            request.output = tiny.folder.path("stopped-\(stop)")
            #expect(try Self.run(request, stopAfter: stop) == .interrupted(step: stop, signal: 15))
            #expect(throws: TrainingError.alreadyStarted(folder: request.output)) { try Self.run(request) }
            #expect(try Self.run(request, threads: 1, resumes: true) == .finished(step: 18))
            #expect(try Self.bytes(tiny.folder, "whole") == Self.bytes(tiny.folder, "stopped-\(stop)"), "\(stop)")
        }
    }

    @Test func resumesWithTheSameAlone() throws {
        let tiny = try TinyTask()
        var request = try tiny.request(.classification, output: "run")
        _ = try Self.run(request, stopAfter: 2)
        request.settings.learningRate = 1e-4
        try tiny.folder.write(
            "train-classification.json", "{\"text\":\"天\",\"label\":\"sky\"}\n{\"text\":\"地\",\"label\":\"earth\"}\n")
        do {
            _ = try Self.run(request, resumes: true)
            Issue.record("it went on")
        } catch let error as TrainingError {
            guard case .configurationChanged(_, let keys) = error else { throw error }
            #expect(keys.contains("learning_rate") && keys.contains("train") && !keys.contains("seed"))
        }
    }

    @Test func halfPrecisionLearnsToo() throws {
        let device = try Device.cpu(threads: 2)
        let used = device.resolve(.bf16).used
        let tiny = try TinyTask()
        var request = try tiny.request(.classification, output: "run")
        request.precision = used
        var losses: [Double] = []
        _ = try Self.run(request) { if case .step(let step) = $0 { losses.append(step.loss) } }
        #expect(losses[losses.count - 1] < losses[0])
    }

    @Test func refuses() throws {
        let tiny = try TinyTask()
        let request = try tiny.request(.classification, output: "run", train: 4, dev: 2)
        let device = try Device.cpu(threads: 1)
        let wrong: [(inout FineTuningRequest) -> Void] = [
            { $0.precision = .int8 }, { $0.settings.learningRate = 0 }, { $0.settings.batchSize = 0 },
            { $0.settings.labelSmoothing = 1 }, { $0.settings.rules.frozenLayerCount = 3 },
            { ($0.settings.rDrop, $0.settings.hasDropout) = (1, false) }, { $0.settings.patience = 0 },
            { $0.settings.maximumTokenCount = 3 }, { $0.trainPaths = ["/nonexistent"] },
            { $0.source = .folder("/nonexistent") }, { $0.source = .folder($0.output + "/") },
        ]
        for (index, change) in wrong.enumerated() {
            var changed = request
            change(&changed)
            #expect(throws: TrainingError.self, "\(index)") { try FineTuning(changed, device: device) }
        }
        try tiny.folder.write("vocab.txt", tiny.folder.read("vocab.txt") + "多\n")
        #expect(throws: TrainingError.self) { try FineTuning(request, device: device) }
    }

    @Test func commandsAreQuoted() {
        #expect(ModelCard.command(["a", "b c", "d'e", ""]) == "a 'b c' 'd'\\''e' ''")
    }
}
