import ErlangshenJSON
import Testing

@Suite struct JSONObjectTests {
    @Test func keepsOrderWhenChanged() {
        var object: JSONObject = ["b": 1, "a": 2]
        object["c"] = 3
        object["b"] = 4
        object["a"] = nil
        object["missing"] = nil
        #expect(object.keys == ["b", "c"])
        #expect(object.values == [4, 3])
        #expect(object.map { $0.0 } == ["b", "c"])
        #expect(object["a"] == nil)
        #expect(!object.isEmpty && object.count == 2)
    }

    @Test func accessorsNeverConvert() {
        let value: JSONValue = ["i": 2, "d": 2.0, "s": "2", "b": true, "n": .null, "a": [1]]
        #expect(value["i"]?.intValue == 2 && value["i"]?.doubleValue == 2)
        #expect(value["d"]?.intValue == nil && value["d"]?.doubleValue == 2)
        #expect(value["s"]?.stringValue == "2" && value["s"]?.intValue == nil)
        #expect(value["b"]?.boolValue == true && value["b"]?.intValue == nil)
        #expect(value["n"]?.isNull == true && value["x"]?.isNull == nil)
        #expect(value["a"]?.arrayValue == [1] && value["a"]?["i"] == nil)
    }
}
