import ErlangshenJSON

/// The tensors of a checkpoint by name, whatever files they lie in.
///
/// Opening reads headers and checks them; contents are mapped and come when asked for. All of it may be used from
/// several threads at once.
public final class Checkpoint: Sendable {
    /// The folder or file that was opened.
    public let path: String
    /// The format of its files.
    public let format: CheckpointFormat
    /// The files that hold the tensors, one unless it is sharded.
    public let files: [String]
    /// All tensors, in the order of the files.
    public let tensors: [TensorInfo]
    /// Names that share their contents with an earlier tensor.
    ///
    /// In a PyTorch file both names are among `tensors`; in a safetensors file only the target is, and the second name
    /// was noted when it was left out.
    public let aliases: [TensorAlias]
    /// What a user should know about how the checkpoint was read, in sentences; most have none.
    public let notes: [String]

    private let places: [UTF8Key: Place]
    private let shards: [any TensorFile]

    private struct Place {
        let shard: Int
        let index: Int
    }

    /// Opens the weights of a model folder: `model.safetensors`, else its shards by their index, else
    /// `pytorch_model.bin`, else its shards.
    ///
    /// A file that is there and damaged is an error; the next in this order is not tried in its place.
    ///
    /// - Throws: `CheckpointError`; `noCheckpoint` lists what the folder has when it has none of these.
    public convenience init(directory: String) throws(CheckpointError) {
        try FileSystem.requireFolder(directory)
        for format in CheckpointFormat.allCases {
            let file = FileSystem.join(directory, format.fileName)
            if FileSystem.hasEntry(file) {
                let opened = try Checkpoint.open(file)
                try self.init(path: directory, format: opened.format, shards: [opened.file], notes: [])
                return
            }
            let index = FileSystem.join(directory, format.indexName)
            if FileSystem.hasEntry(index) {
                let opened = try Checkpoint.openShards(listedIn: index, folder: directory)
                try self.init(path: directory, format: opened.format, shards: opened.files, notes: opened.notes)
                return
            }
        }
        throw .noCheckpoint(folder: directory, found: try FileSystem.names(in: directory))
    }

    /// Opens one file, which is recognised by its contents, whatever its name.
    ///
    /// - Throws: `CheckpointError`; `foreignFile` says what the file is when it is no checkpoint.
    public convenience init(file: String) throws(CheckpointError) {
        let opened = try Checkpoint.open(file)
        try self.init(path: file, format: opened.format, shards: [opened.file], notes: [])
    }

    private init(
        path: String, format: CheckpointFormat, shards: [any TensorFile], notes: [String]
    ) throws(CheckpointError) {
        var places: [UTF8Key: Place] = [:]
        for (shard, file) in shards.enumerated() {
            for (index, info) in file.tensors.enumerated() {
                if let earlier = places.updateValue(Place(shard: shard, index: index), forKey: UTF8Key(info.name)) {
                    throw .index(
                        path: path,
                        .tensorInTwoShards(
                            name: info.name, first: FileSystem.name(of: shards[earlier.shard].path),
                            second: FileSystem.name(of: file.path)))
                }
            }
        }
        self.path = path
        self.format = format
        self.shards = shards
        self.places = places
        tensors = shards.count == 1 ? shards[0].tensors : shards.flatMap(\.tensors)
        files = shards.map(\.path)
        aliases = shards.flatMap(\.aliases)
        self.notes = notes + shards.flatMap(\.notes)
    }

    /// Whether a folder has an entry of this name.
    public static func has(_ name: String, in directory: String) -> Bool {
        FileSystem.hasEntry(FileSystem.join(directory, name))
    }

    /// Name, type and shape of a tensor, nil when there is none of this name.
    public func info(_ name: String) -> TensorInfo? {
        places[UTF8Key(name)].map { shards[$0.shard].tensors[$0.index] }
    }

    /// The contents of a tensor, their checksum verified where the format has one.
    ///
    /// - Throws: `noSuchTensor`; `zip` with a checksum that is wrong; `fileChanged` when the file became shorter.
    public func bytes(of name: String) throws(CheckpointError) -> TensorBytes {
        guard let place = places[UTF8Key(name)] else { throw .noSuchTensor(name: name, path: path) }
        return try shards[place.shard].bytes(at: place.index)
    }

    /// Gives back the memory that reading a tensor took; it may be read again, and bytes already handed out stay valid.
    public func release(_ name: String) {
        guard let place = places[UTF8Key(name)] else { return }
        shards[place.shard].release(at: place.index)
    }
}

extension Checkpoint {
    /// Opens one file by its contents.
    private static func open(_ path: String) throws(CheckpointError) -> (format: CheckpointFormat, file: any TensorFile)
    {
        let file = try MappedFile(path: path)
        if let foreign = ForeignFile(file.bytes) { throw .foreignFile(path: path, foreign) }
        let isZip = file.bytes.has("PK\u{3}\u{4}") || file.bytes.has("PK\u{5}\u{6}")
        if !SafetensorsHeader.isPlausible(file.bytes) {
            if isZip { return (.torch, try TorchReader(zip: file)) }
            if TorchLegacyFile.headerLength(file.bytes) != nil { return (.torch, try TorchReader(legacy: file)) }
        }
        return (.safetensors, try SafetensorsReader(file))
    }

    /// Opens all shards that an index lists and compares them with it.
    private static func openShards(
        listedIn path: String, folder: String
    ) throws(CheckpointError) -> (format: CheckpointFormat, files: [any TensorFile], notes: [String]) {
        let text = try MappedFile(path: path)
        let index: ShardIndex
        do { index = try ShardIndex(text.bytes) } catch { throw .index(path: path, error) }
        var files: [any TensorFile] = []
        var format = CheckpointFormat.safetensors
        var tensorCount = 0
        for name in index.files {
            let opened = try open(FileSystem.join(folder, name))
            format = opened.format
            files.append(opened.file)
            tensorCount += opened.file.tensors.count
            guard tensorCount <= SafetensorsHeader.maximumTensorCount else {
                throw .index(path: path, .tooManyTensors(limit: SafetensorsHeader.maximumTensorCount))
            }
        }
        let held = files.map { file in Set(file.tensors.map { UTF8Key($0.name) }) }
        for (name, file) in index.tensors where !held[file].contains(UTF8Key(name)) {
            throw .index(path: path, .missingTensor(name: name, file: index.files[file]))
        }
        let unlisted = held.reduce(0) { $0 + $1.count } - index.tensors.count
        let note = "the shards hold \(unlisted) tensors that \(FileSystem.name(of: path)) does not list"
        return (format, files, unlisted > 0 ? [note] : [])
    }
}
