import ErlangshenJSON
import Foundation
import Testing

@testable import ErlangshenCLI

struct BaselineTests {
    /// Rows whose label is told by one character.
    private func rows(_ count: Int, from start: Int = 0) -> String {
        (start..<start + count).map { index in
            let (word, label) = index % 3 == 0 ? ("球", "体育") : ("股", "财经")
            return "\"\(index)\(word),赛\",\(label)"
        }.joined(separator: "\n")
    }

    private func write(_ folder: String, _ name: String, _ text: String) throws {
        try Data(text.utf8).write(to: URL(fileURLWithPath: folder + "/" + name))
    }

    @Test func tasksAreListed() throws {
        let lines = try ErlangshenProcess.run(["tasks"]).lines
        #expect(lines.count == 9)
        #expect(lines[1].hasPrefix("tnews\tclassification\t15\t128\taccuracy\ttnews11_predict.json\t"))
        let json = try JSONValue.parse(ErlangshenProcess.run(["tasks", "--json"]).output)
        #expect(json.arrayValue?.first?["labels"] == ["0", "1"])
    }

    @Test func rowsOfOnesOwn() throws {
        try ErlangshenProcess.withFolder { folder in
            try write(folder, "a.csv", "t,l\n" + rows(60))
            try write(folder, "b.csv", "t,l\n" + rows(30, from: 100))
            let arguments = [
                "baseline", "--data", folder, "--train", "a.csv", "--dev", "b.csv", "--text-field", "t",
                "--label-field",
                "l",
            ]
            let ending = try ErlangshenProcess.run(arguments + ["--json"])
            let json = try JSONValue.parse(ending.output)
            #expect(json["accuracy"] == 1.0 || json["accuracy"] == 1)
            #expect(json["train"]?["rows"] == 60 && json["dev"]?["left_out"] == [:])
            #expect(json["labels"]?.arrayValue?.map { $0["label"] } == ["体育", "财经"])
            #expect(json["majority"]?.doubleValue == 20.0 / 30)
            let text = try ErlangshenProcess.run(arguments)
            #expect(text.lines.contains("accuracy\t100.00") && text.lines.contains("majority\t66.67"))
        }
    }

    @Test func defectsEndItOrAreCounted() throws {
        try ErlangshenProcess.withFolder { folder in
            let good = (0..<20).map { "{\"sentence\":\"字\($0 % 2)\",\"label\":\"\(100 + $0 % 2)\"}" }.joined(
                separator: "\n")
            try write(folder, "train.json", good + "\n{\"sentence\":\"字\",\"label\":\"105\"}\n{\"sentence\":\n")
            try write(folder, "dev.json", good + "\n{\"sentence\":\"字\",\"label\":\"-\"}\n")
            let arguments = ["baseline", "--task", "tnews", "--data", folder]
            let strict = try ErlangshenProcess.run(arguments)
            #expect(strict.status == 65 && strict.output == "")
            #expect(strict.error.contains("train.json:21: the label \"105\" is none of \"100\""))
            let loose = try ErlangshenProcess.run(arguments + ["--on-defect", "drop"])
            #expect(loose.status == 0)
            #expect(loose.lines.contains("training rows\t20\tleft out: brokenRow 1, unknownLabel 1"))
            #expect(loose.lines.contains("dev rows\t20\tleft out: noAgreement 1"))
        }
    }

    @Test func wrongUse() throws {
        let cases: [([String], Int32, String)] = [
            (["--task", "glue"], 64, "known are afqmc"), (["--task", "cmrc2018"], 64, "one label"),
            ([], 64, "--task NAME"),
            (["--task", "tnews", "--text-field", "x"], 64, "--text-field"),
            (["--task", "tnews", "--l2", "nan"], 64, "--l2"),
            (["--task", "tnews", "--data", "/nonexistent"], 66, "there is no '/nonexistent/train.json'"),
            (["--text-field", "x"], 64, "--train and --dev"),
        ]
        for (arguments, status, word) in cases {
            let ending = try ErlangshenProcess.run(["baseline"] + arguments)
            #expect(ending.status == status && ending.error.contains(word), "\(arguments): \(ending.error)")
        }
    }
}
