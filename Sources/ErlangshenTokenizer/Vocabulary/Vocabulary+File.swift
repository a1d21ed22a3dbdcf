extension Vocabulary {
    /// The most bytes a vocabulary file may have; the largest WordPiece vocabularies in use have about 6 MB.
    public static let maximumByteCount = 16 << 20

    /// Reads a `vocab.txt`: UTF-8, one token a line, lines ending in LF or all in CR LF.
    ///
    /// - Throws: `unreadableFile`, `fileTooLarge`, `notAVocabulary` (empty, Git-LFS pointer, HTML, JSON),
    ///   `malformedVocabulary` with the line (invalid UTF-8, blank line, stray CR), `duplicateToken` with both lines.
    public init(file path: String) throws(TokenizerError) {
        let bytes = try FileBytes.load(path, limit: Self.maximumByteCount) ?? []
        try self.init(bytes: bytes, source: path)
    }

    init(bytes: [UInt8], source: String) throws(TokenizerError) {
        if let found = Self.impostor(bytes) { throw .notAVocabulary(source: source, found: found) }
        try Self.checkEncoding(bytes, source: source)
        let (storage, starts) = try Self.splitLines(bytes, source: source)
        try self.init(storage: storage, starts: starts, source: source)
    }

    /// What this file is when it is plainly something else.
    private static func impostor(_ bytes: [UInt8]) -> String? {
        let head = String(decoding: bytes.prefix(200), as: UTF8.self).lowercased()
        let text = head.drop { $0.isWhitespace || $0 == "\u{FEFF}" }
        if text.isEmpty, bytes.count <= 200 { return "empty" }
        if text.hasPrefix("version https://git-lfs") { return "a Git LFS pointer (the file itself was never fetched)" }
        if text.hasPrefix("<!doctype") || text.hasPrefix("<html") || text.hasPrefix("<?xml") { return "an HTML page" }
        if text.hasPrefix("{"), text.contains("\":") { return "a JSON file" }
        return nil
    }

    private static func checkEncoding(_ bytes: [UInt8], source: String) throws(TokenizerError) {
        if bytes.starts(with: [0xEF, 0xBB, 0xBF]) {
            throw .malformedVocabulary(source: source, line: 1, problem: "the file begins with a byte order mark")
        }
        guard let fault = firstInvalidByte(bytes) else { return }
        let line = 1 + bytes[..<fault].count { $0 == 0x0A }
        throw .malformedVocabulary(source: source, line: line, problem: "invalid UTF-8 at byte \(fault)")
    }

    /// Where the bytes stop being UTF-8; nil if they never do.
    private static func firstInvalidByte(_ bytes: [UInt8]) -> Int? {
        guard String(validating: bytes, as: UTF8.self) == nil else { return nil }
        var decoder = Unicode.UTF8.ForwardParser()
        var rest = bytes.makeIterator()
        var valid = 0
        while case .valid(let scalar) = decoder.parseScalar(from: &rest) { valid += scalar.count }
        return valid
    }

    /// The tokens end to end and where each begins. A final line break ends the last line and begins none.
    private static func splitLines(
        _ bytes: [UInt8], source: String
    ) throws(TokenizerError) -> (storage: [UInt8], starts: [Int32]) {
        let isCRLF = bytes.firstIndex(of: 0x0A).map { $0 > 0 && bytes[$0 - 1] == 0x0D } ?? false
        var storage: [UInt8] = []
        storage.reserveCapacity(bytes.count)
        var starts: [Int32] = [0]
        var lineStart = 0
        while lineStart < bytes.count {
            let lineEnd = bytes[lineStart...].firstIndex(of: 0x0A) ?? bytes.count
            var token = bytes[lineStart..<lineEnd]
            if isCRLF, token.last == 0x0D { token.removeLast() }
            if token.contains(0x0D) {
                throw .malformedVocabulary(source: source, line: starts.count, problem: "a stray carriage return")
            }
            storage.append(contentsOf: token)
            guard starts.count <= maximumCount else {
                throw .vocabularyTooLarge(source: source, found: starts.count, limit: maximumCount, unit: "tokens")
            }
            starts.append(Int32(storage.count))
            lineStart = lineEnd + 1
        }
        return (storage, starts)
    }
}
