import ErlangshenMasking

extension SettingKey {
    /// Every setting, in the order in which a configuration is written.
    public static let all: [SettingKey] = modelKeys + dataKeys + maskingKeys + optimiserKeys + runKeys

    private static let many = 1...(1 << 40)

    private static let modelKeys: [SettingKey] = [
        .text("model", \.model, "A model folder to go on from; weights, shape and vocabulary are its own."),
        .text("model-config", \.modelConfig, "A config.json of the model to begin with random weights."),
        .text("preset", \.preset, "A built-in shape instead: \(ModelShape.names.joined(separator: ", "))."),
        shapeKey,
        .text("vocab", \.vocabulary, "The vocab.txt of a model of random weights."),
    ]

    private static let dataKeys: [SettingKey] = [
        sources(
            "corpus", \.corpora, "What to learn from: prefixes of `erlangshen corpus build`; PREFIX, or PREFIX@WEIGHT."),
        sources(
            "samples", \.samples,
            "And files of JSON lines, sequences with their masks, the same in every epoch; FILE, or FILE@WEIGHT."),
        SettingKey(name: "held-out", help: "Prefixes or files to measure on.") {
            settings, value throws(Refusal) in
            settings.heldOut = try words(value)
        } write: { settings in
            settings.heldOut.isEmpty ? nil : .list(settings.heldOut)
        },
        .number(
            "held-out-share", \.heldOutShare, 0..<0.5,
            "Without held-out: the last part of each file, and of each corpus whose build held out nothing, which is "
                + "measured on and not learnt from."),
        .count("held-out-samples", \.heldOutSampleCount, 1...1 << 24, "Samples of each that are measured at the most."),
        .count("window", \.window, 8...1 << 16, "Tokens of the longest sample, special ones included."),
        thenKey,
    ]

    private static let maskingKeys: [SettingKey] = [
        .number("mask-rate", \.masking.rate, Double.leastNonzeroMagnitude..<1, "The share of tokens that is masked."),
        list(
            "mask-shares", 3...3, "What becomes of masked tokens: shares of [MASK], kept and random ones."
        ) { settings, shares in
            (settings.masking.maskShare, settings.masking.keepShare, settings.masking.randomShare) =
                (shares[0], shares[1], shares[2])
        } write: { settings in
            [settings.masking.maskShare, settings.masking.keepShare, settings.masking.randomShare]
        },
        list(
            "mask-runs", 1...MaskingSettings.maximumRunLength,
            "Weights of runs of 1, 2, 3, … words that are masked together."
        ) { settings, weights in
            settings.masking.runWeights = weights
        } write: { settings in
            settings.masking.runWeights
        },
        SettingKey(name: "mask-decision", help: "Whether mask, keep or random is drawn for each token or each word.") {
            settings, value throws(Refusal) in
            guard case .word(let word) = value, let decision = MaskingSettings.Decision(rawValue: word) else {
                throw Refusal(expected: "token or word")
            }
            settings.masking.decision = decision
        } write: { settings in
            .word(settings.masking.decision.rawValue)
        },
        .flag("pack", \.packs, "Put short texts together into samples; each attends to itself alone."),
    ]

    private static let optimiserKeys: [SettingKey] = [
        .number("lr", \.learningRate, Double.leastNonzeroMagnitude..<1e3, "The learning rate when warm."),
        .choice(
            "schedule", \.schedule, PretrainingSettings.scheduleNames,
            "What it does then: \(PretrainingSettings.scheduleNames.joined(separator: ", "))."),
        .number("end-lr", \.endRate, 0..<1e3, "Where polynomial ends."),
        .number("warmup", \.warmup, 0..<1e12, "Part of the updates (below 1) or updates in which the rate rises."),
        .number("beta1", \.beta1, 0..<1, "AdamW's decay of the mean of gradients."),
        .number("beta2", \.beta2, 0..<1, "AdamW's decay of the mean of squared gradients."),
        .number("eps", \.epsilon, Double.leastNonzeroMagnitude..<1, "AdamW's epsilon."),
        .number("weight-decay", \.weightDecay, 0..<1e3, "Weight decay of all but biases and LayerNorms."),
        .number("clip", \.clip, 0..<1e9, "The norm that larger gradients are scaled down to; 0 for none."),
        .flag("dropout", \.hasDropout, "Whether the dropout of the model's configuration is applied."),
        batchKey,
        .count("piece-tokens", \.pieceTokenCount, 8...1 << 24, "Tokens that go through the model together."),
    ]

    private static let runKeys: [SettingKey] = [
        .optionalNumber("epochs", \.epochs, 1e-6..<1e6, "The run ends after so many passes over the samples."),
        .optionalCount("max-steps", \.maximumStepCount, many, "The run ends after so many updates."),
        .optionalCount(
            "max-tokens", \.maximumTokenCount, 1...1 << 60, "The run ends after so many tokens: 64k, 2M, 3G."),
        .text("output", \.output, "The folder of the run."),
        SettingKey(name: "seed", help: "Of the order of samples, masks, dropout and fresh weights.") {
            settings, value throws(Refusal) in
            guard case .word(let word) = value, let seed = UInt64(word) else {
                throw Refusal(expected: "a whole number from 0 to \(UInt64.max)")
            }
            settings.seed = seed
        } write: { settings in
            .word("\(settings.seed)")
        },
        .choice("precision", \.precision, PretrainingSettings.precisionNames, "In what products are computed."),
        .optionalCount("threads", \.threadCount, 1...1_024, "Threads to compute with; all cores when left out."),
        .flag(
            "recompute", \.recomputes, "Keep less for the way back and compute it again: less memory, the same bits."),
        .count("eval-every", \.evaluationStepCount, many, "Measure every so many updates, and at the end."),
        .optionalCount("save-every", \.saveStepCount, many, "Save also every so many updates."),
        .count("keep-last", \.keepLast, 1...1_000_000, "Saved states that stay: the newest."),
        .count("keep-best", \.keepBest, 0...1_000_000, "Saved states that stay: the best."),
        .text("sample-log", \.sampleLog, "A file that gets the sequences of every update, as samples takes them."),
        .flag("resume", \.resumes, "Go on from the newest valid state of the output folder."),
    ]

    private static let shapeKey = SettingKey(
        name: "shape", help: "Keys of config.json that differ: KEY=VALUE, such as hidden_size=256."
    ) { settings, value throws(Refusal) in
        let entries: [ConfigurationValue.Entry]
        switch value {
        case .map(let map): entries = map
        case .word, .list: entries = try words(value).map(entry)
        }
        for entry in entries {
            guard ModelShape.keys.contains(entry.name) else {
                throw Refusal(expected: "keys of config.json: \(ModelShape.keys.joined(separator: ", "))")
            }
            settings.shape[entry.name] = entry.value
        }
    } write: { settings in
        settings.shape.isEmpty
            ? nil
            : .map(
                settings.shape.sorted { $0.key < $1.key }.map {
                    ConfigurationValue.Entry(name: $0.key, value: $0.value)
                })
    }

    private static func entry(_ word: String) throws(Refusal) -> ConfigurationValue.Entry {
        let parts = word.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 2 else { throw Refusal(expected: "KEY=VALUE") }
        return ConfigurationValue.Entry(name: parts[0], value: parts[1])
    }

    private static let thenKey = SettingKey(
        name: "then",
        help: "Later windows: 512@90% learns from samples of up to 512 tokens from 90 % of the updates on."
    ) { settings, value throws(Refusal) in
        let expected = "WINDOW@PART, rising parts above 0 % and below 100 %, such as 512@90%"
        var later: [PretrainingSettings.WindowChange] = []
        for word in try words(value) {
            let parts = word.split(separator: "@", omittingEmptySubsequences: false).map(String.init)
            guard parts.count == 2, let window = Int(parts[0]), (8...1 << 16).contains(window) else {
                throw Refusal(expected: expected)
            }
            let start = try decimal(.word(parts[1]), 0..<1)
            guard start > later.last?.start ?? 0 else { throw Refusal(expected: expected) }
            later.append(PretrainingSettings.WindowChange(window: window, start: start))
        }
        settings.later = later
    } write: { settings in
        settings.later.isEmpty ? nil : .list(settings.later.map { "\($0.window)@\(shown($0.start))" })
    }

    private static let batchKey = SettingKey(
        name: "batch", help: "Samples of an update, or with t tokens: 256, or 131072t."
    ) { settings, value throws(Refusal) in
        if case .word(let word) = value, word.hasSuffix("t") {
            settings.batch = .tokens(try whole(.word(String(word.dropLast())), 1...1 << 40))
        } else {
            settings.batch = .samples(try whole(value, 1...1 << 24))
        }
    } write: { settings in
        switch settings.batch {
        case .samples(let count): .word("\(count)")
        case .tokens(let count): .word("\(count)t")
        }
    }
}
