/// One record of the central directory of a zip archive.
struct ZipCentralRecord {
    let name: String
    let headerOffset: Int
    let size: Int
    let checksum: UInt32
    /// Bytes that the record itself takes.
    let byteCount: Int

    private let flags: UInt16
    private let nameBytes: UnsafeRawBufferPointer

    private static let fixedByteCount = 46
    private static let localByteCount = 30
    /// Flag bit 3: sizes and checksum follow the contents and are zero in the local header.
    private static let hasDescriptor: UInt16 = 1 << 3
    /// Flag bits 0, 6 and 13: encrypted contents or directory.
    private static let encrypted: UInt16 = 1 << 0 | 1 << 6 | 1 << 13

    /// Reads the record at `offset` of `directory`, which holds the file up to the end of the directory.
    init(_ directory: UnsafeRawBufferPointer, at offset: Int, index: Int) throws(ZipFault) {
        guard directory.integer(at: offset, as: UInt32.self) == 0x0201_4B50,
            let flags = directory.integer(at: offset + 8, as: UInt16.self),
            let method = directory.integer(at: offset + 10, as: UInt16.self),
            let checksum = directory.integer(at: offset + 16, as: UInt32.self),
            let packed = directory.integer(at: offset + 20, as: UInt32.self),
            let size = directory.integer(at: offset + 24, as: UInt32.self),
            let nameCount = directory.integer(at: offset + 28, as: UInt16.self),
            let extraCount = directory.integer(at: offset + 30, as: UInt16.self),
            let commentCount = directory.integer(at: offset + 32, as: UInt16.self),
            directory.integer(at: offset + 34, as: UInt16.self) == 0,
            let header = directory.integer(at: offset + 42, as: UInt32.self)
        else { throw .centralDirectory(entry: index) }
        let tail = offset + ZipCentralRecord.fixedByteCount
        byteCount = ZipCentralRecord.fixedByteCount + Int(nameCount) + Int(extraCount) + Int(commentCount)
        guard directory.slice(at: offset, count: byteCount) != nil,
            let nameBytes = directory.slice(at: tail, count: Int(nameCount)),
            let extra = directory.slice(at: tail + Int(nameCount), count: Int(extraCount))
        else { throw .centralDirectory(entry: index) }
        guard let name = String(validating: nameBytes, as: UTF8.self) else { throw .name(entry: index) }
        guard flags & ZipCentralRecord.encrypted == 0 else { throw .encrypted(name: name) }
        guard method == 0 else { throw .compressed(name: name, method: Int(method)) }
        guard let wide = ZipCentralRecord.widen([size, packed, header], by: extra), wide[0] == wide[1] else {
            throw .centralDirectory(entry: index)
        }
        self.name = name
        self.nameBytes = nameBytes
        self.flags = flags
        self.checksum = checksum
        self.size = wide[0]
        headerOffset = wide[2]
    }

    /// Replaces fields of all ones by the 64-bit ones that extra field 1 holds for them, in order.
    private static func widen(_ fields: [UInt32], by extra: UnsafeRawBufferPointer) -> [Int]? {
        guard fields.contains(.max) else { return fields.map { Int($0) } }
        var offset = 0
        while let tag = extra.integer(at: offset, as: UInt16.self),
            let count = extra.integer(at: offset + 2, as: UInt16.self)
        {
            guard let content = extra.slice(at: offset + 4, count: Int(count)) else { return nil }
            if tag == 1 { return widen(fields, from: content) }
            offset += 4 + Int(count)
        }
        return nil
    }

    private static func widen(_ fields: [UInt32], from content: UnsafeRawBufferPointer) -> [Int]? {
        var position = 0
        var wide: [Int] = []
        for field in fields {
            if field < .max {
                wide.append(Int(field))
            } else {
                guard let value = content.integer(at: position, as: UInt64.self), let int = Int(exactly: value)
                else { return nil }
                wide.append(int)
                position += 8
            }
        }
        return wide
    }

    /// Checks the local header and returns where the contents start; they must end before `limit`.
    func dataStart(in file: UnsafeRawBufferPointer, before limit: Int) throws(ZipFault) -> Int {
        let offset = headerOffset
        guard offset <= limit, file.integer(at: offset, as: UInt32.self) == 0x0403_4B50,
            file.integer(at: offset + 6, as: UInt16.self) == flags,
            file.integer(at: offset + 8, as: UInt16.self) == 0,
            let localChecksum = file.integer(at: offset + 14, as: UInt32.self),
            let packed = file.integer(at: offset + 18, as: UInt32.self),
            let unpacked = file.integer(at: offset + 22, as: UInt32.self),
            let nameCount = file.integer(at: offset + 26, as: UInt16.self),
            let extraCount = file.integer(at: offset + 28, as: UInt16.self),
            let localName = file.slice(at: offset + ZipCentralRecord.localByteCount, count: Int(nameCount)),
            localName.elementsEqual(nameBytes)
        else { throw .localHeader(name: name) }
        let isDeferred =
            flags & ZipCentralRecord.hasDescriptor != 0 && localChecksum == 0 && packed == 0 && unpacked == 0
        guard isDeferred || (localChecksum == checksum && agrees(packed) && agrees(unpacked)) else {
            throw .localHeader(name: name)
        }
        let start = offset + ZipCentralRecord.localByteCount + Int(nameCount) + Int(extraCount)
        guard start <= limit, size <= limit - start else { throw .localHeader(name: name) }
        return start
    }

    /// Whether a 32-bit size of the local header says the same; all ones refers to its 64-bit field.
    private func agrees(_ localSize: UInt32) -> Bool { localSize == .max || Int(localSize) == size }
}
