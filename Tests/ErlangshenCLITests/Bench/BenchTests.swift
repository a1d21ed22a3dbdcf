import ErlangshenJSON
import Foundation
import Testing

/// What `bench` prints and refuses; its answers are compared with those of the commands that transformers is held to.
struct BenchTests {
    private let goldens = ErlangshenProcess.goldens
    private var tiny: String { goldens + "/masked-lm" }

    private func number(_ json: JSONValue, _ key: String) -> Double { json[key]?.doubleValue ?? .nan }

    @Test(arguments: ["logits", "fill-mask", "classify", "train", "pretrain"])
    func `shapes have percentiles and a floor`(
        task: String
    )
        throws
    {
        let folder = task == "classify" ? goldens + "/three-labels" : tiny
        let ending = try ErlangshenProcess.run([
            "bench", "-m", folder, "--shapes", "1x4,2x8", "--repeats", "5", "--task", task, "--json",
        ])
        #expect(ending.status == 0 && ending.lines.count == 2, "\(ending.error)")
        for (line, shape) in zip(ending.lines, ["1x4", "2x8"]) {
            let json = try JSONValue.parse(line)
            #expect(json["shape"]?.stringValue == shape && json["task"]?.stringValue == task)
            #expect(json["repeats"] == 5 && json["precision"] == "fp32")
            let times = ["best_ms", "p50_ms", "p90_ms", "p99_ms"].map { number(json, $0) }
            #expect(times[0] > 0 && times == times.sorted(), "\(times)")
            #expect(number(json, "tokens_per_second") > 0 && number(json, "floor_ms") > 0)
            #expect(abs(number(json, "time_over_floor") * number(json, "floor_ms") / times[1] - 1) < 1e-9)
            let floor = try #require(json["floor"])
            let peak = try #require(floor["peak_operations_per_second"]?["fp32"]?.doubleValue)
            let arithmetic = ["product_operations", "attention_operations", "float32_operations"].reduce(0) {
                $0 + number(floor, $1) / peak
            }
            let reading = number(floor, "weight_bytes") / number(floor, "bandwidth_bytes_per_second")
            let moving = number(floor, "optimiser_bytes") / number(floor, "bandwidth_bytes_per_second")
            #expect((moving > 0) == task.hasSuffix("train"))
            #expect(abs((max(arithmetic, reading) + moving) * 1e3 / number(json, "floor_ms") - 1) < 1e-9)
        }
        #expect(ending.error.contains("GFLOP/s") && ending.error.contains("GB/s"))
    }

    @Test func `callers share a model`() throws {
        let ending = try ErlangshenProcess.run([
            "bench", "-m", tiny, "--shapes", "1x16", "--repeats", "5", "--callers", "3", "--json",
        ])
        let json = try JSONValue.parse(try #require(ending.lines.first))
        #expect(json["callers"] == 3 && number(json, "tokens_per_second") > 0, "\(ending.error)")
        let each = number(json, "tokens_per_second") * number(json, "floor_ms") * 1e-3 * number(json, "time_over_floor")
        #expect(abs(each / 16 - 1) < 1e-9)
    }

    @Test func `columns are those of the help`() throws {
        let shapes = try ErlangshenProcess.run(["bench", "-m", tiny, "--shapes", "1x4", "--repeats", "5"])
        #expect(shapes.lines.map { $0.split(separator: "\t").count } == [8])
        let file = try ErlangshenProcess.run(
            ["bench", "-m", tiny, "--task", "fill-mask", "--file", "-", "--repeats", "1", "--quiet"],
            text: "有[MASK]江。\n")
        #expect(file.lines.map { $0.split(separator: "\t").count } == [11] && file.error == "")
    }

    /// Texts of all lengths in no order.
    private let masked = ["山水甲天下,有[MASK]江。", "[MASK]", "他在[MASK]京看[MASK]。", "有[MASK]", "山水[MASK]天下。"]

    @Test func `answers to a file stand in its order`() throws {
        let text = masked.joined(separator: "\n") + "\n"
        let bench = try ErlangshenProcess.run(
            [
                "bench", "-m", tiny, "--task", "fill-mask", "--file", "-", "--batch", "2", "--repeats", "2", "--json",
                "--answers",
            ], text: text)
        let truth = try ErlangshenProcess.run(["fill-mask", "-m", tiny, "--json", "-k", "1"], text: text)
        #expect(bench.status == 0 && bench.lines.count == masked.count + 1, "\(bench.error)")
        #expect(truth.lines.count == masked.count)
        for (index, line) in truth.lines.enumerated() {
            let answer = try JSONValue.parse(bench.lines[index])
            let lists = try #require(JSONValue.parse(line).arrayValue)
            // One mask: a list of predictions; several: a list of those.
            let expected = lists.map { ($0.arrayValue?.first ?? $0)["token"]?.intValue }
            #expect(answer["line"]?.intValue == index + 1)
            #expect(answer["ids"]?.arrayValue?.map(\.intValue) == expected, "\(masked[index])")
        }
        let report = try JSONValue.parse(bench.lines[masked.count])
        #expect(report["texts"] == 5 && report["batches"] == 3 && report["batch"] == 2 && report["repeats"] == 2)
        #expect(number(report, "seconds") >= number(report, "computing_seconds"))
        #expect(number(report, "tokenizing_seconds") > 0 && number(report, "floor_ms") > 0)
        #expect(number(report, "texts_per_second_without_tokenizing") >= number(report, "texts_per_second"))
    }

    @Test func `pairs get the labels of classify`() throws {
        let model = goldens + "/three-labels"
        let text = "他在看书\t她在北京\n山\t水\n山水甲天下。\t他在北京看书。\n他\t山水\n"
        let bench = try ErlangshenProcess.run(
            [
                "bench", "-m", model, "--task", "classify", "--pairs", "--file", "-", "--batch", "3", "--repeats", "1",
                "--answers",
            ], text: text)
        let truth = try ErlangshenProcess.run(["classify", "-m", model, "--json", "--pairs"], text: text)
        let labels = try truth.lines.map { try JSONValue.parse($0).arrayValue?[0]["label"]?.stringValue ?? "?" }
        #expect(bench.lines.dropLast() == labels.enumerated().map { "\($0 + 1)\t\($1)" }[...], "\(bench.error)")
    }

    @Test func `steps of training take the pairs of a file`() throws {
        let bench = try ErlangshenProcess.run(
            [
                "bench", "-m", goldens + "/three-labels", "--task", "train", "--pairs", "--file", "-", "--batch", "2",
                "--repeats", "1", "--json",
            ], text: "他在看书\t她在北京\n山\t水\n他\t山水\n")
        #expect(bench.status == 0 && bench.lines.count == 1, "\(bench.error)")
        #expect(try JSONValue.parse(bench.lines.first ?? "")["batches"] == 2)
    }

    @Test func `logits of a file answer every token`() throws {
        let bench = try ErlangshenProcess.run(
            ["bench", "-m", tiny, "--file", "-", "--repeats", "1", "--answers", "--json"], text: "山水甲\n\n水\n")
        let counts = try bench.lines.dropLast().map { try JSONValue.parse($0)["ids"]?.arrayValue?.count }
        #expect(counts == [5, 2, 3])
        #expect(try JSONValue.parse(bench.lines[3])["tokens"] == 10)
    }

    @Test(arguments: [
        (["--repeats", "4"], "5 or more"), (["--file", "x", "--repeats", "0"], "1 or more"),
        (["--file", "x", "--batch", "0"], "--batch is 0"), (["--file", "x", "--shapes", "1x2"], "use one of them"),
        (["--batch", "3"], "--batch"), (["--answers"], "--answers"), (["--pairs"], "--pairs"),
        (["--file", "x", "--pairs"], "--task classify"), (["--task", "tag"], "--task"),
        (["--shapes", "1x2,"], "--shapes has ''"), (["--shapes", "0x2"], "0x2"), (["--shapes", "1x2x3"], "1x2x3"),
        (["--task", "classify"], "--model DIR"),
        (["--callers", "0"], "1 to 256"), (["--callers", "2", "--task", "train"], "--callers"),
        (["--callers", "2", "--task", "pretrain"], "--callers"),
    ]) func `refuses what makes no sense`(arguments: [String], word: String) throws {
        let ending = try ErlangshenProcess.run(["bench"] + arguments)
        #expect(ending.status == 64 && ending.output == "" && ending.error.contains(word), "\(ending.error)")
    }

    @Test(arguments: [
        ("fill-mask", "有[MASK]\n没有\n", ["line 2 of standard input", "No mask_token"]),
        ("fill-mask", "", ["standard input", "no text to time"]),
    ]) func `refuses texts that cannot be timed`(task: String, text: String, words: [String]) throws {
        let ending = try ErlangshenProcess.run(["bench", "-m", tiny, "--task", task, "--file", "-"], text: text)
        #expect(ending.status == 65 && ending.output == "")
        for word in words { #expect(ending.error.contains(word), "\(ending.error)") }
    }

    @Test func `refuses a line that is no pair and a model without labels`() throws {
        let model = goldens + "/three-labels"
        let half = try ErlangshenProcess.run(
            ["bench", "-m", model, "--task", "classify", "--pairs", "--file", "-"], text: "他\t山\n他\n")
        #expect(half.status == 65 && half.error.contains("line 2") && half.error.contains("one tab"))
        let missing = try ErlangshenProcess.run(["bench", "-m", tiny, "--task", "classify"])
        #expect(missing.status == 65 && missing.error.contains("pooler"), "\(missing.error)")
    }
}
