/// One line of a file or of standard input.
struct TextLine: Equatable {
    let number: Int
    let text: String
    /// Bytes read for it, line end included.
    let byteCount: Int
}

/// Reads lines of UTF-8 from a descriptor, as they arrive, in bounded memory.
///
/// A line ends at LF or CR LF; a byte order mark before the first line is left out.
struct LineReader {
    /// What messages call this input, such as `line 3 of a.txt`.
    let name: String
    let descriptor: Int32
    let maximumLineBytes: Int

    private var block = [UInt8](repeating: 0, count: 1 << 16)
    private var pending: [UInt8] = []
    private var searched = 0
    private var lineNumber = 0
    private var isAtEnd = false

    init(name: String, descriptor: Int32, maximumLineBytes: Int = 64 << 20) {
        self.name = name
        self.descriptor = descriptor
        self.maximumLineBytes = maximumLineBytes
    }

    /// The complete lines at hand, at most `limit`: waits for one, never for more; empty at the end.
    mutating func next(_ limit: Int) throws(CommandFailure) -> [TextLine] {
        var lines: [TextLine] = []
        while lines.isEmpty {
            var start = 0
            while lines.count < limit, let end = lineEnd(from: start) {
                lines.append(try line(start..<end, consumed: end - start + 1))
                start = end + 1
            }
            drop(start)
            if !lines.isEmpty { break }
            if isAtEnd {
                guard !pending.isEmpty else { return [] }
                let rest = try line(0..<pending.count, consumed: pending.count)
                drop(pending.count)
                return [rest]
            }
            try fill()
        }
        return lines
    }

    private mutating func lineEnd(from start: Int) -> Int? {
        var index = max(start, searched)
        while index < pending.count {
            if pending[index] == 0x0A { return index }
            index += 1
        }
        searched = index
        return nil
    }

    private mutating func drop(_ count: Int) {
        guard count > 0 else { return }
        pending.removeFirst(count)
        searched = max(0, searched - count)
    }

    private mutating func fill() throws(CommandFailure) {
        guard pending.count <= maximumLineBytes else {
            throw .lineTooLong(place: place(lineNumber + 1), limit: maximumLineBytes)
        }
        let count: Int
        do {
            count = try POSIX.read(descriptor, into: &block)
        } catch {
            throw .cannotRead(path: name, error)
        }
        isAtEnd = count == 0
        pending += block[..<count]
    }

    private mutating func line(_ range: Range<Int>, consumed: Int) throws(CommandFailure) -> TextLine {
        lineNumber += 1
        var bytes = pending[range]
        if bytes.last == 0x0D { bytes.removeLast() }
        if lineNumber == 1, bytes.starts(with: [0xEF, 0xBB, 0xBF]) { bytes.removeFirst(3) }
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw .invalidUTF8(place: place(lineNumber), byteOffset: Self.validPrefix(bytes) + 1)
        }
        return TextLine(number: lineNumber, text: text, byteCount: consumed)
    }

    private func place(_ number: Int) -> String { "line \(number) of \(name)" }

    /// How many leading bytes are whole, valid scalars.
    private static func validPrefix(_ bytes: ArraySlice<UInt8>) -> Int {
        var decoder = UTF8()
        var iterator = bytes.makeIterator()
        var count = 0
        while case .scalarValue(let scalar) = decoder.decode(&iterator) { count += UTF8.width(scalar) }
        return count
    }
}
