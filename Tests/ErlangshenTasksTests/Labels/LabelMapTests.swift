import ErlangshenJSON
import Testing

@testable import ErlangshenTasks

struct LabelMapTests {
    @Test func ordersAreDeterministic() throws {
        let seen = ["10", "9", "10", "2"]
        #expect(try LabelMap(seen: seen, order: .firstAppearance).labels == ["10", "9", "2"])
        #expect(try LabelMap(seen: seen, order: .sorted).labels == ["2", "9", "10"])
        #expect(try LabelMap(seen: ["b", "中", "Z", "10", "9"], order: .sorted).labels == ["10", "9", "Z", "b", "中"])
        #expect(try LabelMap(seen: ["01", "1", "0"], order: .sorted).labels == ["0", "01", "1"])
    }

    @Test func mapsGoThroughConfigurations() throws {
        let map = try LabelMap(labels: ["否", "是"])
        #expect(map.id2label.serialized() == #"{"0":"否","1":"是"}"#)
        #expect(map.label2id.serialized() == #"{"否":0,"是":1}"#)
        #expect(try LabelMap(id2label: JSONValue.parse(#"{"1":"是","0":"否"}"#)) == map)
        for damaged in [#"{"0":"a","2":"b"}"#, #"{"0":"a","00":"b"}"#, #"{"0":1}"#, "[]", "{}"] {
            #expect(throws: TaskError.self) { try LabelMap(id2label: JSONValue.parse(damaged)) }
        }
    }

    @Test func labelsAreBytes() throws {
        let map = try LabelMap(labels: ["\u{E9}", "e\u{301}"])
        #expect(map.number(of: "e\u{301}") == 1 && map.number(of: "\u{E9}") == 0 && map.number(of: "e") == nil)
        #expect(throws: TaskError.self) { try LabelMap(labels: ["a", "a"]) }
        #expect(throws: TaskError.self) { try LabelMap(labels: ["a", ""]) }
        #expect(throws: TaskError.self) { try LabelMap(labels: []) }
    }

    @Test func labelsOfAFile() throws {
        let folder = try TemporaryFolder()
        let task = try TaskDescription(name: "mine", title: "", kind: .classification)
        let text = #"{"sentence":"a","label":"b"}"# + "\nbroken\n" + #"{"label":"-"}"# + "\n" + #"{"label":true}"#
        let paths = [try folder.write("a.json", text), try folder.write("b.csv", "sentence,label\nx,a\nx,b\n")]
        #expect(try LabelCollector.labelMap(of: task, paths: paths)?.labels == ["b", "true", "a"])
        #expect(try LabelCollector.labelMap(of: task, paths: paths, order: .sorted)?.labels == ["a", "b", "true"])
        #expect(throws: TaskError.self) { try LabelCollector.labelMap(of: task, paths: []) }
        #expect(try LabelCollector.labelMap(of: BuiltInTasks.cmrc2018, paths: []) == nil)
    }
}
