import ErlangshenJSON
import Testing

/// What is JSON and what is not, by RFC 8259; Python's `json.loads` gives the same verdict on every text here except
/// where a comment says that this reader is stricter.
@Suite struct JSONValueParsingTests {
    static let accepted: [(String, JSONValue)] = [
        ("null", .null), (" true ", true), ("\t\r\nfalse", false), ("0", 0), ("-0", 0), ("-12", -12),
        ("9223372036854775807", .integer(.max)), ("-9223372036854775808", .integer(.min)),
        ("9223372036854775808", .double(9_223_372_036_854_775_808)), ("1e-07", 1e-07), ("1E+2", .double(100)),
        ("1.0", .double(1)), ("-0.0", .double(-0.0)), ("5e-324", .double(.leastNonzeroMagnitude)), ("1e-400", 0.0),
        (#""""#, ""), (#""桂林""#, "桂林"), (#""\u6842\u6797""#, "桂林"), (#""\ud83d\ude00""#, "😀"),
        (#""a\"\\\/\b\f\n\r\t\u0000""#, "a\"\\/\u{8}\u{C}\n\r\t\u{0}"), ("\"\u{7F}\"", "\u{7F}"),
        ("[]", []), ("[ ]", []), ("[1,[2],{}]", [1, [2], [:]]),
        (#"{"b":1,"a":{"c":null}}"#, ["b": 1, "a": ["c": .null]]),
    ]

    @Test(arguments: accepted)
    func accepts(text: String, expected: JSONValue) throws {
        #expect(try JSONValue.parse(text) == expected)
    }

    static let refused: [String] = [
        "", " ", "nul", "nulll", "True", "+1", "01", "-", "1.", ".5", "1e", "1e+", "0x10", "--1", "1 2", "1,", ",",
        "[", "]", "[1", "[1,", "[1,]", "[,1]", "[1 2]", "[}", "{", "}", "{]", "{\"a\"", "{\"a\":", "{\"a\":1",
        "{\"a\":1,",
        "{\"a\":1,}", "{a:1}", "{1:1}", "{\"a\" 1}", "{\"a\":1 \"b\":2}", "{,}", "'a'", "\"a", "\"\\", "\"\\x\"",
        "\"\\u12\"", "\"\\u12g4\"", "\"a\nb\"", "\"\u{0}\"", "/**/1", "1//", "\u{FEFF}1", "[1]x", "\u{A0}1",
        // Python takes these; they are not JSON.
        "NaN", "Infinity", "-Infinity", "\"\\ud800\"", "\"\\udc00\"", "\"\\ud800\\u0041\"", "\"\\ud83d\\ud83d\"",
        // Python gives infinity; a checkpoint or a request that says so is a mistake.
        "1e400", "-1e999",
    ]

    @Test(arguments: refused)
    func refuses(text: String) {
        #expect(throws: JSONError.self) { try JSONValue.parse(text) }
    }

    @Test(arguments: [
        [0x22, 0xFF, 0x22], [0x22, 0xC0, 0x80, 0x22], [0x22, 0xED, 0xA0, 0x80, 0x22],
        [0x22, 0xF4, 0x90, 0x80, 0x80, 0x22],
        [0x22, 0xE6, 0xA1, 0x22], [0x7B, 0x22, 0x80, 0x22, 0x3A, 0x31, 0x7D], [0x22, 0x5C, 0x6E, 0xFF, 0x22],
    ])
    func refusesWhatIsNotUTF8(bytes: [UInt8]) throws {
        #expect { try JSONValue.parse(bytes) } throws: {
            if case .some(.invalidUTF8) = $0 as? JSONError { true } else { false }
        }
    }

    @Test func refusesOtherEncodings() {
        #expect(throws: JSONError.byteOrderMark) { try JSONValue.parse([0xEF, 0xBB, 0xBF, 0x31]) }
        #expect(throws: JSONError.self) { try JSONValue.parse([0xFF, 0xFE, 0x31, 0x00]) }
        #expect(throws: JSONError.self) { try JSONValue.parse([0x31, 0x00]) }
    }

    @Test func refusesDuplicateKeys() throws {
        #expect { try JSONValue.parse(#"{"a":1,"\u0061":2}"#) } throws: {
            if case .some(.duplicateKey("a", _)) = $0 as? JSONError { true } else { false }
        }
        let equivalent = try JSONValue.parse("{\"\u{E9}\":1,\"e\u{301}\":2}")
        #expect(equivalent.objectValue?.count == 2)
        #expect(equivalent["e\u{301}"]?.intValue == 2)
        #expect(try JSONValue.parse(#"[{"a":1},{"a":2}]"#).arrayValue?.count == 2)
    }

    @Test func boundsDepth() throws {
        func nested(_ levels: Int) -> String {
            String(repeating: "[", count: levels) + String(repeating: "]", count: levels)
        }
        #expect(try JSONValue.parse(nested(64)).arrayValue?.count == 1)
        #expect(throws: JSONError.self) { try JSONValue.parse(nested(65)) }
        #expect(try JSONValue.parse(nested(512), maximumDepth: .max).arrayValue?.count == 1)
        #expect(throws: JSONError.self) { try JSONValue.parse(nested(513), maximumDepth: .max) }
        #expect(throws: JSONError.self) { try JSONValue.parse(String(repeating: "[{\"a\":", count: 100_000)) }
    }

    @Test func boundsSize() {
        #expect(throws: JSONError.tooLarge(byteCount: 3, limit: 2)) { try JSONValue.parse("[1]", maximumByteCount: 2) }
        #expect(throws: JSONError.self) { try JSONValue.parse(String(repeating: "1", count: 2_000)) }
    }

    @Test func saysWhere() {
        #expect { try JSONValue.parse("{\n  \"a\": 1,\n  \"b\" 2\n}") } throws: { error in
            "\(error)" == "JSON text has '2' at line 3, column 7 where ':' is expected"
        }
        #expect { try JSONValue.parse("[1") } throws: { "\($0)".contains("is the file complete?") }
    }

    /// Every prefix of a text is refused and no single changed byte traps.
    @Test func survivesDamage() {
        let text = Array(#"{"a": [1, -2.5e3, "x\u00e9\n桂"], "b": {"c": true, "d": null}}"#.utf8)
        for length in 0..<text.count {
            #expect(throws: JSONError.self) { try JSONValue.parse(text[..<length]) }
        }
        for index in text.indices {
            for byte in stride(from: UInt8.min, to: .max, by: 3) {
                var damaged = text
                damaged[index] = byte
                if let value = try? JSONValue.parse(damaged) {
                    #expect((try? JSONValue.parse(value.serialized())) == value)
                }
            }
        }
    }
}
