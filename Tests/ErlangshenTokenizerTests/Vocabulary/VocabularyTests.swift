import ErlangshenTokenizer
import Testing

@Suite struct VocabularyTests {
    private func read(_ text: String) throws -> Vocabulary { try read(Array(text.utf8)) }

    private func read(_ bytes: [UInt8]) throws -> Vocabulary {
        let folder = try TemporaryFolder()
        return try Vocabulary(file: folder.write("vocab.txt", bytes))
    }

    /// The error of reading these bytes, with the folder's name taken out of the message.
    private func refusal(_ bytes: some Sequence<UInt8>) throws -> String {
        let error = #expect(throws: TokenizerError.self) { try read(Array(bytes)) }
        return try #require(error).description
    }

    @Test(arguments: ["a\nb\n##c", "a\nb\n##c\n", "a\r\nb\r\n##c\r\n"])
    func linesAreTokensInOrder(_ text: String) throws {
        let vocabulary = try read(text)
        #expect(vocabulary.count == 3)
        #expect((0..<3).map { vocabulary.token(of: $0) } == ["a", "b", "##c"])
        #expect(["a", "b", "##c"].map { vocabulary.id(of: $0) } == [0, 1, 2])
        #expect(vocabulary.id(of: "c") == nil)
        #expect(vocabulary.token(of: 3) == nil)
        #expect(vocabulary.token(of: -1) == nil)
    }

    @Test func canonicallyEqualSpellingsAreTwoTokens() throws {
        let vocabulary = try read("\u{E9}\ne\u{301}\n")
        #expect(vocabulary.id(of: "\u{E9}") == 0)
        #expect(vocabulary.id(of: "e\u{301}") == 1)
    }

    @Test func duplicatesAreReportedWithBothLines() throws {
        let message = try refusal("a\nb\na\n".utf8)
        #expect(message.contains("line 3") && message.contains("line 1") && message.contains("\"a\""))
    }

    @Test(arguments: [
        ("", "empty"), (" \n", "empty"),
        ("version https://git-lfs.github.com/spec/v1\noid sha256:0\n", "Git LFS pointer"),
        ("<!DOCTYPE html>\n<html></html>", "HTML page"), ("  <html lang=zh>", "HTML page"),
        ("{\n \"version\": 1}", "JSON file"), ("a\n\nb\n", "line 2: the line is blank"),
        ("a\nb\n\n", "line 3: the line is blank"),
        ("a\nb\rc\n", "line 2: a stray carriage return"), ("\u{FEFF}a\n", "byte order mark"),
    ])
    func whatIsNoVocabularyIsSaidToBe(_ text: String, _ expected: String) throws {
        let message = try refusal(text.utf8)
        #expect(message.contains(expected), "\(message)")
    }

    @Test func invalidUTF8IsFoundWithItsLine() throws {
        let message = try refusal([0x61, 0x0A, 0xE4, 0xB8, 0xAD, 0x0A, 0x62, 0xFF, 0x0A])
        #expect(message.contains("line 3") && message.contains("byte 7"), "\(message)")
        #expect(try refusal([0x61, 0x0A, 0xE4, 0xB8]).contains("line 2"))
        #expect(try refusal([0xED, 0xA0, 0x80]).contains("invalid UTF-8"))
    }

    @Test func largerFilesThanAnyVocabularyAreRefused() throws {
        let bytes = [UInt8](repeating: 0x61, count: Vocabulary.maximumByteCount + 1)
        #expect(try refusal(bytes).contains("more than the \(Vocabulary.maximumByteCount)"))
    }

    @Test func oneEndlessLineIsOneUnreachableToken() throws {
        let vocabulary = try read([UInt8](repeating: 0x61, count: 1 << 20))
        #expect(vocabulary.count == 1)
    }

    @Test func missingFilesAndFoldersAreNamed() throws {
        let folder = try TemporaryFolder()
        #expect {
            try Vocabulary(file: folder.path + "/none.txt")
        } throws: { "\($0)".contains("none.txt") && "\($0)".contains("No such file") }
        #expect { try Vocabulary(file: folder.path) } throws: { "\($0)".contains("not a regular file") }
    }

    @Test func listsAreCheckedLikeFiles() throws {
        #expect(throws: TokenizerError.duplicateToken(source: "the token list", token: "a", firstLine: 1, line: 2)) {
            try Vocabulary(tokens: ["a", "a"])
        }
        #expect(throws: TokenizerError.self) { try Vocabulary(tokens: ["a", ""]) }
        #expect(throws: TokenizerError.self) { try Vocabulary(tokens: ["a\nb"]) }
        #expect(throws: TokenizerError.notAVocabulary(source: "the token list", found: "empty")) {
            try Vocabulary(tokens: [])
        }
    }
}
