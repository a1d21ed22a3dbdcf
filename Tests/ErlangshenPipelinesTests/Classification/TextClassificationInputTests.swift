import ErlangshenJSON
import Testing

@testable import ErlangshenPipelines

struct TextClassificationInputTests {
    @Test func `texts, pairs and batches are told apart`() throws {
        let pair = TextClassificationInput("甲", pair: "乙")
        let cases: [(String, [TextClassificationInput], Bool)] = [
            (#""甲""#, ["甲"], false),
            (#"{"text": "甲", "text_pair": "乙"}"#, [pair], false),
            (#"{"text": "甲"}"#, ["甲"], false),
            (#"["甲", "乙"]"#, ["甲", "乙"], true),
            (#"[{"text": "甲", "text_pair": "乙"}, "乙"]"#, [pair, "乙"], true),
            (#"[[["甲", "乙"]]]"#, [pair], true),
            ("[]", [], true),
        ]
        for (json, expected, isList) in cases {
            let found = try TextClassificationInput.inputs(from: JSONValue.parse(json))
            #expect(found.inputs == expected, "\(json)")
            #expect(found.isList == isList, "\(json)")
        }
    }

    @Test(arguments: [
        #"[["甲", "乙"]]"#, #"[[["甲"]]]"#, #"[[["甲", 1]]]"#, #"{"text": 1}"#, #"{"text_pair": "甲"}"#,
        #"{"text": "甲", "x": 1}"#, "1", "null",
        #"{"text": "甲", "text_pair": null}"#,
    ])
    func `anything else is refused`(json: String) throws {
        let value = try JSONValue.parse(json)
        #expect(throws: PipelineError.self) { try TextClassificationInput.inputs(from: value) }
    }
}
