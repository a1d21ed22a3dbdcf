import CErlangshenChecksum

/// Writes stored entries to a zip archive as PyTorch does, each starting at a multiple of 64.
///
/// Times are constant, so that the same contents give the same bytes. Sizes and positions go to 64-bit fields where
/// they reach `zip64Threshold`.
package struct ZipWriter {
    /// The largest number that a 32-bit field may hold; all ones means that the 64-bit field counts.
    package static let defaultThreshold: UInt64 = 0xFFFF_FFFF
    private static let alignment = 64
    private static let localByteCount = 30
    /// 1 January 1980, midnight: the earliest time that the format knows.
    private static let timeAndDate: UInt32 = 0x0021_0000

    private struct Entry {
        let name: [UInt8]
        let offset: UInt64
        let size: UInt64
        var checksum: UInt32
    }

    private let file: AtomicFile
    private let zip64Threshold: UInt64
    private var entries: [Entry] = []

    /// Starts an archive in a file that is empty so far.
    package init(file: AtomicFile, zip64Threshold: UInt64 = defaultThreshold) {
        self.file = file
        self.zip64Threshold = zip64Threshold
    }

    /// Adds an entry whose contents are known.
    package mutating func add(_ name: String, _ contents: [UInt8]) throws(CheckpointError) {
        let checksum = contents.withUnsafeBytes { esh_crc32(0, $0.baseAddress, $0.count) }
        try begin(name, size: contents.count, checksum: checksum)
        try file.write(contents)
    }

    /// Starts an entry of `size` bytes, which the caller writes next; `finish(checksum:)` ends it.
    mutating func begin(_ name: String, size: Int, checksum: UInt32 = 0) throws(CheckpointError) {
        let entry = Entry(name: Array(name.utf8), offset: UInt64(file.count), size: UInt64(size), checksum: checksum)
        entries.append(entry)
        try file.write(localHeader(entry))
    }

    /// Ends the entry by writing its checksum into its header.
    mutating func finish(checksum: UInt32) throws(CheckpointError) {
        guard let last = entries.indices.last else { return }
        entries[last].checksum = checksum
        try file.overwrite(bytes(checksum), at: Int(entries[last].offset) + 14)
    }

    /// Writes the directory and the end records.
    package func close() throws(CheckpointError) {
        let start = UInt64(file.count)
        for entry in entries { try file.write(centralRecord(entry)) }
        let size = UInt64(file.count) - start
        let count = UInt64(entries.count)
        let isWide = count >= 0xFFFF || size >= zip64Threshold || start >= zip64Threshold
        if isWide { try file.write(zip64EndRecord(count: count, size: size, start: start)) }
        var end = bytes(UInt32(0x0605_4B50)) + bytes(UInt32(0))
        let shortCount = isWide ? UInt16.max : UInt16(count)
        end += bytes(shortCount) + bytes(shortCount)
        end += bytes(isWide ? .max : UInt32(size)) + bytes(isWide ? .max : UInt32(start)) + bytes(UInt16(0))
        try file.write(end)
    }

    private func isWide(_ value: UInt64) -> Bool { value >= zip64Threshold }

    private func narrow(_ value: UInt64) -> UInt32 { isWide(value) ? .max : UInt32(value) }

    private func localHeader(_ entry: Entry) -> [UInt8] {
        let wide = isWide(entry.size) ? field(1, bytes(entry.size) + bytes(entry.size)) : []
        let unpadded = Int(entry.offset) + ZipWriter.localByteCount + entry.name.count + wide.count + 4
        let padding = (ZipWriter.alignment - unpadded % ZipWriter.alignment) % ZipWriter.alignment
        // PyTorch's own name for the field that only pads.
        let extra = wide + field(0x4246, [UInt8](repeating: 0, count: padding))
        return bytes(UInt32(0x0403_4B50)) + common(entry) + bytes(narrow(entry.size)) + bytes(narrow(entry.size))
            + bytes(UInt16(entry.name.count)) + bytes(UInt16(extra.count)) + entry.name + extra
    }

    private func centralRecord(_ entry: Entry) -> [UInt8] {
        var wide: [UInt8] = []
        if isWide(entry.size) { wide += bytes(entry.size) + bytes(entry.size) }
        if isWide(entry.offset) { wide += bytes(entry.offset) }
        let extra = wide.isEmpty ? [] : field(1, wide)
        return bytes(UInt32(0x0201_4B50)) + bytes(UInt16(45)) + common(entry) + bytes(narrow(entry.size))
            + bytes(narrow(entry.size)) + bytes(UInt16(entry.name.count)) + bytes(UInt16(extra.count))
            + [UInt8](repeating: 0, count: 10) + bytes(narrow(entry.offset)) + entry.name + extra
    }

    /// Version needed, flags (UTF-8 names), method, time, checksum.
    private func common(_ entry: Entry) -> [UInt8] {
        bytes(UInt16(45)) + bytes(UInt16(1 << 11)) + bytes(UInt16(0)) + bytes(ZipWriter.timeAndDate)
            + bytes(entry.checksum)
    }

    private func zip64EndRecord(count: UInt64, size: UInt64, start: UInt64) -> [UInt8] {
        let record =
            bytes(UInt32(0x0606_4B50)) + bytes(UInt64(44)) + bytes(UInt16(45)) + bytes(UInt16(45))
            + bytes(UInt64(0)) + bytes(count) + bytes(count) + bytes(size) + bytes(start)
        return record + bytes(UInt32(0x0706_4B50)) + bytes(UInt32(0)) + bytes(start + size) + bytes(UInt32(1))
    }

    private func field(_ tag: UInt16, _ content: [UInt8]) -> [UInt8] {
        bytes(tag) + bytes(UInt16(content.count)) + content
    }

    private func bytes<T: FixedWidthInteger>(_ value: T) -> [UInt8] {
        withUnsafeBytes(of: value.littleEndian) { Array($0) }
    }
}
