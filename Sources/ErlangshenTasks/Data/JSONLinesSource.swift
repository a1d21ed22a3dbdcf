import ErlangshenJSON

/// JSON lines: one object a line, empty lines passed over.
struct JSONLinesSource: RecordSource {
    private let bytes: ByteSource
    private let rowLimit: Int

    init(path: String, rowLimit: Int = RecordLimits.rowByteCount) throws(TaskError) {
        bytes = try ByteSource(path: path)
        self.rowLimit = rowLimit
    }

    mutating func next() throws(TaskError) -> RecordOutcome? {
        while true {
            let location = DataLocation(path: bytes.path, line: bytes.line)
            guard let line = try bytes.nextLine(limit: rowLimit) else { return nil }
            if line.isTooLong {
                return .broken(DataProblem(.brokenRow, at: location, "the line is longer than \(rowLimit) bytes"))
            }
            if line.bytes.allSatisfy({ $0 == 0x20 || $0 == 0x09 }) { continue }
            return Self.outcome(line.bytes, at: location, rowLimit: rowLimit)
        }
    }

    private static func outcome(_ bytes: [UInt8], at location: DataLocation, rowLimit: Int) -> RecordOutcome {
        do {
            let value = try JSONValue.parse(bytes, maximumByteCount: rowLimit)
            guard value.objectValue != nil else {
                return .broken(DataProblem(.brokenRow, at: location, "the line is no JSON object"))
            }
            return .record(Record(location: location, value: value))
        } catch {
            return .broken(DataProblem(.brokenRow, at: location, error.description))
        }
    }
}
