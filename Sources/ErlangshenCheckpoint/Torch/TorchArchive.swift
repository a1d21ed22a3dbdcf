import ErlangshenJSON

/// The records of a PyTorch zip file by the names that PyTorch knows them under, without the folder they lie in.
struct TorchArchive: TorchStorages {
    /// Record names without the folder, in the order of the archive.
    let records: [TorchRecord]
    private let indices: [UTF8Key: Int]

    init(_ file: UnsafeRawBufferPointer, path: String) throws(CheckpointError) {
        let archive: ZipArchive
        do { archive = try ZipArchive(file) } catch { throw .zip(path: path, error) }
        // Every entry of a PyTorch file lies in one folder, whose name PyTorch takes from the first.
        let folder = archive.entries.first?.name.utf8.prefix { $0 != UInt8(ascii: "/") }
        let prefix = Array(folder ?? "".utf8[...]) + [UInt8(ascii: "/")]
        guard archive.entries.allSatisfy({ $0.name.utf8.starts(with: prefix) }) else {
            throw .torch(path: path, .notTorch(entries: archive.entries.prefix(5).map(\.name)))
        }
        let entries = archive.entries.map { entry in
            TorchRecord(
                name: String(Substring(entry.name.utf8.dropFirst(prefix.count))), range: entry.range,
                checksum: entry.checksum)
        }
        records = entries
        indices = Dictionary(uniqueKeysWithValues: entries.indices.map { (UTF8Key(entries[$0].name), $0) })
        guard self["data.pkl"] != nil else {
            throw .torch(path: path, .notTorch(entries: archive.entries.prefix(5).map(\.name)))
        }
        guard self["constants.pkl"] == nil else { throw .torch(path: path, .torchScript) }
    }

    func recordName(ofStorage key: String) -> String { "data/" + key }

    /// The position in `records` of a record.
    subscript(name: String) -> Int? { indices[UTF8Key(name)] }
}

/// A piece of a PyTorch file: a record of its archive, or a storage of the format before 1.6.
struct TorchRecord: Sendable {
    let name: String
    /// Where the contents lie in the file.
    let range: Range<Int>
    /// CRC-32 of the contents; nil where the format has none.
    let checksum: UInt32?
}

/// Finds the storages of a state dict in a file.
protocol TorchStorages {
    var records: [TorchRecord] { get }
    /// The name of the record of a storage.
    func recordName(ofStorage key: String) -> String
    /// The position in `records` of a record.
    subscript(name: String) -> Int? { get }
}
