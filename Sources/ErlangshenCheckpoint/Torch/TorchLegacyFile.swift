import ErlangshenJSON

/// A file of `torch.save` from before PyTorch 1.6, as most BERT checkpoints of 2019 and 2020 are published.
///
/// Five pickles follow each other: a magic number, the version of the format, the machine that wrote it, the object, and
/// the keys of the storages; then comes each storage in that order, its element count in eight bytes before its elements.
/// *Source:* torch/serialization.py `_legacy_save`, `_legacy_load`.
struct TorchLegacyFile: TorchStorages {
    /// The machine that has run the pickle of the object, and the object.
    let machine: PickleMachine
    let root: Int32
    /// The storages in the order of the file. The format has no checksums.
    let records: [TorchRecord]
    private let indices: [UTF8Key: Int]

    /// 0x1950a86a20f9469cfc6c as a LONG1 of ten bytes, and the end of its pickle.
    private static let magic: [UInt8] = [
        0x8A, 0x0A, 0x6C, 0xFC, 0x9C, 0x46, 0xF9, 0x20, 0x6A, 0xA8, 0x50, 0x19, 0x2E,
    ]
    private static let version: Int64 = 1001

    /// Where the second pickle starts; nil when the file does not begin as this format does.
    static func headerLength(_ bytes: UnsafeRawBufferPointer) -> Int? {
        guard bytes.first == 0x80 else { return nil }
        // Protocol 4 puts a frame of nine bytes ahead of the number.
        return [2, 11].first { bytes.slice(at: $0, count: magic.count)?.elementsEqual(magic) == true }
            .map { $0 + magic.count }
    }

    /// Reads all that is not weights.
    init(_ bytes: UnsafeRawBufferPointer, path: String) throws(CheckpointError) {
        var offset = TorchLegacyFile.headerLength(bytes) ?? 0
        func next() throws(CheckpointError) -> (machine: PickleMachine, root: Int32) {
            let most = min(bytes.count - offset, PickleMachine.maximumByteCount)
            var machine = PickleMachine(UnsafeRawBufferPointer(rebasing: bytes[offset..<offset + most]))
            do {
                let root = try machine.runFirst()
                offset += machine.offset
                return (machine, root)
            } catch {
                throw .pickle(path: path, offset: machine.instructionOffset, error)
            }
        }
        let version = try next(), writer = try next()
        (machine, root) = try next()
        let keys = try next()
        do {
            try TorchLegacyFile.check(version: version.machine.arena[version.root])
            try TorchLegacyFile.check(writer: writer.root, of: writer.machine)
            let names = try TorchLegacyFile.names(keys.root, of: keys.machine)
            records = try TorchLegacyFile.records(names, machine.storageSizes(), in: bytes, from: offset)
        } catch {
            throw .torch(path: path, error)
        }
        indices = Dictionary(uniqueKeysWithValues: zip(records.map { UTF8Key($0.name) }, 0...))
    }

    func recordName(ofStorage key: String) -> String { key }

    subscript(name: String) -> Int? { indices[UTF8Key(name)] }

    private static func check(version: PickleValue) throws(TorchFault) {
        guard case .integer(Self.version) = version else {
            throw .legacyForm("its version is not \(Self.version)")
        }
    }

    private static func check(writer root: Int32, of machine: PickleMachine) throws(TorchFault) {
        guard case .dictionary(let container) = machine.arena[root] else {
            throw .legacyForm("the machine that wrote it is described by \(machine.arena[root].kind)")
        }
        let members = machine.arena.members(container)
        for index in stride(from: 0, to: members.count - 1, by: 2) {
            guard case .text(let slice) = machine.arena[members[index]], (try? machine.text(slice)) == "little_endian"
            else { continue }
            guard case .bool(true) = machine.arena[members[index + 1]] else { throw .byteOrder("big") }
        }
    }

    /// The keys of the storages, in the order of the file.
    private static func names(_ root: Int32, of machine: PickleMachine) throws(TorchFault) -> [String] {
        guard case .list(let container) = machine.arena[root] else {
            throw .legacyForm("the list of its storages is \(machine.arena[root].kind)")
        }
        var names: [String] = []
        for key in machine.arena.members(container) {
            guard case .text(let slice) = machine.arena[key], slice.count <= PickleMachine.maximumKeyByteCount,
                let name = try? machine.text(slice)
            else { throw .legacyForm("the key of a storage is \(machine.arena[key].kind), or too long") }
            names.append(name)
        }
        return names
    }

    /// Walks the storages, whose lengths must be those that the tensors claim, to the end of the file.
    private static func records(
        _ names: [String], _ sizes: [UTF8Key: TorchStorageSize], in bytes: UnsafeRawBufferPointer, from start: Int
    ) throws(TorchFault) -> [TorchRecord] {
        var records: [TorchRecord] = []
        var seen: Set<UTF8Key> = []
        var offset = start
        for name in names {
            guard seen.insert(UTF8Key(name)).inserted else {
                throw .legacyForm("storage \(name.quoted()) is listed twice")
            }
            guard let size = sizes[UTF8Key(name)] else {
                throw .legacyForm("no tensor has anything to do with storage \(name.quoted())")
            }
            guard let count = bytes.integer(at: offset, as: Int64.self) else { throw .legacyForm("it ends too early") }
            let (byteCount, overflow) = count.multipliedReportingOverflow(by: size.elementByteCount)
            guard count == size.elementCount, !overflow, let length = Int(exactly: byteCount),
                bytes.slice(at: offset + 8, count: length) != nil
            else {
                throw .legacyForm(
                    "storage \(name.quoted()) should have \(size.elementCount) elements, says \(count), and "
                        + "\(max(0, bytes.count - offset - 8)) bytes are left; download the file again")
            }
            records.append(TorchRecord(name: name, range: offset + 8..<offset + 8 + length, checksum: nil))
            offset += 8 + length
        }
        guard offset == bytes.count else { throw .legacyForm("\(bytes.count - offset) bytes follow its end") }
        return records
    }
}

/// What the tensors of a pickle say of a storage.
struct TorchStorageSize: Equatable {
    let elementCount: Int64
    let elementByteCount: Int64
}

extension PickleMachine {
    /// The sizes of the storages by their keys, which all tensors must agree upon.
    fileprivate func storageSizes() throws(TorchFault) -> [UTF8Key: TorchStorageSize] {
        var sizes: [UTF8Key: TorchStorageSize] = [:]
        for storage in storages {
            let key = (try? text(storage.key)) ?? ""
            let size = TorchStorageSize(
                elementCount: storage.elementCount, elementByteCount: Int64((storage.dtype ?? .u8).bitCount / 8))
            guard sizes.updateValue(size, forKey: UTF8Key(key)).map({ $0 == size }) ?? true else {
                throw .legacyForm("storage \(key.quoted()) is described in two ways")
            }
        }
        return sizes
    }
}
