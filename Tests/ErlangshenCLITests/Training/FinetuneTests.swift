import ErlangshenJSON
import Foundation
import Testing

@testable import ErlangshenCLI

struct FinetuneTests {
    private static let characters = Array("天地人你我他山水火木金土日月星云风雨雪花")

    /// A configuration, a vocabulary and rows whose label is told by whether 天 or 地 stands in them.
    private func prepare(_ folder: String, rows: Int = 64, labels: [String] = ["0", "1"], prefix: String = "") throws {
        let words = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"] + Self.characters.map(String.init)
        let config: JSONValue = [
            "model_type": "deberta-v2", "vocab_size": .integer(Int64(words.count)), "hidden_size": 16,
            "num_hidden_layers": 1, "num_attention_heads": 2, "intermediate_size": 32, "hidden_act": "gelu",
            "max_position_embeddings": 64, "relative_attention": true, "position_buckets": 8,
            "pos_att_type": "c2p|p2c", "share_att_key": true, "norm_rel_ebd": "layer_norm", "layer_norm_eps": 1e-7,
            "position_biased_input": false, "hidden_dropout_prob": 0.1, "attention_probs_dropout_prob": 0.1,
        ]
        try write(folder, "config.json", config.serialized())
        try write(folder, "vocab.txt", words.joined(separator: "\n") + "\n")
        try FileManager.default.createDirectory(atPath: folder + "/" + prefix, withIntermediateDirectories: true)
        for (name, numbers) in [("train", 0..<rows), ("dev", 500..<524), ("test", 700..<710)] {
            let lines = numbers.map { number -> String in
                let label = number * 7 % 5 % 2
                var text = (0..<(2 + number % 4)).map { Self.characters[2 + (number * 3 + $0 * $0) % 18] }
                text.insert(Self.characters[label], at: number % text.count)
                let row: JSONValue = [
                    "id": .integer(Int64(number)), "sentence": .string(String(text)),
                    "sentence1": .string(String(text)), "sentence2": "人", "label": .string(labels[label]),
                ]
                return row.serialized() + "\n"
            }
            try write(folder, prefix + name + ".json", lines.joined())
        }
    }

    private func write(_ folder: String, _ name: String, _ text: String) throws {
        try Data(text.utf8).write(to: URL(fileURLWithPath: folder + "/" + name))
    }

    private func arguments(_ folder: String, output: String, _ more: [String] = []) -> [String] {
        [
            "finetune", "--from-scratch", "--config", folder + "/config.json", "--vocab", folder + "/vocab.txt",
            "--text-field", "sentence", "--label-field", "label", "--data", folder, "--train", "train.json", "--dev",
            "dev.json", "--output", folder + "/" + output, "--lr", "5e-3", "--batch", "8", "--epochs", "3",
        ] + more
    }

    private func data(_ path: String) throws -> Data { try Data(contentsOf: URL(fileURLWithPath: path)) }

    private func expectSame(_ folder: String, _ first: String, _ second: String) throws {
        let states = try FileManager.default.contentsOfDirectory(atPath: "\(folder)/\(first)/states")
        let last = try #require(states.filter { $0.hasPrefix("step-") }.max())
        let files =
            ["model.safetensors", "metrics.jsonl", "evaluation.json"]
            + ["model.safetensors", "optimizer.safetensors", "state.json"].map { "states/\(last)/\($0)" }
        for file in files {
            let (a, b) = (try data("\(folder)/\(first)/\(file)"), try data("\(folder)/\(second)/\(file)"))
            #expect(a == b, "\(file)")
        }
    }

    @Test func trainsMeasuresAndPredicts() throws {
        try ErlangshenProcess.withFolder { folder in
            try prepare(folder)
            let run = try ErlangshenProcess.run(arguments(folder, output: "run", ["--epochs", "8", "--json"]))
            #expect(run.status == 0, "\(run.error)")
            let json = try JSONValue.parse(run.output)
            let accuracy = try #require(json["value"]?.doubleValue)
            #expect(accuracy > 0.8 && json["metric"] == "accuracy" && json["row_scores"] == nil)
            for word in [
                "plan: ", "parameters", "64 updates, 8 an epoch", "drawn from the seed", "step 8: accuracy", "wrote",
            ] {
                #expect(run.error.contains(word), "\(word): \(run.error)")
            }
            let model = ["--model", folder + "/run", "--text-field", "sentence", "--data", folder]
            let measured = try ErlangshenProcess.run(
                ["evaluate"] + model + ["--label-field", "label", "--dev", "dev.json", "--json"])
            let found = try JSONValue.parse(measured.output)
            #expect(found["value"]?.doubleValue == accuracy && found["confusion"]?.arrayValue?.count == 2)
            let text = try ErlangshenProcess.run(
                ["evaluate"] + model + ["--label-field", "label", "--dev", "dev.json", "--precision", "int8"])
            #expect(text.status == 0 && text.lines.contains { $0.hasPrefix("label\t0\t") }, "\(text.error)")
            let predicted = try ErlangshenProcess.run(
                ["predict"] + model + ["--test", "test.json", "--output", folder + "/sub/mission", "--zip"])
            let files = ["json", "zip"].map { folder + "/sub/mission/predictions." + $0 }
            #expect(predicted.lines == files, "\(predicted.error)")
            let rows = try String(contentsOfFile: files[0], encoding: .utf8).split(separator: "\n")
            #expect(rows.count == 10 && rows[0].hasPrefix("{\"id\":700,\"label\":\""))
            #expect(try data(files[1]).prefix(2) == Data("PK".utf8))
        }
    }

    @Test func sameBytesWithOneAndTwoThreads() throws {
        try ErlangshenProcess.withFolder { folder in
            try prepare(folder)
            for threads in ["1", "2"] {
                let run = try ErlangshenProcess.run(arguments(folder, output: threads, ["--threads", threads, "-q"]))
                #expect(run.status == 0 && run.error.isEmpty, "\(run.error)")
            }
            try expectSame(folder, "1", "2")
        }
    }

    /// Starts a run, waits for its metrics to have so many lines, sends it a signal, and returns how it ended.
    private func interrupt(_ folder: String, _ output: String, lines: Int, _ number: Int32) throws -> Process {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        // Whoever runs the tests may ignore signals himself, and children inherit that.
        #if os(Linux)
            process.arguments = ["--default-signal=INT,TERM"]
        #else
            process.arguments = []
        #endif
        process.arguments? += [ErlangshenProcess.path] + arguments(folder, output: output, ["--save-every", "2", "-q"])
        process.standardOutput = FileHandle.nullDevice
        try process.run()
        while process.isRunning {
            let text = (try? String(contentsOfFile: "\(folder)/\(output)/metrics.jsonl", encoding: .utf8)) ?? ""
            if text.split(separator: "\n").count >= lines { break }
            usleep(500)
        }
        kill(process.processIdentifier, number)
        process.waitUntilExit()
        return process
    }

    @Test func terminatedAndResumed() throws {
        try ErlangshenProcess.withFolder { folder in
            try prepare(folder, rows: 160)
            let whole = try ErlangshenProcess.run(arguments(folder, output: "whole", ["--save-every", "2", "-q"]))
            #expect(whole.status == 0, "\(whole.error)")
            let ended = try interrupt(folder, "broken", lines: 5, SIGTERM)
            #expect(ended.terminationReason == .exit && ended.terminationStatus == 143, "\(ended.terminationStatus)")
            let again = try ErlangshenProcess.run(arguments(folder, output: "broken", ["--save-every", "2", "-q"]))
            #expect(again.status == 73 && again.error.contains("--resume"))
            let other = try ErlangshenProcess.run(
                arguments(folder, output: "broken", ["--resume", "--seed", "1", "-q"]))
            #expect(other.status == 64 && other.error.contains("seed"), "\(other.error)")
            let resumed = try ErlangshenProcess.run(
                arguments(folder, output: "broken", ["--save-every", "2", "--resume"]))
            #expect(resumed.status == 0 && resumed.error.contains("goes on from step"), "\(resumed.error)")
            try expectSame(folder, "whole", "broken")
        }
    }

    /// `tools/kill-test` does this fifty times at moments that it draws.
    @Test func killedAtThreeMomentsAndResumed() throws {
        try ErlangshenProcess.withFolder { folder in
            try prepare(folder, rows: 160)
            _ = try ErlangshenProcess.run(arguments(folder, output: "whole", ["--save-every", "2", "-q"]))
            for lines in [0, 7, 30] {
                let ended = try interrupt(folder, "killed-\(lines)", lines: lines, SIGKILL)
                #expect(ended.terminationReason == .uncaughtSignal, "it was over before \(lines) lines")
                let resumed = try ErlangshenProcess.run(
                    arguments(folder, output: "killed-\(lines)", ["--save-every", "2", "--resume", "-q"]))
                #expect(resumed.status == 0, "\(resumed.error)")
                try expectSame(folder, "whole", "killed-\(lines)")
            }
        }
    }

    @Test func clueRuns() throws {
        try ErlangshenProcess.withFolder { folder in
            try prepare(folder, prefix: "afqmc/")
            func arguments(_ output: String, _ more: [String] = []) -> [String] {
                [
                    "clue", "run", "--tasks", "afqmc", "--seeds", "1,2", "--data", folder, "--output",
                    folder + "/" + output,
                    "--from-scratch", "--config", folder + "/config.json", "--vocab", folder + "/vocab.txt", "--batch",
                    "8",
                    "--epochs", "2",
                ] + more
            }
            let first = try ErlangshenProcess.run(arguments("a", ["--lr", "5e-3", "--baseline"]))
            #expect(first.status == 0 && first.error.contains("afqmc, seed 2: "), "\(first.error)")
            #expect(first.output.contains("| afqmc | accuracy | 1, 2 | "), "\(first.output)")
            // Finished cells are not run again; the same table comes of them.
            let weights =
                try FileManager.default.attributesOfItem(
                    atPath: folder + "/a/afqmc/seed-1/model.safetensors")[.modificationDate] as? Date
            let again = try ErlangshenProcess.run(arguments("a", ["--lr", "5e-3", "--baseline"]))
            #expect(again.output == first.output && !again.error.contains("plan"), "\(again.error)")
            let after =
                try FileManager.default.attributesOfItem(
                    atPath: folder + "/a/afqmc/seed-1/model.safetensors")[.modificationDate] as? Date
            #expect(weights != nil && weights == after)
            let changed = try ErlangshenProcess.run(arguments("a", ["--lr", "1e-3"]))
            #expect(changed.status == 64 && changed.error.contains("learning_rate"), "\(changed.error)")
            let second = try ErlangshenProcess.run(
                arguments("b", ["--lr", "1e-6", "--against", folder + "/a", "--json", "-q"]))
            let json = try JSONValue.parse(second.output)
            #expect(json["comparisons"]?.arrayValue?.first?["mcnemar_p"]?.arrayValue?.count == 2, "\(second.error)")
            #expect(try String(contentsOfFile: folder + "/b/table.md", encoding: .utf8).contains("Against "))
        }
    }

    /// OCNLI looks for train.50k.json; a folder with the official part of 10,000 rows is told apart by name.
    @Test func namesTheFilesThatAreThere() throws {
        try ErlangshenProcess.withFolder { folder in
            try prepare(folder)
            let random = ["--from-scratch", "--config", folder + "/config.json", "--vocab", folder + "/vocab.txt"]
            let run = ["finetune", "--task", "ocnli", "--data", folder, "--output", folder + "/run"] + random
            let ending = try ErlangshenProcess.run(run)
            #expect(ending.status == 66, "\(ending.error)")
            let files =
                "its folder has config.json, dev.json, test.json, train.json: name one of them with --train FILE"
            #expect(ending.error.contains("train.50k.json'; " + files), "\(ending.error)")
            let table = ["clue", "run", "--tasks", "tnews", "--data", folder, "--output", folder + "/table"] + random
            let other = try ErlangshenProcess.run(table)
            #expect(other.status == 66, "\(other.error)")
            #expect(other.error.contains("/tnews/train.json'; give the folder"), "\(other.error)")
        }
    }

    @Test func wrongUse() throws {
        let base = ["finetune", "--task", "afqmc", "--output", "/nonexistent/x"]
        let cases: [([String], Int32, String)] = [
            (base, 64, "--model DIR"), (base + ["--model", "/nonexistent"], 66, "there is no model folder"),
            (base + ["--from-scratch"], 64, "--config and --vocab"),
            (base + ["--schedule", "steps"], 64, "--schedule"),
            (base + ["--vocab", "v"], 64, "--from-scratch"), (base + ["--warmup", "1.5"], 64, "--warmup"),
            (["finetune", "--text-field", "t", "--output", "x"], 64, "--train and --dev"),
            (["evaluate", "--task", "afqmc"], 64, "--model DIR"), (["evaluate", "--text-field", "t"], 64, "--dev"),
            (["predict", "--text-field", "t", "-o", "x"], 64, "--test"),
            (["clue", "run", "--tasks", "afqmc", "--seeds", "a", "--data", "d", "-o", "x"], 64, "--seeds"),
            (["clue", "run", "--tasks", "glue", "--data", "d", "-o", "x", "--model", "/tmp"], 64, "known are"),
        ]
        for (arguments, status, word) in cases {
            let ending = try ErlangshenProcess.run(arguments)
            #expect(
                ending.status == status && ending.error.contains(word), "\(arguments): \(ending.status) \(ending.error)"
            )
        }
    }
}
