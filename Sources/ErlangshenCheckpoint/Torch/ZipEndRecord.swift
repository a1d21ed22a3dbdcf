/// Where the central directory of a zip archive lies, from the end record and its 64-bit form.
struct ZipEndRecord {
    let entryCount: UInt64
    let directory: Range<Int>

    private static let byteCount = 22
    private static let locatorByteCount = 20
    private static let zip64ByteCount = 56

    init(_ file: UnsafeRawBufferPointer) throws(ZipFault) {
        let offset = try ZipEndRecord.find(in: file)
        guard let disk = file.integer(at: offset + 4, as: UInt32.self),
            let entriesHere = file.integer(at: offset + 8, as: UInt16.self),
            let entries = file.integer(at: offset + 10, as: UInt16.self),
            let size = file.integer(at: offset + 12, as: UInt32.self),
            let start = file.integer(at: offset + 16, as: UInt32.self)
        else { throw .noEndRecord }
        guard disk == 0, entriesHere == entries else { throw .endRecord("the archive has several disks") }
        var fields = (entries: UInt64(entries), size: UInt64(size), start: UInt64(start))
        var directoryEnd = offset
        if let zip64 = try ZipEndRecord.zip64Fields(in: file, before: offset) {
            guard entries == .max || fields.entries == zip64.entries, size == .max || fields.size == zip64.size,
                start == .max || fields.start == zip64.start
            else { throw .endRecord("its 64-bit form contradicts it") }
            fields = (zip64.entries, zip64.size, zip64.start)
            directoryEnd = zip64.offset
        }
        guard let first = Int(exactly: fields.start), let length = Int(exactly: fields.size), first <= directoryEnd,
            length == directoryEnd - first
        else { throw .endRecord("the directory does not end where it starts") }
        entryCount = fields.entries
        directory = first..<directoryEnd
    }

    /// The record stands at the very end; its comment, which PyTorch leaves empty, must fill what follows it.
    private static func find(in file: UnsafeRawBufferPointer) throws(ZipFault) -> Int {
        guard file.count >= byteCount else { throw .noEndRecord }
        let last = file.count - byteCount
        for offset in stride(from: last, through: max(0, last - Int(UInt16.max)), by: -1)
        where file[offset] == 0x50 && file.integer(at: offset, as: UInt32.self) == 0x0605_4B50 {
            let comment = file.integer(at: offset + 20, as: UInt16.self)
            if comment.map({ Int($0) }) == last - offset { return offset }
        }
        throw .noEndRecord
    }

    private static func zip64Fields(
        in file: UnsafeRawBufferPointer, before end: Int
    ) throws(ZipFault) -> (entries: UInt64, size: UInt64, start: UInt64, offset: Int)? {
        let locator = end - locatorByteCount
        guard file.integer(at: locator, as: UInt32.self) == 0x0706_4B50 else { return nil }
        let offset = locator - zip64ByteCount
        guard file.integer(at: locator + 4, as: UInt32.self) == 0, file.integer(at: locator + 16, as: UInt32.self) == 1,
            file.integer(at: locator + 8, as: UInt64.self).flatMap({ Int(exactly: $0) }) == offset,
            file.integer(at: offset, as: UInt32.self) == 0x0606_4B50,
            file.integer(at: offset + 4, as: UInt64.self) == UInt64(zip64ByteCount - 12),
            file.integer(at: offset + 16, as: UInt64.self) == 0,
            let entriesHere = file.integer(at: offset + 24, as: UInt64.self),
            let entries = file.integer(at: offset + 32, as: UInt64.self), entries == entriesHere,
            let size = file.integer(at: offset + 40, as: UInt64.self),
            let start = file.integer(at: offset + 48, as: UInt64.self)
        else { throw .endRecord("its 64-bit form is not where it should be") }
        return (entries, size, start, offset)
    }
}
