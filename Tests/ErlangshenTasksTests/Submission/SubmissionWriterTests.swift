import ErlangshenJSON
import Testing

@testable import ErlangshenTasks

struct SubmissionWriterTests {
    private func text(_ predictions: [Prediction], _ task: TaskDescription) throws -> String {
        String(decoding: try SubmissionWriter.contents(predictions, of: task), as: UTF8.self)
    }

    /// The forms that CLUE asks for: `{"id": 0, "label": "0"}` a line; one JSON object for questions.
    @Test func formsOfTheTasks() throws {
        let labels = [Prediction(id: 0, value: .label("1")), Prediction(id: nil, value: .label("0"))]
        #expect(try text(labels, BuiltInTasks.afqmc) == "{\"id\":0,\"label\":\"1\"}\n{\"id\":1,\"label\":\"0\"}\n")
        let choices = [Prediction(id: 5, value: .choice(2))]
        #expect(try text(choices, BuiltInTasks.c3) == "{\"id\":5,\"label\":2}\n")
        let spans = [
            EntitySpan(type: "name", range: 6..<8), EntitySpan(type: "name", range: 0..<2),
            EntitySpan(type: "address", range: 3..<5),
        ]
        let entities = [Prediction(id: 0, value: .entities(spans, text: "𠮷田在东京和𠮷田"))]
        #expect(
            try text(entities, BuiltInTasks.cluener)
                == "{\"id\":0,\"label\":{\"address\":{\"东京\":[[3,4]]},\"name\":{\"𠮷田\":[[0,1],[6,7]]}}}\n")
        let answers = [Prediction(id: "Q0", value: .answer("东\"京")), Prediction(id: "Q1", value: .answer(""))]
        let object = try JSONValue.parse(text(answers, BuiltInTasks.cmrc2018))
        #expect(object == ["Q0": "东\"京", "Q1": ""])
    }

    @Test func whatMakesNoSubmission() throws {
        let label = Prediction(id: 0, value: .label("1"))
        let custom = try TaskDescription(name: "mine", title: "", kind: .classification)
        let cases: [([Prediction], TaskDescription)] = [
            ([], BuiltInTasks.afqmc), ([label, label], BuiltInTasks.afqmc), ([label], custom),
            ([label], BuiltInTasks.cluener), ([label], BuiltInTasks.cmrc2018),
            ([Prediction(id: nil, value: .answer("a"))], BuiltInTasks.cmrc2018),
            (
                [Prediction(id: 0, value: .entities([EntitySpan(type: "x", range: 0..<9)], text: "a"))],
                BuiltInTasks.cluener
            ),
        ]
        for (predictions, task) in cases {
            #expect(throws: TaskError.self) { try SubmissionWriter.contents(predictions, of: task) }
        }
    }

    @Test func filesAppearUnderTheirNames() throws {
        let folder = try TemporaryFolder()
        let predictions = [Prediction(id: 0, value: .label("100"))]
        let path = try SubmissionWriter.write(predictions, of: BuiltInTasks.tnews, toFolder: folder.path)
        #expect(path == folder.path + "/tnews11_predict.json")
        #expect(try folder.read("tnews11_predict.json") == Array("{\"id\":0,\"label\":\"100\"}\n".utf8))
        #expect(throws: TaskError.self) {
            try SubmissionWriter.write(predictions, of: BuiltInTasks.tnews, toFolder: folder.path + "/none")
        }
    }

    /// The places that the format fixes, with the checksums of Python's zlib; the whole by
    ///   python3 -c "import zipfile; z = zipfile.ZipFile('s.zip'); print(z.testzip(), z.namelist())"  →  None, names.
    @Test func archivesHoldTheFilesAsTheyAre() throws {
        let folder = try TemporaryFolder()
        let files = [("a.json", Array("{}\n".utf8)), ("中.json", [UInt8](repeating: 65, count: 70_000))]
        try SubmissionWriter.writeArchive(files.map { (name: $0.0, contents: $0.1) }, path: folder.path + "/s.zip")
        try SubmissionWriter.writeArchive(files.map { (name: $0.0, contents: $0.1) }, path: folder.path + "/t.zip")
        let bytes = try folder.read("s.zip")
        #expect(try bytes == folder.read("t.zip"))
        // zlib.crc32(b"{}\n") and zlib.crc32(b"A" * 70000), where the first header and the last record have them.
        #expect(Array(bytes[0..<4]) == [0x50, 0x4B, 3, 4] && Array(bytes[14..<18]) == [0x06, 0xB0, 0xA1, 0xDD])
        let end = bytes.count - 22
        #expect(Array(bytes[end..<end + 4]) == [0x50, 0x4B, 5, 6] && bytes[end + 10] == 2)
        let directory = (0..<4).reduce(0) { $0 | Int(bytes[end + 16 + $1]) << (8 * $1) }
        let second = directory + 46 + 6
        #expect(Array(bytes[second..<second + 4]) == [0x50, 0x4B, 1, 2])
        #expect(Array(bytes[second + 16..<second + 20]) == [0xB8, 0x86, 0xC5, 0xAB])
        for names in [["a", "a"], ["../a"], [""], []] {
            #expect(throws: TaskError.self) {
                try SubmissionWriter.writeArchive(
                    names.map { (name: $0, contents: []) }, path: folder.path + "/u.zip")
            }
        }
    }
}
