import CErlangshenChecksum
import ErlangshenJSON
import Synchronization

/// A `pytorch_model.bin`, a zip archive or from before PyTorch 1.6: pickle run without executing anything, storages
/// handed out from the mapping.
///
/// The CRC-32 of an archive's record is verified once, before the first tensor of it is handed out. A tensor that does
/// not lie in row-major order is copied into it.
final class TorchReader: TensorFile {
    let tensors: [TensorInfo]
    let aliases: [TensorAlias]
    let notes: [String]
    private let file: MappedFile
    private let records: [Record]
    private let sources: [TorchStateDict.Tensor]

    /// A record of the file and whether its checksum has been found right or wrong.
    private final class Record: Sendable {
        let entry: TorchRecord
        private let verdict = Mutex<UInt32?>(nil)

        init(_ entry: TorchRecord) { self.entry = entry }

        /// The checksum of the contents, computed on the first call; others wait for it.
        func checksum(in file: MappedFile) -> UInt32 {
            verdict.withLock { known in
                if let known { return known }
                let bytes = UnsafeRawBufferPointer(rebasing: file.bytes[entry.range])
                let checksum = esh_crc32(0, bytes.baseAddress, bytes.count)
                known = checksum
                return checksum
            }
        }
    }

    /// Memory that a copied tensor owns.
    private final class OwnedMemory: Sendable {
        /// Filled before it is shared, never written after.
        nonisolated(unsafe) let bytes: UnsafeMutableRawBufferPointer

        init(byteCount: Int) { bytes = .allocate(byteCount: byteCount, alignment: 64) }

        deinit { bytes.deallocate() }
    }

    private init(_ file: MappedFile, _ records: [Record], _ stateDict: TorchStateDict, notes: [String]) {
        self.file = file
        self.records = records
        self.notes = notes + stateDict.notes
        sources = stateDict.tensors
        tensors = sources.map(\.info)
        aliases = TorchReader.findAliases(sources)
    }

    /// Reads what stands before the storages in a mapped file from before PyTorch 1.6.
    convenience init(legacy file: MappedFile) throws(CheckpointError) {
        let legacy = try TorchLegacyFile(file.bytes, path: file.path)
        let stateDict: TorchStateDict
        do { stateDict = try TorchStateDict(legacy.root, of: legacy.machine, in: legacy) } catch {
            throw .torch(path: file.path, error)
        }
        self.init(
            file, legacy.records.map { Record($0) }, stateDict,
            notes: ["the file is in the format before PyTorch 1.6, which has no checksums: damage may go unnoticed"])
    }

    /// Reads directory and pickle of a mapped archive.
    convenience init(zip file: MappedFile) throws(CheckpointError) {
        let archive = try TorchArchive(file.bytes, path: file.path)
        let records = archive.records.map { Record($0) }
        if let order = archive["byteorder"] {
            let text = String(decoding: try TorchReader.verified(records[order], in: file).prefix(32), as: UTF8.self)
            guard text == "little" else { throw .torch(path: file.path, .byteOrder(text)) }
        }
        guard let index = archive["data.pkl"] else { throw .torch(path: file.path, .notTorch(entries: [])) }
        let stateDict = try TorchReader.stateDict(
            try TorchReader.verified(records[index], in: file), archive, path: file.path)
        self.init(file, records, stateDict, notes: [])
    }

    var path: String { file.path }

    func bytes(at index: Int) throws(CheckpointError) -> TensorBytes {
        try file.checkLength()
        let source = sources[index]
        let storage = try TorchReader.verified(records[source.record], in: file)
        guard !source.layout.isContiguous else {
            let bytes = UnsafeRawBufferPointer(rebasing: storage[source.layout.byteRange])
            return TensorBytes(info: source.info, bytes: bytes, owner: file)
        }
        let memory = OwnedMemory(byteCount: source.info.byteCount)
        source.layout.copy(from: storage, to: memory.bytes)
        file.release(records[source.record].entry.range)
        return TensorBytes(info: source.info, bytes: UnsafeRawBufferPointer(memory.bytes), owner: memory)
    }

    func release(at index: Int) { file.release(records[sources[index].record].entry.range) }

    /// The contents of a record, their checksum verified.
    private static func verified(_ record: Record, in file: MappedFile) throws(CheckpointError)
        -> UnsafeRawBufferPointer
    {
        if let expected = record.entry.checksum {
            let found = record.checksum(in: file)
            guard found == expected else {
                throw .zip(path: file.path, .checksum(name: record.entry.name, expected: expected, found: found))
            }
        }
        return UnsafeRawBufferPointer(rebasing: file.bytes[record.entry.range])
    }

    private static func stateDict(
        _ pickle: UnsafeRawBufferPointer, _ archive: TorchArchive, path: String
    ) throws(CheckpointError) -> TorchStateDict {
        var machine = PickleMachine(pickle)
        let root: Int32
        do { root = try machine.run() } catch {
            throw .pickle(path: path, offset: machine.instructionOffset, error)
        }
        do { return try TorchStateDict(root, of: machine, in: archive) } catch { throw .torch(path: path, error) }
    }

    /// Tensors that show exactly the same elements of the same storage as an earlier one.
    private static func findAliases(_ tensors: [TorchStateDict.Tensor]) -> [TensorAlias] {
        struct Place: Hashable {
            let record: Int
            let dtype: DType
            let layout: StridedLayout
        }
        var first: [Place: String] = [:]
        var aliases: [TensorAlias] = []
        for tensor in tensors where tensor.layout.elementCount > 0 {
            let place = Place(record: tensor.record, dtype: tensor.info.dtype, layout: tensor.layout)
            if let target = first[place] {
                aliases.append(TensorAlias(name: tensor.info.name, target: target))
            } else {
                first[place] = tensor.info.name
            }
        }
        return aliases
    }
}
