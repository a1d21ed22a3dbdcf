import CErlangshenChecksum

/// A place between two records of the inputs, and a sum of what comes before it.
struct SourcePosition: Sendable, Equatable {
    /// Place of the input among the inputs.
    var input = 0
    /// Records of that input before this place.
    var record = 0
    /// Sum of the sums of those records.
    var sum: UInt32 = 0

    /// Goes past a record with the sum `recordSum` of input `input`.
    mutating func advance(past recordSum: UInt32, input: Int) {
        if input != self.input { self = SourcePosition(input: input) }
        record += 1
        sum = withUnsafeBytes(of: recordSum.littleEndian) { esh_crc32(sum, $0.baseAddress, $0.count) }
    }

    /// The sum of one record: its bytes, or what is wrong with it.
    static func sum(of record: RecordSpan, in bytes: [UInt8]) -> UInt32 {
        bytes.withUnsafeBytes { bytes in
            let part = UnsafeRawBufferPointer(rebasing: bytes[record.start..<record.end])
            return esh_crc32(0, part.baseAddress, part.count)
        }
    }
}

/// The records of all inputs, one input after the other.
struct CorpusSource {
    private let paths: [String]
    private let settings: ReadingSettings
    private var input: Int
    private var reader: ChunkReader?
    private var packedBefore = 0
    /// Records before this place are passed over, and have to add up to its sum.
    private let start: SourcePosition
    private var passed: SourcePosition

    /// Packed bytes of all inputs; nil when one of them is a pipe.
    let totalPackedCount: Int?

    /// - Throws: `unreadable` and `notAFile` for whichever of the inputs it is, before any work is done.
    init(paths: [String], settings: ReadingSettings, start: SourcePosition = SourcePosition()) throws(CorpusError) {
        try settings.check()
        self.paths = paths
        self.settings = settings
        self.start = start
        input = start.input
        passed = SourcePosition(input: start.input)
        var total: Int? = 0
        for (index, path) in paths.enumerated() {
            let size = try SystemText.size(ofInput: path)
            total = total.flatMap { sum in size.map { sum + $0 } }
            if index < start.input { packedBefore += size ?? 0 }
        }
        totalPackedCount = total
    }

    /// The next records; nil after the last.
    ///
    /// - Throws: what reading throws; `inputChanged`.
    mutating func next() throws(CorpusError) -> RecordChunk? {
        while input < paths.count {
            if reader == nil { reader = try ChunkReader(path: paths[input], input: input, settings: settings) }
            if let reader {
                while let chunk = try reader.next(packedBefore: packedBefore) {
                    if let rest = try pass(chunk) { return rest }
                }
                packedBefore += reader.stream.packedCount
            }
            if input == start.input, passed != start { throw .inputChanged(path: paths[input]) }
            reader = nil
            input += 1
        }
        return nil
    }

    /// What of a chunk comes after the start.
    private mutating func pass(_ chunk: RecordChunk) throws(CorpusError) -> RecordChunk? {
        guard chunk.input == start.input, passed.record < start.record else { return chunk }
        let count = min(start.record - passed.record, chunk.records.count)
        for record in chunk.records[..<count] {
            passed.advance(past: SourcePosition.sum(of: record, in: chunk.bytes), input: chunk.input)
        }
        if passed.record == start.record, passed != start { throw .inputChanged(path: chunk.path) }
        guard count < chunk.records.count else { return nil }
        return RecordChunk(
            input: chunk.input, path: chunk.path, isJSON: chunk.isJSON, firstRecord: chunk.firstRecord + count,
            bytes: chunk.bytes, records: Array(chunk.records[count...]), packedCount: chunk.packedCount)
    }
}
