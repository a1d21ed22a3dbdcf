/// A place in a JSON text, counted the way editors show it.
public struct JSONPosition: Sendable, Equatable, CustomStringConvertible {
    /// Bytes before this place.
    public let offset: Int
    /// Line, from 1.
    public let line: Int
    /// Byte column within the line, from 1.
    public let column: Int

    /// Makes a position from known numbers.
    public init(offset: Int, line: Int, column: Int) {
        self.offset = offset
        self.line = line
        self.column = column
    }

    /// Counts the lines before `offset`; only called when an error is about to be thrown.
    init(offset: Int, in bytes: UnsafeRawBufferPointer) {
        var line = 1
        var lineStart = 0
        for index in 0..<min(offset, bytes.count) where bytes[index] == UInt8(ascii: "\n") {
            line += 1
            lineStart = index + 1
        }
        self.init(offset: offset, line: line, column: offset - lineStart + 1)
    }

    /// `line 3, column 14`
    public var description: String { "line \(line), column \(column)" }
}
