import ErlangshenJSON
import Foundation
import Testing

/// What the commands write; replies are compared with those of transformers: `$PYTHON tools/goldens/make_pipeline_goldens.py`.
struct CommandTests {
    private let goldens = ErlangshenProcess.goldens
    private var tiny: String { goldens + "/masked-lm" }

    private func golden(_ name: String) throws -> JSONValue {
        try JSONValue.parse([UInt8](Data(contentsOf: URL(fileURLWithPath: "\(goldens)/\(name).json"))))
    }

    /// Whether two replies agree, numbers within rounding; keys that only `found` has are ours.
    private func agree(_ found: JSONValue, _ expected: JSONValue) -> Bool {
        if let left = found.arrayValue, let right = expected.arrayValue {
            return left.count == right.count && zip(left, right).allSatisfy(agree)
        }
        if let left = found.objectValue, let right = expected.objectValue {
            return right.keys.allSatisfy { agree(left[$0] ?? .null, right[$0] ?? .null) }
        }
        if let left = found.doubleValue, let right = expected.doubleValue {
            return abs(left - right) < ErlangshenProcess.tolerance
        }
        return found == expected
    }

    @Test func `fill-mask writes transformers' reply`() throws {
        let cases = try #require(golden("fillMask")["cases"]?.arrayValue)
        for item in [cases[0], cases[2], cases[3], cases[8]] {
            let texts = item["inputs"]?.arrayValue?.compactMap(\.stringValue) ?? [item["inputs"]?.stringValue ?? ""]
            let topK = item["top_k"]?.intValue.map { ["-k", "\($0)"] } ?? []
            let targets = item["targets"]?.arrayValue?.compactMap(\.stringValue) ?? []
            let options = targets.isEmpty ? [] : ["--targets", targets.joined(separator: ",")]
            let ending = try ErlangshenProcess.run(["fill-mask", "-m", tiny, "--json"] + topK + options + texts)
            #expect(ending.status == 0)
            #expect(agree(try JSONValue.parse(ending.output), item["reply"] ?? .null), "\(texts)")
            for warning in item["warnings"]?.arrayValue ?? [] {
                #expect(ending.error.contains(warning.stringValue ?? "?"), "\(texts)")
            }
        }
    }

    @Test func `lines of standard input are answered one by one`() throws {
        let ending = try ErlangshenProcess.run(
            ["fill-mask", "-m", tiny, "--json", "-k", "1", "--keep-going", "--batch", "2"],
            text: "山水甲天[MASK]。\n没有\n有[MASK]江。\r\n")
        #expect(ending.status == 65)
        #expect(ending.lines.count == 3)
        #expect(try JSONValue.parse(ending.lines[0]).arrayValue?[0]["token_str"] == "##g")
        #expect(try JSONValue.parse(ending.lines[1])["error"]?.stringValue?.contains("No mask_token") == true)
        #expect(ending.error.contains("line 2 of standard input") && ending.error.contains("1 of 3 texts failed"))
        let stopped = try ErlangshenProcess.run(
            ["fill-mask", "-m", tiny, "-k", "1"], text: "有[MASK]江。\n没有\n有[MASK]江。\n")
        #expect(stopped.status == 65 && stopped.lines.count == 1)
    }

    @Test func `joint filling, blanks and whole targets`() throws {
        let brute = try golden("bruteForce")
        let joint = try ErlangshenProcess.run(
            ["fill-mask", "-m", tiny, "--json", "--joint", "--beam", "133", "-k", "3", "有[MASK][MASK]。"])
        let best = brute["joint"]?.arrayValue?[0]["best"]?.arrayValue
        let fillings = try JSONValue.parse(joint.output)["fillings"]?.arrayValue
        #expect(fillings?.map { $0["tokens"] } == best?.prefix(3).map { $0["tokens"] })
        let blank = try ErlangshenProcess.run(
            ["fill-mask", "-m", tiny, "--json", "--beam", "133", "--max-length", "2", "-k", "4", "有____。"])
        let lengths = brute["blanks"]?.arrayValue?[0]["best"]?.arrayValue
        let blanks = try JSONValue.parse(blank.output)["fillings"]?.arrayValue
        #expect(blanks?.map { $0["tokens"] } == lengths?.prefix(4).map { $0["tokens"] })
        let words = try ErlangshenProcess.run(
            ["fill-mask", "-m", tiny, "--whole-targets", "--targets", "江,大江", "山水甲天下,有[MASK]。"])
        #expect(words.lines.count == 2 && words.lines[0].contains("山水甲天下,有大江。"))
        let atBlank = try ErlangshenProcess.run(["fill-mask", "-m", tiny, "--targets", "江,大江", "山水甲天下,有__。"])
        #expect(atBlank.lines == words.lines)
    }

    @Test func `classify and tag write transformers' replies`() throws {
        let cases = try #require(golden("classification").arrayValue?[0]["cases"]?.arrayValue)
        let all = try ErlangshenProcess.run(["classify", "-m", goldens + "/three-labels", "--json", "--all", "山水甲天下。"])
        #expect(agree(try JSONValue.parse(all.output), cases[2]["reply"] ?? .null))
        let pair = try ErlangshenProcess.run(
            ["classify", "-m", goldens + "/three-labels", "--json", "--pairs"], text: "他在看书\t她在北京\n")
        #expect(agree(try JSONValue.parse(pair.output), [cases[5]["reply"] ?? .null]))
        let half = try ErlangshenProcess.run(["classify", "-m", goldens + "/three-labels", "--pairs", "他"])
        #expect(half.status == 65 && half.error.contains("one tab"))
        let tags = try #require(golden("tokens")["cases"]?.arrayValue)
        let tag = try ErlangshenProcess.run(
            ["tag", "-m", goldens + "/tags", "--json", "--aggregation", "none", "他在北京看书。"])
        #expect(agree(try JSONValue.parse(tag.output), tags[0]["reply"] ?? .null))
    }

    @Test func `score writes perplexity and odd characters`() throws {
        let truth = try #require(golden("bruteForce")["scores"]?.arrayValue?[0])
        let ending = try ErlangshenProcess.run(["score", "-m", tiny, "--json", "山水甲天下。"])
        let found = try #require(JSONValue.parse(ending.output)["pseudo_perplexity"]?.doubleValue)
        let expected = try #require(truth["pseudoPerplexity"]?.doubleValue)
        #expect(abs(found / expected - 1) < ErlangshenProcess.tolerance)
        let lines = try ErlangshenProcess.run(["score", "-m", tiny, "--ratio", "2", "山水甲天下。"]).lines
        #expect(lines[0].hasSuffix("\t山水甲天下。") && lines.count > 1)
        // Output is no terminal: no colour.
        #expect(!lines.joined().contains("\u{1B}"))
    }

    @Test func `tokenize shows ids, tokens and places`() throws {
        let ending = try ErlangshenProcess.run(["tokenize", "-m", tiny, "水 Reading"])
        let vocabulary = try String(contentsOfFile: tiny + "/vocab.txt", encoding: .utf8).split(separator: "\n")
        let id = try #require(vocabulary.firstIndex(of: "水"))
        #expect(ending.lines.count == 5 && ending.lines[1] == "\(id)\t水\t0\t1\t水")
        #expect(ending.lines[3].hasSuffix("##ing\t6\t9\ting"))
        let ids = try ErlangshenProcess.run(
            ["tokenize", "-m", tiny, "--ids-only", "--no-special-tokens"], text: "水\n\n水水\n")
        #expect(ids.lines == ["\(id)", "", "\(id) \(id)"])
        let bytes = try ErlangshenProcess.run([
            "tokenize", "-m", tiny, "--json", "--unit", "utf8", "--max-tokens", "3", "水水",
        ])
        let json = try JSONValue.parse(bytes.output)
        #expect(json["offsets"] == [[0, 0], [0, 3], [0, 0]] && json["truncated"] == 1)
        #expect(bytes.error.contains("1 token was cut"))
    }

    @Test func `embed writes one vector a line`() throws {
        let truth = try #require(golden("features")["cases"]?.arrayValue?[0])
        let ending = try ErlangshenProcess.run(["embed", "-m", tiny, "--json", "--normalize", "山水甲天下。"])
        #expect(agree(try JSONValue.parse(ending.output), truth["normalized"] ?? .null))
        let plain = try ErlangshenProcess.run(["embed", "-m", tiny], text: "山\n水\n").lines
        #expect(plain.count == 2 && plain.allSatisfy { $0.split(separator: "\t").count == 16 })
    }

    @Test func `info and doctor describe a folder`() throws {
        let info = try JSONValue.parse(ErlangshenProcess.run(["info", "-m", tiny, "--json"]).output)
        // sum(w.numel() for w in EncoderForMaskedLM.from_pretrained("masked-lm").parameters())
        #expect(info["parameters"] == 7621 && info["task_heads"] == ["masked-lm"] && info["layers"] == 2)
        let doctor = try ErlangshenProcess.run(["doctor", "-m", tiny, "--json"])
        #expect(try doctor.status == 0 && JSONValue.parse(doctor.output)["findings"] == [])
    }

    @Test func `convert there and back gives the same answers`() throws {
        try ErlangshenProcess.withFolder { folder in
            let there = try ErlangshenProcess.run(["convert", tiny, folder + "/bin", "--format", "torch"])
            #expect(there.status == 0 && there.output.contains("pytorch_model.bin"))
            let back = try ErlangshenProcess.run(["convert", folder + "/bin", folder + "/st", "--json"])
            #expect(back.status == 0)
            let files = ["\(tiny)/model.safetensors", "\(folder)/st/model.safetensors"]
            let answers = try [tiny, folder + "/bin", folder + "/st"].map {
                try ErlangshenProcess.run(["fill-mask", "-m", $0, "--json", "山[MASK]"]).output
            }
            #expect(answers[0] == answers[1] && answers[1] == answers[2])
            #expect(FileManager.default.fileExists(atPath: files[1]))
        }
    }

    @Test func `logits writes a tensor and refuses what is no list of ids`() throws {
        try ErlangshenProcess.withFolder { folder in
            let output = folder + "/logits.safetensors"
            let run = try ErlangshenProcess.run(
                ["logits", "-m", tiny, "--ids", "-", "-o", output], text: "[1, 90, 2]\n[1, 4, 91, 2]\n")
            #expect(run.status == 0)
            let size = try Data(contentsOf: URL(fileURLWithPath: output)).count
            #expect(size > 7 * 133 * 4 && size < 7 * 133 * 4 + 400)
            for bad in ["[1, 133]\n", "[1.5]\n", "[]\n", "x\n", "[-1]\n"] {
                let ending = try ErlangshenProcess.run(["logits", "-m", tiny, "--ids", "-", "-o", output], text: bad)
                #expect(ending.status == 65 && ending.error.contains("line 1 of standard input"), "\(bad)")
            }
            #expect(
                try ErlangshenProcess.run(["logits", "-m", tiny, "--ids", "-", "-o", output], text: "").status == 65)
        }
    }

    @Test func `help, version and completions`() throws {
        let help = try ErlangshenProcess.run(["--help"])
        #expect(help.status == 0 && help.error == "")
        for command in [
            "fill-mask", "classify", "tag", "score", "tokenize", "embed", "info", "doctor", "convert", "bench", "tasks",
            "baseline",
            "logits",
        ] {
            #expect(help.output.contains("  \(command) "), "\(command)")
            let own = try ErlangshenProcess.run([command, "--help"]).output
            #expect(
                own.contains("EXAMPLES") && own.contains("erlangshen \(command)") && own.contains("中文"), "\(command)")
        }
        #expect(try ErlangshenProcess.run(["--version"]).output.split(separator: ".").count == 3)
        for shell in ["bash", "zsh", "fish"] {
            let script = try ErlangshenProcess.run(["--generate-completion-script", shell])
            #expect(script.status == 0 && script.output.contains("fill-mask"), "\(shell)")
        }
    }

    @Test func `remarks go to standard error and are quiet when asked`() throws {
        let loud = try ErlangshenProcess.run(["fill-mask", "有[MASK]"])
        #expect(loud.lines.count == 5 && loud.error.contains("random weights") && loud.error.contains("--model DIR"))
        let quiet = try ErlangshenProcess.run(["fill-mask", "--quiet", "有[MASK]"])
        #expect(quiet.output == loud.output && quiet.error == "")
    }
}
