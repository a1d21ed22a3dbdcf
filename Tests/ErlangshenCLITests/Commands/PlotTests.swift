import ErlangshenJSON
import Foundation
import Testing

@Suite struct PlotTests {
    private func withRuns(_ body: (String) throws -> Void) throws {
        try ErlangshenProcess.withFolder { folder in
            for (name, values) in [("a", [4.0, 2, 1]), ("b", [3.0, 3, 3])] {
                try FileManager.default.createDirectory(atPath: folder + "/" + name, withIntermediateDirectories: true)
                let lines = values.enumerated().map { "{\"step\":\($0 + 1),\"loss\":\($1)}\n" }
                try lines.joined().write(toFile: "\(folder)/\(name)/metrics.jsonl", atomically: true, encoding: .utf8)
            }
            try body(folder)
        }
    }

    @Test func drawsInATerminalOfTheWidthGiven() throws {
        try withRuns { folder in
            let one = try ErlangshenProcess.run(["plot", folder + "/a"], environment: ["COLUMNS": "40"])
            #expect(one.status == 0 && one.error.isEmpty)
            #expect(one.lines.first == "loss: a")
            #expect(one.lines.allSatisfy { $0.count <= 40 } && one.lines.contains { $0.count == 40 })
            let both = try ErlangshenProcess.run(["plot", folder + "/a/", folder + "/b/metrics.jsonl"])
            #expect(both.lines.filter { $0.hasPrefix("loss: ") } == ["loss: a", "loss: metrics.jsonl"])
        }
    }

    @Test func writesSVG() throws {
        try withRuns { folder in
            let arguments = ["plot", folder + "/a", folder + "/b", "--output", folder + "/c.svg", "--smoothing", "0.5"]
            let first = try ErlangshenProcess.run(arguments)
            #expect(first.status == 0 && first.output.isEmpty && first.error.contains("c.svg"))
            let svg = try String(contentsOfFile: folder + "/c.svg", encoding: .utf8)
            #expect(svg.hasPrefix("<svg ") && svg.contains(">a</text>") && svg.contains(">b</text>"))
            #expect(try ErlangshenProcess.run(arguments).status == 73)
            #expect(try ErlangshenProcess.run(arguments + ["--overwrite", "--quiet"]).error.isEmpty)
        }
    }

    @Test func writesPNG() throws {
        try withRuns { folder in
            let ending = try ErlangshenProcess.run(["plot", folder + "/a", "--output", folder + "/c.png"])
            #expect(ending.status == 0 && ending.output.isEmpty)
            let file = try Data(contentsOf: URL(fileURLWithPath: folder + "/c.png"))
            #expect(Array(file.prefix(8)) == [137, 80, 78, 71, 13, 10, 26, 10] && file.count < 200_000)
        }
    }

    @Test func writesJSON() throws {
        try withRuns { folder in
            let ending = try ErlangshenProcess.run(["plot", folder + "/a", "--json"])
            let expected: JSONValue = [
                "metric": "loss", "smoothing": .double(0),
                "runs": [["name": "a", "steps": [1, 2, 3], "values": [4.0, 2.0, 1.0]]],
            ]
            #expect(try JSONValue.parse(ending.output) == expected)
        }
    }

    @Test func refuses() throws {
        try withRuns { folder in
            for (arguments, status) in [
                ([], 64), ([folder + "/a", "--smoothing", "1"], 64), ([folder + "/a", "--output", "c.gif"], 64),
                ([folder + "/a", "--output", "c.svg", "--json"], 64), ([folder + "/a", "--metric", "f1"], 65),
                ([folder], 66), ([folder + "/nothing"], 66),
            ] as [([String], Int32)] {
                let ending = try ErlangshenProcess.run(["plot"] + arguments)
                #expect(ending.status == status && !ending.error.isEmpty, "\(arguments): \(ending)")
            }
        }
    }
}
