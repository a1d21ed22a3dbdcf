import Testing

@testable import ErlangshenSegmentation

/// What `re.compile('^(.+?)( [0-9]+)?( [a-z]+)?$').match(line)` gives in Python.
struct UserLineTests {
    @Test(arguments: [
        ("江山 5 n", "江山", 5), ("江山 5", "江山", 5), ("江山 n", "江山", nil), ("江山", "江山", nil),
        ("a b c", "a b", nil), ("5 5", "5", 5), ("a 3 4 n", "a 3", 4), (" 江 7\r", "江", 7), ("5", "5", nil),
        ("n n", "n", nil),
        ("江  5", "江 ", 5), ("江 N", "江 N", nil), ("江 n5", "江 n5", nil), ("\u{FEFF} 5 n", " 5", nil),
        ("江 5 n 6", "江 5 n", 6),
    ])
    func `the shortest word`(line: String, word: String, frequency: Int?) throws {
        let entry = try #require(try UserLine(Array(line.utf8)[...]))
        #expect(entry.word == word && entry.frequency == frequency)
    }

    @Test func `nothing and too much`() throws {
        for line in ["", "  ", "\u{FEFF}", "\t\r"] { #expect(try UserLine(Array(line.utf8)[...]) == nil) }
        #expect(throws: DictionaryFault.invalidFrequency) { try UserLine(Array("江 1234567890123456".utf8)[...]) }
        #expect(throws: DictionaryFault.wordTooLong(limit: 1_024)) {
            try UserLine(Array(String(repeating: "江", count: 1_025).utf8)[...])
        }
    }
}
