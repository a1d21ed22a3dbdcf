import ErlangshenJSON

/// One stored entry of a zip archive.
struct ZipEntry {
    let name: String
    /// Where the contents lie in the file.
    let range: Range<Int>
    /// CRC-32 of the contents, from the central directory.
    let checksum: UInt32
}

/// The entries of a zip archive, from its central directory, each checked against its local header.
///
/// Only what PyTorch writes is read: stored entries, 64-bit sizes or not, one disk, nothing after the end record.
/// Entries may not share bytes, names may not come twice, and where directory and local header say the same thing
/// they must agree, so that no other reader can see another archive in the same bytes.
/// Source: PKWARE APPNOTE 6.3.10, sections 4.3 to 4.5.
struct ZipArchive {
    /// Entries accepted.
    static let maximumEntryCount = 262_144

    /// In the order of the central directory.
    let entries: [ZipEntry]

    init(_ file: UnsafeRawBufferPointer) throws(ZipFault) {
        let end = try ZipEndRecord(file)
        guard end.entryCount <= UInt64(ZipArchive.maximumEntryCount) else {
            throw .tooManyEntries(count: end.entryCount, limit: ZipArchive.maximumEntryCount)
        }
        var entries: [ZipEntry] = []
        var extents: [(start: Int, end: Int, entry: Int)] = []
        var names: Set<UTF8Key> = []
        var offset = end.directory.lowerBound
        for index in 0..<Int(end.entryCount) {
            let directory = UnsafeRawBufferPointer(rebasing: file[..<end.directory.upperBound])
            let record = try ZipCentralRecord(directory, at: offset, index: index)
            offset += record.byteCount
            guard names.insert(UTF8Key(record.name)).inserted else { throw .duplicateEntry(name: record.name) }
            let start = try record.dataStart(in: file, before: end.directory.lowerBound)
            let range = start..<start + record.size
            extents.append((record.headerOffset, range.upperBound, index))
            entries.append(ZipEntry(name: record.name, range: range, checksum: record.checksum))
        }
        guard offset == end.directory.upperBound else { throw .endRecord("the directory has another size") }
        extents.sort { ($0.start, $0.end) < ($1.start, $1.end) }
        for (previous, next) in zip(extents, extents.dropFirst()) where next.start < previous.end {
            throw .overlap(name: entries[next.entry].name)
        }
        self.entries = entries
    }
}
