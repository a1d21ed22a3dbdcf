import ErlangshenJSON

/// CSV and TSV: the first row names the columns, every other row becomes an object of strings.
struct DelimitedSource: RecordSource {
    private let bytes: ByteSource
    private let isQuoted: Bool
    private let rowLimit: Int
    private var columns: [String]?

    private static let quote = UInt8(ascii: "\"")
    private static let newline = UInt8(ascii: "\n")
    private static let carriageReturn = UInt8(ascii: "\r")

    /// A row cut into fields, or what is wrong with it.
    private enum Row {
        case fields([[UInt8]])
        case broken(String)
    }

    init(path: String, isQuoted: Bool, rowLimit: Int = RecordLimits.rowByteCount) throws(TaskError) {
        bytes = try ByteSource(path: path)
        self.isQuoted = isQuoted
        self.rowLimit = rowLimit
    }

    mutating func next() throws(TaskError) -> RecordOutcome? {
        while true {
            let location = DataLocation(path: bytes.path, line: bytes.line)
            guard let row = try isQuoted ? quotedRow() : plainRow() else { return nil }
            guard case .fields(let fields) = row else {
                guard case .broken(let reason) = row else { continue }
                if columns == nil { throw .data(DataProblem(.brokenRow, at: location, reason)) }
                return .broken(DataProblem(.brokenRow, at: location, reason))
            }
            if fields.count == 1, fields[0].isEmpty { continue }
            var texts: [String] = []
            for field in fields {
                guard let text = String(validating: field, as: UTF8.self) else { break }
                texts.append(text)
            }
            guard texts.count == fields.count else {
                return .broken(DataProblem(.brokenRow, at: location, "the row is not UTF-8"))
            }
            guard let columns else {
                self.columns = try Self.checked(texts, at: location)
                continue
            }
            return Self.outcome(texts, columns: columns, at: location)
        }
    }

    private static func outcome(_ texts: [String], columns: [String], at location: DataLocation) -> RecordOutcome {
        guard texts.count == columns.count else {
            let reason = "the row has \(texts.count) columns, the first row of the file names \(columns.count)"
            return .broken(DataProblem(.brokenRow, at: location, reason))
        }
        let object = JSONObject(zip(columns, texts).lazy.map { (key: $0, value: .string($1)) })
        return .record(Record(location: location, value: .object(object)))
    }

    private static func checked(_ names: [String], at location: DataLocation) throws(TaskError) -> [String] {
        var seen: Set<UTF8Key> = []
        for name in names where !seen.insert(UTF8Key(name)).inserted {
            throw .data(DataProblem(.brokenRow, at: location, "the column \(name.quoted()) is named twice"))
        }
        return names
    }

    /// A line cut at its tabs.
    private func plainRow() throws(TaskError) -> Row? {
        guard let line = try bytes.nextLine(limit: rowLimit) else { return nil }
        if line.isTooLong { return .broken("the line is longer than \(rowLimit) bytes") }
        let fields = line.bytes.split(
            separator: UInt8(ascii: "\t"), maxSplits: RecordLimits.columnCount, omittingEmptySubsequences: false)
        return .fields(fields.map(Array.init))
    }

    /// A row of RFC 4180: a quoted field may hold commas, line ends and doubled quotes.
    private func quotedRow() throws(TaskError) -> Row? {
        guard try bytes.peek() != nil else { return nil }
        var fields: [[UInt8]] = [[]]
        var byteCount = 0
        var isInside = false
        var wasClosed = false
        var fault: String?
        while let byte = try bytes.next() {
            byteCount += 1
            if byteCount > rowLimit {
                fault = fault ?? "the row is longer than \(rowLimit) bytes; is a quote missing?"
                // Back to lines: what follows a quote that never closes cannot be told apart.
                isInside = false
            }
            switch byte {
            case Self.quote where isInside:
                if try bytes.peek() == Self.quote {
                    _ = try bytes.next()
                    if fault == nil { fields[fields.count - 1].append(byte) }
                } else {
                    isInside = false
                    wasClosed = true
                }
            case Self.quote where fields[fields.count - 1].isEmpty && !wasClosed && fault == nil:
                isInside = true
            case Self.quote where !isInside:
                fault = fault ?? "a quote stands inside a field; quote the whole field and double the quotes in it"
            case UInt8(ascii: ",") where !isInside && fields.count < RecordLimits.columnCount:
                fields.append([])
                wasClosed = false
            case Self.newline where !isInside:
                return fault.map(Row.broken) ?? .fields(fields)
            default:
                if byte == Self.carriageReturn, !isInside, isAtLineEnd(try bytes.peek()) { continue }
                if wasClosed { fault = fault ?? "text follows the closing quote of a field" }
                if fault == nil { fields[fields.count - 1].append(byte) }
            }
        }
        if isInside { return .broken("the quote of a field is never closed") }
        return fault.map(Row.broken) ?? .fields(fields)
    }

    private func isAtLineEnd(_ byte: UInt8?) -> Bool { byte == nil || byte == Self.newline }
}
