import ErlangshenJSON
import Testing

@testable import ErlangshenTasks

/// Rows of every format as `line: fields`, and broken ones as `line! reason`.
private func rows(_ source: some RecordSource) throws -> [String] {
    var source = source
    var rows: [String] = []
    while let outcome = try source.next() {
        switch outcome {
        case .record(let record): rows.append("\(record.location.line): \(record.value.serialized())")
        case .broken(let problem): rows.append("\(problem.location.line)! \(problem.reason)")
        }
    }
    return rows
}

struct RecordSourceTests {
    @Test func jsonLinesWithMarkAndCarriageReturns() throws {
        let folder = try TemporaryFolder()
        let path = try folder.write("a.json", "\u{FEFF}{\"a\":1}\r\n\n  \n{\"a\":\"\\n二\"}\n[1]\n{\"a\":\n{\"a\":2}")
        #expect(
            try rows(JSONLinesSource(path: path)) == [
                #"1: {"a":1}"#, #"4: {"a":"\n二"}"#, "5! the line is no JSON object",
                "6! JSON text ends at line 1, column 6 where a value is expected; is the file complete?",
                #"7: {"a":2}"#,
            ])
    }

    @Test func linesBeyondTheLimitAreOneProblemEach() throws {
        let folder = try TemporaryFolder()
        let long = "{\"a\":\"" + String(repeating: "长", count: 50_000) + "\"}"
        let path = try folder.write("a.json", long + "\n{\"a\":1}\n" + long)
        #expect(
            try rows(JSONLinesSource(path: path, rowLimit: 100)) == [
                "1! the line is longer than 100 bytes", #"2: {"a":1}"#, "3! the line is longer than 100 bytes",
            ])
    }

    @Test func bytesThatAreNoTextBreakTheirRowAlone() throws {
        let folder = try TemporaryFolder()
        let path = try folder.write("a.json", Array("{\"a\":\"".utf8) + [0xFF, 0xFE] + Array("\"}\n{\"a\":1}\n".utf8))
        let found = try rows(JSONLinesSource(path: path))
        #expect(found.count == 2)
        #expect(found[0].hasPrefix("1! JSON string") && found[0].contains("UTF-8"))
        #expect(found[1] == #"2: {"a":1}"#)
    }

    // What Python's csv module reads of the same text:
    //   python3 -c "import csv,io;print(list(csv.reader(io.StringIO(TEXT,newline=''))))"
    @Test func csvWithQuotesCommasAndLineEnds() throws {
        let folder = try TemporaryFolder()
        let text = "text,label\r\n\"一,\r\n\"\"二\"\"\",1\r\n三,\r\n\"\",\"\"\n\n四,2"
        #expect(
            try rows(DelimitedSource(path: folder.write("a.csv", "\u{FEFF}" + text), isQuoted: true)) == [
                #"2: {"text":"一,\r\n\"二\"","label":"1"}"#, #"4: {"text":"三","label":""}"#,
                #"5: {"text":"","label":""}"#, #"7: {"text":"四","label":"2"}"#,
            ])
    }

    @Test func csvDefects() throws {
        let folder = try TemporaryFolder()
        let text = "a,b\n1\n1,2,3\nx\"y,1\n\"x\"y,1\n\"never, closed\n1,2\n"
        #expect(
            try rows(DelimitedSource(path: folder.write("a.csv", text), isQuoted: true)) == [
                "2! the row has 1 columns, the first row of the file names 2",
                "3! the row has 3 columns, the first row of the file names 2",
                "4! a quote stands inside a field; quote the whole field and double the quotes in it",
                "5! text follows the closing quote of a field", "6! the quote of a field is never closed",
            ])
        let endless = "a,b\n\"" + String(repeating: "x\n", count: 5_000) + "1,2\n"
        let found = try rows(DelimitedSource(path: folder.write("b.csv", endless), isQuoted: true, rowLimit: 64))
        #expect(found.first == "2! the row is longer than 64 bytes; is a quote missing?")
        #expect(found.last == #"5002: {"a":"1","b":"2"}"#)
        #expect(throws: TaskError.self) {
            try rows(DelimitedSource(path: folder.write("c.csv", "a,a\n1,2\n"), isQuoted: true))
        }
    }

    @Test func tsvKnowsNoQuotes() throws {
        let folder = try TemporaryFolder()
        let path = try folder.write("a.tsv", "text\tlabel\r\n\"一\t1\r\n二\t\n")
        #expect(
            try rows(DelimitedSource(path: path, isQuoted: false)) == [
                #"2: {"text":"\"一","label":"1"}"#, #"3: {"text":"二","label":""}"#,
            ])
    }

    @Test func arraysAreReadElementByElement() throws {
        let folder = try TemporaryFolder()
        let text =
            "{\n \"version\": \"v[1]\", \"x\": {\"data\": [1]},\n \"data\": [\n  {\"a\": \"]}\\\"\"},\n  7, {\"a\": }, []]}"
        let found = try rows(JSONArraySource(path: folder.write("a.json", text), key: "data"))
        #expect(found.count == 4)
        #expect(found[0] == #"4: {"a":"]}\""}"# && found[1] == "5: 7" && found[3] == "5: []")
        #expect(found[2].hasPrefix("5! (counted from here) JSON text has"))
        #expect(try rows(JSONArraySource(path: folder.write("b.json", " [ ] "), key: nil)) == [])
        let defects = [
            ("", "1! the file is no JSON array"), ("{}", "1! the file is no JSON array"),
            ("[1 2]", "1! a comma or ] is expected after an element"),
            ("[{\"a\":1", "1! the array ends inside an element, or one is longer than 16777216 bytes"),
        ]
        for (text, expected) in defects {
            #expect(try rows(JSONArraySource(path: folder.write("c.json", text), key: nil)).last == expected)
        }
        let none = try rows(JSONArraySource(path: folder.write("d.json", "{\"a\": 1}"), key: "data"))
        #expect(none == ["1! the object has no member \"data\""])
    }

    @Test func foldersAndMissingFilesAreRefused() throws {
        let folder = try TemporaryFolder()
        #expect(throws: TaskError.notAFile(path: folder.path)) { try JSONLinesSource(path: folder.path) }
        #expect(throws: TaskError.unreadable(path: folder.path + "/none", code: 2)) {
            try JSONLinesSource(path: folder.path + "/none")
        }
    }

    /// Every prefix and every change of one byte ends in rows or problems, never in a crash.
    @Test func damageIsAnOutcome() throws {
        let folder = try TemporaryFolder()
        let text = Array("{\"data\":[{\"a\":\"二\\n\"},[1,{}]],\"b\":2}".utf8)
        for end in 0...text.count {
            _ = try rows(JSONArraySource(path: folder.write("a", Array(text[..<end])), key: "data"))
        }
        for index in text.indices {
            for byte: UInt8 in [0, 0x22, 0x5C, 0x5D, 0x7B, 0xFF] {
                var damaged = text
                damaged[index] = byte
                _ = try rows(JSONArraySource(path: folder.write("a", damaged), key: "data"))
            }
        }
    }
}
