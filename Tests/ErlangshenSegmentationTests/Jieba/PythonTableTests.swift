import Testing

@testable import ErlangshenSegmentation

struct PythonTableTests {
    private func read(_ text: String) throws(SegmentationError) -> [UInt32: PythonTable.Value] {
        try PythonTable.read(Array(text.utf8), path: "prob.py")
    }

    @Test func `reads what jieba's modules hold`() throws {
        let table = try read(
            "from __future__ import unicode_literals\n\nP={'B': {'\\u4e00': -3.5,\n  '丁': 2e1},'S': -3.14e+100}\n")
        #expect(table.count == 2)
        guard case .table(let row)? = table[0x42], case .number(let first)? = row[0x4E00],
            case .number(let second)? = row[0x4E01], case .number(let single)? = table[0x53]
        else {
            Issue.record("a number or a table is missing")
            return
        }
        #expect(first == -3.5 && second == 20 && single == -3.14e100)
    }

    @Test(arguments: [
        "", "P", "P=", "P={", "P={'B'", "P={'B':", "P={'B': }", "P={'B': 1", "P={'B': 1} x", "P={'BB': 1}", "P={'': 1}",
        "P={'B': nan}", "P={'B': 1e999}", "P={'B': 1, 'B': 2}", "P={'B': {'a': {'b': 1}}}", "P={'\\x41': 1}",
        "P={'\\u+123': 1}",
        "P={'B': __import__('os')}", "Q={'B': 1}", "P={\"B\": 1}", "P={'B': 1,, }", "import os\nP={'B': 1}",
        "P=" + String(repeating: "{'B':", count: 100_000),
    ])
    func `anything else is refused`(text: String) {
        #expect(throws: SegmentationError.self) { try read(text) }
    }
}
