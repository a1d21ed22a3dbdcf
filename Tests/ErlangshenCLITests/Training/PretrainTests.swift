import ErlangshenJSON
import ErlangshenPretraining
import Foundation
import Testing

@testable import ErlangshenCLI

struct PretrainTests {
    private static let characters = Array("天地人你我他山水火木金土日月星云风雨雪花")

    /// A vocabulary, a configuration, and samples in which the second half of a word is told by the first.
    private func prepare(_ folder: String) throws {
        let words = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"] + Self.characters.map(String.init)
        try write(folder, "vocab.txt", words.joined(separator: "\n") + "\n")
        let lines = (0..<160).map { number -> String in
            let words = (0..<4).map { (number * 7 + $0 * $0 * 3) % 10 }
            var ids = [2] + words.flatMap { [5 + $0, 15 + $0] } + [3]
            let places = [1 + 2 * (number % 4), 2 + 2 * ((number + 1) % 4)].sorted()
            let labels = places.map { ids[$0] }
            for place in places { ids[place] = 4 }
            return "{\"ids\":\(ids),\"positions\":\(places),\"labels\":\(labels),\"word_ends\":[1,2]}\n"
        }
        try write(folder, "samples.jsonl", lines.joined())
        try write(
            folder, "run.yaml",
            """
            preset: tiny
            shape: {hidden_size: 16, num_hidden_layers: 1, num_attention_heads: 2, intermediate_size: 32, position_buckets: 8}
            vocab: \(folder)/vocab.txt
            samples: \(folder)/samples.jsonl
            held-out-share: 10%
            window: 16
            batch: 8
            lr: 5e-3
            warmup: 2
            max-steps: 60
            eval-every: 30
            """)
    }

    private func write(_ folder: String, _ name: String, _ text: String) throws {
        try Data(text.utf8).write(to: URL(fileURLWithPath: folder + "/" + name))
    }

    private func data(_ path: String) throws -> Data { try Data(contentsOf: URL(fileURLWithPath: path)) }

    private func arguments(_ folder: String, _ output: String, _ more: [String] = []) -> [String] {
        ["pretrain", "--config", folder + "/run.yaml", "--output", folder + "/" + output] + more
    }

    private func expectSame(_ folder: String, _ first: String, _ second: String) throws {
        let states = try FileManager.default.contentsOfDirectory(atPath: "\(folder)/\(first)/states")
        let last = try #require(states.filter { $0.hasPrefix("step-") }.max())
        for file in [
            "best/model.safetensors", "last/model.safetensors", "metrics.jsonl", "last/evaluation.json",
            "states/\(last)/optimizer.safetensors", "states/\(last)/state.json",
        ] {
            let (a, b) = (try data("\(folder)/\(first)/\(file)"), try data("\(folder)/\(second)/\(file)"))
            #expect(a == b, "\(file)")
        }
    }

    @Test func learnsAndFillsMasks() throws {
        try ErlangshenProcess.withFolder { folder in
            try prepare(folder)
            let run = try ErlangshenProcess.run(arguments(folder, "run", ["--json"]))
            #expect(run.status == 0, "\(run.error)")
            let json = try JSONValue.parse(run.output)
            // A uniform guess over 25 words costs 3.22 nats.
            #expect(try #require(json["loss"]?.doubleValue) < 2.6 && json["step"] == 60, "\(run.output)")
            for word in [
                "plan: ", "parameters", "drawn from the seed: all of them", "windows of 16 tokens, 8 samples an update",
                "144 samples", "60 updates", "step 30: loss", "(the best so far)", "wrote",
            ] {
                #expect(run.error.contains(word), "\(word): \(run.error)")
            }
            let filled = try ErlangshenProcess.run(
                ["fill-mask", "--model", folder + "/run/best", "天[MASK]地水", "--json", "-q"])
            #expect(filled.status == 0 && filled.output.contains("token"), "\(filled.error)")
            let again = try ErlangshenProcess.run(arguments(folder, "run"))
            #expect(again.status == 73 && again.error.contains("--resume"))
            let other = try ErlangshenProcess.run(arguments(folder, "run", ["--resume", "--seed", "1", "-q"]))
            #expect(other.status == 64 && other.error.contains("seed"), "\(other.error)")
        }
    }

    /// Flags override the file, and what is printed is a file that sets the same.
    @Test func printsTheEffectiveConfiguration() throws {
        try ErlangshenProcess.withFolder { folder in
            try prepare(folder)
            let printed = try ErlangshenProcess.run(
                arguments(folder, "run", ["--lr", "1e-4", "--no-dropout", "--batch", "4kt", "--print-config"]))
            #expect(printed.status == 0 && printed.error.isEmpty, "\(printed.error)")
            for line in ["lr: 0.0001", "dropout: false", "batch: 4000t", "warmup: 2", "window: 16"] {
                #expect(printed.lines.contains(line), "\(line): \(printed.output)")
            }
            try write(folder, "printed.yaml", printed.output)
            let again = try ErlangshenProcess.run(["pretrain", "--config", folder + "/printed.yaml", "--print-config"])
            #expect(again.output == printed.output && !FileManager.default.fileExists(atPath: folder + "/run"))
        }
    }

    /// Every key has a flag that sets what the key sets, and there is no flag besides.
    @Test func everyKeyIsAFlag() throws {
        let help = Pretrain.helpMessage(columns: 200)
        // How ranks share the memory is no setting of the run: it may go on with or without.
        let own: Set = ["config", "print-config", "json", "quiet", "version", "help", "shard-optimizer"]
        let flags = Set(help.matches(of: /--(?:no-)?([a-z][a-z0-9-]*)/).map { String($0.output.1) })
        for key in SettingKey.all { #expect(flags.contains(key.name), "--\(key.name) is missing") }
        // Examples may name flags of other commands; lines of options begin with theirs.
        for line in help.split(separator: "\n") where line.hasPrefix("  -") {
            for match in line.prefix(60).matches(of: /--(?:no-)?([a-z][a-z0-9-]*)/) {
                let name = String(match.output.1)
                #expect(own.contains(name) || SettingKey.named(name) != nil, "--\(name) is no key")
            }
        }
        let values = [
            "shape": "hidden_size=32", "corpus": "c@2", "samples": "a@2", "mask-rate": "0.2",
            "mask-shares": "1,0,0", "masking": "fengshen", "order": "sequential", "mask-decision": "word",
            "then": "512@90%", "schedule": "cosine",
            "precision": "bf16",
            "warmup": "7", "batch": "7", "epochs": "7", "seed": "7", "threads": "7",
        ]
        for key in SettingKey.all {
            let isFlag = ["dropout", "recompute", "resume", "pack"].contains(key.name)
            let arguments =
                isFlag
                ? [key.name == "dropout" ? "--no-dropout" : "--" + key.name]
                : ["--" + key.name, values[key.name] ?? (Self.isPart(key.name) ? "0.25" : "77")]
            var (given, expected) = (PretrainingSettings(), PretrainingSettings())
            let parsed = try #require(try Pretrain.parseAsRoot(arguments) as? Pretrain)
            given = try parsed.settings()
            let word = isFlag ? "\(key.name != "dropout")" : arguments[1]
            try key.set(&expected, .word(word))
            #expect(given == expected && given != PretrainingSettings(), "\(key.name)")
        }
    }

    private static func isPart(_ name: String) -> Bool {
        ["lr", "end-lr", "beta1", "beta2", "eps", "weight-decay", "clip", "held-out-share"].contains(name)
    }

    @Test func terminatedAndResumed() throws {
        try ErlangshenProcess.withFolder { folder in
            try prepare(folder)
            let steps = ["--max-steps", "400", "-q"]
            let whole = try ErlangshenProcess.run(
                arguments(folder, "whole", steps + ["--threads", "1", "--sample-log", folder + "/whole.jsonl"]))
            #expect(whole.status == 0 && whole.error.isEmpty, "\(whole.error)")
            let process = Process()
            process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
            #if os(Linux)
                process.arguments = ["--default-signal=INT,TERM"]
            #else
                process.arguments = []
            #endif
            let log = ["--sample-log", folder + "/broken.jsonl"]
            process.arguments? += [ErlangshenProcess.path] + arguments(folder, "broken", steps + log)
            process.standardOutput = FileHandle.nullDevice
            try process.run()
            while process.isRunning {
                let text = (try? String(contentsOfFile: "\(folder)/broken/metrics.jsonl", encoding: .utf8)) ?? ""
                if text.split(separator: "\n").count >= 5 { break }
                usleep(500)
            }
            kill(process.processIdentifier, SIGTERM)
            process.waitUntilExit()
            #expect(process.terminationReason == .exit && process.terminationStatus == 143)
            let resumed = try ErlangshenProcess.run(
                arguments(folder, "broken", ["--max-steps", "400", "--resume"] + log))
            #expect(resumed.status == 0 && resumed.error.contains("goes on from step"), "\(resumed.error)")
            try expectSame(folder, "whole", "broken")
            #expect(try data(folder + "/whole.jsonl") == data(folder + "/broken.jsonl"))
            let lines = try String(contentsOfFile: folder + "/whole.jsonl", encoding: .utf8).split(separator: "\n")
            // 144 samples, 18 updates a pass: 400 updates of 8.
            #expect(lines.count == 3_200)
        }
    }

    @Test func wrongUse() throws {
        try ErlangshenProcess.withFolder { folder in
            try prepare(folder)
            try write(folder, "unknown.yaml", "epoch: 3\n")
            try write(folder, "broken.yaml", "lr: [1\nseed: 2\n")
            let base = arguments(folder, "x", ["-q"])
            let cases: [([String], Int32, String)] = [
                (["pretrain"], 64, "output"),
                (["pretrain", "--config", folder + "/unknown.yaml"], 65, "did you mean epochs?"),
                (["pretrain", "--config", folder + "/broken.yaml"], 65, "broken.yaml\", line"),
                (["pretrain", "--config", folder + "/nowhere.yaml"], 66, "nowhere.yaml"),
                (base + ["--lr", "fast"], 64, "lr is \"fast\""), (base + ["--lrr", "1"], 64, "Unknown option"),
                (base + ["--precision", "int8"], 64, "precision"),
                (base + ["--samples", folder + "/none.jsonl"], 66, "none.jsonl"),
                (base + ["--samples", folder + "/vocab.txt"], 65, "line 1 of"),
                (base + ["--window", "9", "--then", "16@50%"], 65, "no sample is left"),
                (base + ["--model", folder], 64, "preset is set"),
            ]
            for (arguments, status, word) in cases {
                let ending = try ErlangshenProcess.run(arguments)
                #expect(
                    ending.status == status && ending.error.contains(word),
                    "\(arguments): \(ending.status) \(ending.error)")
            }
        }
    }
}
