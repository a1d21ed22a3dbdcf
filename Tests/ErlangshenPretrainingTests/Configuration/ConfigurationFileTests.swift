import Testing

@testable import ErlangshenPretraining

@Suite struct ConfigurationFileTests {
    private func read(_ text: String) throws -> PretrainingSettings {
        let tiny = try TinyRun()
        try tiny.write("run.yaml", text)
        var settings = PretrainingSettings()
        try ConfigurationFile.read(tiny.path("run.yaml"), into: &settings)
        return settings
    }

    private func refusal(_ text: String) throws -> PretrainingError {
        do {
            _ = try read(text)
        } catch let error as PretrainingError {
            return error
        }
        Issue.record("it was read: \(text)")
        return .noSamples([])
    }

    @Test func readsEveryKind() throws {
        let settings = try read(
            """
            # a comment
            preset: 97m
            shape: {hidden_size: 256, hidden_dropout_prob: 0.0}
            vocab: "data/vocab.txt"
            samples: [data/laws, data/books@0.5, "with@at/data@2"]
            held-out: data/held
            window: 128
            then: ["256@50%", 512@0.9]
            batch: 128kt
            max-tokens: 3G
            warmup: 1%
            lr: 3e-4
            recompute: true
            dropout: false
            seed: 18446744073709551615
            save-every:
            """)
        #expect(settings.preset == "97m" && settings.vocabulary == "data/vocab.txt")
        #expect(settings.shape == ["hidden_size": "256", "hidden_dropout_prob": "0.0"])
        #expect(settings.samples.map(\.path) == ["data/laws", "data/books", "with@at/data"])
        #expect(settings.samples.map(\.weight) == [1, 0.5, 2] && settings.heldOut == ["data/held"])
        #expect(settings.later.map(\.window) == [256, 512] && settings.later.map(\.start) == [0.5, 0.9])
        #expect(settings.batch == .tokens(128_000) && settings.maximumTokenCount == 3_000_000_000)
        #expect(settings.warmup == 0.01 && settings.learningRate == 3e-4 && settings.seed == .max)
        #expect(settings.recomputes && !settings.hasDropout && settings.saveStepCount == nil)
    }

    @Test func whatIsWrittenReadsBack() throws {
        var settings = PretrainingSettings()
        #expect(try read(ConfigurationFile.text(of: settings)) == settings)
        settings.shape = ["pos_att_type": "c2p|p2c", "layer_norm_eps": "1e-07"]
        settings.samples = [.init(path: "it's: a #path"), .init(path: "b", weight: 0.25)]
        settings.later = [.init(window: 512, start: 0.9)]
        (settings.batch, settings.epochs, settings.output) = (.tokens(4_096), 2.5, "@runs/中文 1")
        (settings.endRate, settings.epsilon, settings.threadCount) = (0, 1e-6, 2)
        #expect(try read(ConfigurationFile.text(of: settings)) == settings)
        // Every key stands in the file, if only to show that it is left out.
        let lines = ConfigurationFile.text(of: settings).split(separator: "\n")
        for key in SettingKey.all {
            #expect(
                lines.contains { $0.hasPrefix(key.name + ":") || $0.hasPrefix("# " + key.name + ":") }, "\(key.name)")
        }
    }

    @Test func unknownKeysAreErrorsWithTheNearest() throws {
        let misspelt = [("weight_decay", "weight-decay"), ("epoch", "epochs"), ("sample", "samples"), ("Lr", "lr")]
        for (key, expected) in misspelt {
            guard case .unknownKey(key, let nearest, _) = try refusal("\(key): 1") else {
                Issue.record("\(key) was read")
                continue
            }
            #expect(nearest == expected)
        }
        #expect("\(try refusal("wramup: 0.1"))".contains("did you mean warmup?"))
    }

    @Test func whatIsNoConfigurationIsRefusedWithItsLine() throws {
        func expect(_ text: String, line: Int?, _ part: String) throws {
            let error = try refusal(text)
            guard case .configuration(_, let found, let reason) = error else {
                Issue.record("\(text.prefix(40))")
                return
            }
            #expect(found == line && reason.contains(part), "\(text.prefix(40)): line \(found ?? 0), \(reason)")
        }
        try expect("lr: 1e-4\nseed: [1\nwindow: 3", line: 3, "no YAML")
        try expect("- lr\n- 1", line: 1, "no map")
        try expect("lr: 1e-4\nlr: 2e-4", line: nil, "twice")
        try expect("samples: [[a], b]", line: 1, "more than words")
        try expect("shape: {hidden_size: {a: 1}}", line: 1, "more than words")
        try expect(String(repeating: "[", count: 100_000), line: 1, "nesting level")
        try expect("lr: \"\u{0}\"", line: nil, "no YAML")
    }

    @Test(arguments: [
        "lr: 0", "lr: fast", "lr: nan", "lr: [1]", "beta1: 1", "beta2: -0.1", "warmup: 1e13", "clip: -1", "batch: 0",
        "batch: 1.5", "batch: t", "window: 4", "window: 99999999999999999999", "then: 512", "then: 512@100%",
        "then: [512@50%, 256@40%]", "epochs: 0", "max-steps: 0", "max-tokens: 9999999999999G", "seed: -1",
        "precision: int8", "schedule: exponential", "recompute: yes please", "resume: 1", "samples: {a: 1}",
        "samples: a@0", "shape: {no_such_key: 1}", "shape: hidden_size", "held-out-share: 50%", "threads: 0",
        "model: \"\"",
    ])
    func refusesValues(text: String) throws {
        let key = text.split(separator: ":")[0]
        guard case .invalidValue(String(key), _, let expected) = try refusal(text) else {
            Issue.record("\(text): \(try refusal(text))")
            return
        }
        #expect(!expected.isEmpty)
    }
}
