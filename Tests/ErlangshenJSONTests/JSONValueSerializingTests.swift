import ErlangshenJSON
import Testing

@Suite struct JSONValueSerializingTests {
    /// `python3 -c 'import json; print(json.dumps({"a": [1, 2.5, 1e-07, 1e16, None, True], "b": {}, "c": [],
    /// "桂": "\"\\\n\u0001/"}, ensure_ascii=False, separators=(",", ":")))'`
    @Test func writesLikePython() {
        let value: JSONValue = [
            "a": [1, 2.5, 1e-07, 1e16, .null, true], "b": [:], "c": [], "桂": "\"\\\n\u{1}/",
        ]
        #expect(value.serialized() == #"{"a":[1,2.5,1e-07,1e+16,null,true],"b":{},"c":[],"桂":"\"\\\n\u0001/"}"#)
    }

    /// `python3 -c 'import json; print(json.dumps({"a": [1, 2], "b": {"c": {}}, "d": "x"}, indent=2))'`
    @Test func writesPrettyLikePython() {
        let value: JSONValue = ["a": [1, 2], "b": ["c": [:]], "d": "x"]
        let expected = """
            {
              "a": [
                1,
                2
              ],
              "b": {
                "c": {}
              },
              "d": "x"
            }
            """
        #expect(value.serialized(pretty: true) == expected)
    }

    @Test func readsBackWhatItWrote() throws {
        let value: JSONValue = [
            "z": [0.1, .double(-0.0), .double(.greatestFiniteMagnitude), .integer(.min)], "a": ["": "\u{0}\u{1F}é😀"],
        ]
        #expect(try JSONValue.parse(value.serialized()) == value)
        #expect(try JSONValue.parse(value.serialized(pretty: true)) == value)
    }

    @Test func writesNoNumberThatIsNotJSON() {
        #expect(JSONValue.array([.double(.nan), .double(.infinity)]).serialized() == "[null,null]")
    }
}
