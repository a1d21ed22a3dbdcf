/// Where a record stands in the bytes of its chunk.
struct RecordSpan: Sendable {
    let start: Int
    let end: Int
    /// The line it starts at, from 1.
    let line: Int
    /// What is wrong with it already; its bytes are not kept then.
    var fault: String?
}

/// Some records of one input, one after the other, as they stand there.
struct RecordChunk: Sendable {
    /// Place of the input among the inputs.
    let input: Int
    /// Its path.
    let path: String
    /// Whether records are JSON objects; text otherwise.
    let isJSON: Bool
    /// Records of the input before these.
    let firstRecord: Int
    let bytes: [UInt8]
    let records: [RecordSpan]
    /// Packed bytes of all inputs that have been read so far.
    let packedCount: Int
}
