import CErlangshenChecksum

/// Makes zip archives field by field, right ones and wrong ones; shares no code with the writer under test.
struct ZipBytes {
    struct Entry {
        var name: [UInt8]
        var contents: [UInt8]
        var flags: UInt16 = 0
        var method: UInt16 = 0
        var checksum: UInt32
        /// What the directory says, when it shall not be the truth.
        var directoryName: [UInt8]?
        var directorySize: UInt32?
        var directoryOffset: UInt32?
        var directoryExtra: [UInt8] = []
        var localSize: UInt32?
        /// Sizes and checksum zero in the local header and repeated behind the contents, as PyTorch does.
        var isDeferred = false

        init(_ name: String, _ contents: [UInt8]) {
            self.name = Array(name.utf8)
            self.contents = contents
            checksum = contents.withUnsafeBytes { esh_crc32_portable(0, $0.baseAddress, $0.count) }
        }
    }

    var entries: [Entry]
    var comment: [UInt8] = []
    var hasZip64 = false
    var entryCount: UInt16?

    init(_ entries: [Entry]) { self.entries = entries }

    /// A PyTorch archive of a pickle and numbered storages.
    static func torch(pickle: [UInt8], storages: [[UInt8]] = [], byteOrder: String? = "little") -> ZipBytes {
        var entries = [Entry("archive/data.pkl", pickle)]
        if let byteOrder { entries.append(Entry("archive/byteorder", Array(byteOrder.utf8))) }
        for (key, storage) in storages.enumerated() { entries.append(Entry("archive/data/\(key)", storage)) }
        entries.append(Entry("archive/version", Array("3\n".utf8)))
        return ZipBytes(entries)
    }

    func bytes() -> [UInt8] {
        var file: [UInt8] = []
        var directory: [UInt8] = []
        for entry in entries {
            let offset = UInt32(file.count)
            file += ZipBytes.local(entry)
            directory += ZipBytes.central(entry, offset: entry.directoryOffset ?? offset)
        }
        let start = file.count
        file += directory
        let count = entryCount ?? UInt16(entries.count)
        if hasZip64 {
            let end = file.count
            file += little(UInt32(0x0606_4B50)) + little(UInt64(44)) + little(UInt16(45)) + little(UInt16(45))
            file += little(UInt64(0)) + little(UInt64(count)) + little(UInt64(count))
            file += little(UInt64(directory.count)) + little(UInt64(start))
            file += little(UInt32(0x0706_4B50)) + little(UInt32(0)) + little(UInt64(end)) + little(UInt32(1))
        }
        file += little(UInt32(0x0605_4B50)) + little(UInt32(0))
        file += hasZip64 ? little(UInt32.max) : little(count) + little(count)
        file += hasZip64 ? little(UInt64.max) : little(UInt32(directory.count)) + little(UInt32(start))
        return file + little(UInt16(comment.count)) + comment
    }

    private static func local(_ entry: Entry) -> [UInt8] {
        let flags = entry.flags | (entry.isDeferred ? 8 : 0)
        let size = entry.isDeferred ? 0 : entry.localSize ?? UInt32(entry.contents.count)
        var bytes = little(UInt32(0x0403_4B50)) + little(UInt16(20)) + little(flags) + little(entry.method)
        bytes += little(UInt32(0)) + little(entry.isDeferred ? 0 : entry.checksum) + little(size) + little(size)
        bytes += little(UInt16(entry.name.count)) + little(UInt16(0)) + entry.name + entry.contents
        guard entry.isDeferred else { return bytes }
        return bytes + little(UInt32(0x0807_4B50)) + little(entry.checksum) + little(UInt32(entry.contents.count))
            + little(UInt32(entry.contents.count))
    }

    private static func central(_ entry: Entry, offset: UInt32) -> [UInt8] {
        let flags = entry.flags | (entry.isDeferred ? 8 : 0)
        let size = entry.directorySize ?? UInt32(entry.contents.count)
        let name = entry.directoryName ?? entry.name
        var bytes = little(UInt32(0x0201_4B50)) + little(UInt16(20)) + little(UInt16(20)) + little(flags)
        bytes += little(entry.method) + little(UInt32(0)) + little(entry.checksum) + little(size) + little(size)
        bytes += little(UInt16(name.count)) + little(UInt16(entry.directoryExtra.count)) + little(UInt16(0))
        bytes += little(UInt16(0)) + little(UInt16(0)) + little(UInt32(0)) + little(offset)
        return bytes + name + entry.directoryExtra
    }
}
