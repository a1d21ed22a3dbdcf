/// A line of a user dictionary: the shortest word behind which nothing is left but ` 123` and ` tag`, each optional.
struct UserLine: Equatable {
    let word: String
    let frequency: Int?

    /// nil for a line without text.
    init?(_ raw: ArraySlice<UInt8>) throws(DictionaryFault) {
        let stripped = DictionaryReader.stripped(raw)
        guard let text = String(validating: stripped, as: UTF8.self) else { throw .notUTF8 }
        let scalars = text.unicodeScalars.drop { $0 == "\u{FEFF}" }
        guard !scalars.isEmpty else { return nil }
        let line = Array(String(scalars).utf8)[...]
        let tag = UserLine.suffix(of: line, 0x61...0x7A)
        if let number = UserLine.suffix(of: line[..<(tag ?? line.endIndex)], 0x30...0x39) {
            frequency = try DictionaryReader.frequency(line[(number + 1)..<(tag ?? line.endIndex)])
            word = String(decoding: line[..<number], as: UTF8.self)
        } else {
            frequency = nil
            word = String(decoding: line[..<(tag ?? line.endIndex)], as: UTF8.self)
        }
        guard word.unicodeScalars.count <= DictionaryReader.maximumWordLength else {
            throw .wordTooLong(limit: DictionaryReader.maximumWordLength)
        }
    }

    /// Where a space and at least one byte of `kind` begin that end the line, with something before them.
    private static func suffix(of line: ArraySlice<UInt8>, _ kind: ClosedRange<UInt8>) -> Int? {
        var place = line.endIndex
        while place > line.startIndex, kind.contains(line[place - 1]) { place -= 1 }
        guard place < line.endIndex, place - 1 > line.startIndex, line[place - 1] == 0x20 else { return nil }
        return place - 1
    }
}
