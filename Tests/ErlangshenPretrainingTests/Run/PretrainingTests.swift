import ErlangshenCompute
import ErlangshenModel
import ErlangshenTraining
import Testing

@testable import ErlangshenPretraining

@Suite struct PretrainingTests {
    @Test func learnsMoreThanHowOftenCharactersCome() throws {
        let tiny = try TinyRun()
        (tiny.settings.maximumStepCount, tiny.settings.evaluationStepCount) = (240, 120)
        var (losses, best): ([Double], [Bool]) = ([], [])
        var last: Measured?
        let outcome = try tiny.run("run") { event in
            if case .step(let step) = event { losses.append(step.loss) }
            if case .measured(_, let measured, let isBest) = event {
                best.append(isBest)
                last = measured
            }
        }
        #expect(outcome == .finished(step: 240) && losses.count == 240 && best == [true, true])
        let entropy = try MadeUpLanguage.unigramEntropy(MadeUpLanguage(count: 96))
        let figures = Dictionary(uniqueKeysWithValues: (try #require(last)).figures.map { ($0.name, $0.value) })
        let loss = try #require(figures["loss"])
        print("unigram entropy \(entropy), first loss \(losses[0]), held-out \(figures)")
        // A uniform guess over 29 words costs 3.37. Themes and halves of words leave less than 2 nats.
        #expect(losses[0] > 3.2 && losses[0] < 3.6)
        #expect(loss < 0.8 * entropy && entropy > 3)
        let accuracy = try #require(figures["accuracy"])
        let five = try #require(figures["top5_accuracy"])
        #expect(accuracy > 0.3 && five > 0.5 && five >= accuracy)
        #expect(try #require(figures["word_accuracy"]) > 0.2)
        #expect(abs(try #require(figures["perplexity"]) - nearExp(loss)) < 1e-9)
        let lines = try tiny.read("run/metrics.jsonl").split(separator: "\n")
        #expect(lines.count == 242 && lines[119].contains("\"step\":120,") && lines[120].contains("\"dev_loss\":"))
    }

    @Test func sameBytesWithOneAndTwoThreads() throws {
        let tiny = try TinyRun()
        tiny.corpora.packed = 2
        try tiny.run("one", threads: 1)
        // What is computed anew on the way back has the same bits too.
        tiny.settings.recomputes = true
        try tiny.run("two", threads: 2)
        #expect(try tiny.files("one") == tiny.files("two"))
        tiny.settings.seed = 43
        try tiny.run("other")
        #expect(try tiny.bytes("one/last/model.safetensors") != tiny.bytes("other/last/model.safetensors"))
    }

    @Test func resumedIsUnbroken() throws {
        let tiny = try TinyRun()
        // Two windows, a pass of six updates, a change within a pass.
        tiny.settings.later = [PretrainingSettings.WindowChange(window: 20, start: 0.5)]
        try tiny.run("whole")
        for stop in [1, 6, 9, 13] {
            let name = "stopped-\(stop)"
            tiny.settings.resumes = false
            #expect(try tiny.run(name, stopAfter: stop) == .interrupted(step: stop, signal: 15))
            #expect(throws: PretrainingError.training(.alreadyStarted(folder: tiny.path(name)))) { try tiny.run(name) }
            tiny.settings.resumes = true
            #expect(try tiny.run(name, threads: 1) == .finished(step: 18))
            #expect(try tiny.files("whole") == tiny.files(name), "\(stop)")
        }
    }

    @Test func resumesWithTheSameAlone() throws {
        let tiny = try TinyRun()
        try tiny.run("run", stopAfter: 2)
        (tiny.settings.resumes, tiny.settings.learningRate) = (true, 1e-4)
        tiny.corpora.trainingCount += 1
        do {
            try tiny.run("run")
            Issue.record("it went on")
        } catch let error as PretrainingError {
            guard case .training(.configurationChanged(_, let keys)) = error else { throw error }
            #expect(keys.contains("lr") && keys.contains("data") && !keys.contains("seed"))
            #expect(!keys.contains("held_out_data"))
        }
    }

    /// `best`, `last` and each state are model folders.
    @Test func foldersOpen() throws {
        let tiny = try TinyRun()
        try tiny.run("run")
        let device = try Device.cpu(threads: 1)
        let ids: [[Int32]] = [[2, 5, 4, 6, 18, 3]]
        var answers: [[Float]] = []
        for folder in ["run/best", "run/last", "run/states/step-00000018"] {
            let model = try EncoderForMaskedLM(directory: tiny.path(folder), device: device, precision: .fp32)
            answers.append(try model.logits(try SequenceBatch(ids), rows: [2]).values)
            #expect(try tiny.read(folder + "/config.json").contains("DebertaV2ForMaskedLM"))
        }
        #expect(answers[1] == answers[2] && answers[1].count == MadeUpLanguage.vocabulary.count)
        let card = try tiny.read("run/best/README.md")
        #expect(
            card.contains("| perplexity | ") && card.contains("lr: 0.005") && card.contains("pipeline_tag: fill-mask"))
        // Going on from a folder: weights, shape and words are its own.
        (tiny.settings.model, tiny.settings.preset, tiny.settings.vocabulary) = (tiny.path("run/last"), nil, nil)
        tiny.settings.shape = [:]
        let second = try tiny.make("second")
        #expect(second.plan.initialised.isEmpty)
        #expect(try tiny.run("second") == .finished(step: 18))
    }

    @Test func refuses() throws {
        let tiny = try TinyRun()
        func expect(_ key: String, _ change: (inout PretrainingSettings) -> Void) throws {
            let kept = tiny.settings
            defer { tiny.settings = kept }
            change(&tiny.settings)
            do {
                _ = try tiny.make("refused")
                Issue.record("\(key): it began")
            } catch let error as PretrainingError {
                guard case .invalidValue(let found, _, _) = error else { throw error }
                #expect(found.hasPrefix(key))
            }
        }
        try expect("preset") { $0.preset = "enormous" }
        try expect("vocab") { $0.vocabulary = nil }
        try expect("vocab_size") { $0.shape["vocab_size"] = "10" }
        try expect("epochs") { $0.maximumStepCount = nil }
        try expect("then") { $0.later = [PretrainingSettings.WindowChange(window: 20, start: 0.999)] }
        try expect("preset") { $0.model = "somewhere" }
        tiny.corpora.trainingCount = 0
        #expect(throws: PretrainingError.noSamples(["corpus-0"])) { try tiny.make("refused") }
        tiny.corpora = MadeUpCorpora(heldOutCount: 0)
        #expect(throws: PretrainingError.noSamples(["corpus-0"])) { try tiny.make("refused") }
    }
}
