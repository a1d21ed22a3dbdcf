import ErlangshenCheckpoint
import ErlangshenJSON

/// A shard that is finished: its files and what is in it.
public struct BuiltShard: Sendable, Equatable {
    /// The name its files begin with, without the folder.
    public let name: String
    /// Whether its documents are held out.
    public let isHeldOut: Bool
    /// Documents.
    public let documents: Int
    /// Sequences.
    public let sequences: Int
    /// Tokens.
    public let tokens: Int
    /// Its files.
    public let files: [ShardFile]
}

/// What is known of a corpus: how it was built, what is finished, and where a broken build goes on.
///
/// It stands in `PREFIX.json` and is replaced as a whole when shards are finished.
public struct BuildManifest: Sendable, Equatable {
    /// Whether all inputs were read.
    public internal(set) var isComplete = false
    /// Tokens of the vocabulary: ids are below it.
    public let vocabularySize: Int
    /// The shards that are finished, in order.
    public internal(set) var shards: [BuiltShard] = []
    /// What was read for them.
    public internal(set) var counts = BuildCounts()
    let identity: JSONObject
    var position = SourcePosition()

    static let format = "erlangshen-corpus"
    private static let version = 1

    init(vocabularySize: Int, identity: JSONObject) {
        self.vocabularySize = vocabularySize
        self.identity = identity
    }

    /// Reads the manifest of a corpus.
    ///
    /// - Throws: `noCorpus` when there is none, `file`, `damaged` for anything else than a manifest.
    public init(prefix: String) throws(CorpusError) {
        let path = Self.path(prefix)
        guard MappedFile.exists(path) else { throw .noCorpus(prefix: prefix) }
        func fail(_ reason: String) -> CorpusError { .damaged(path: path, .manifest(reason: reason)) }
        let bytes: [UInt8]
        do { bytes = try SmallFile.read(path) } catch { throw .file(error) }
        let json: JSONValue
        do { json = try JSONValue.parse(bytes) } catch { throw fail("\(error)") }
        guard json["format"]?.stringValue == Self.format, json["version"]?.intValue == Self.version else {
            throw fail("its format is not \(Self.format) of version \(Self.version)")
        }
        guard let size = json["vocabulary_size"]?.intValue, let identity = json["settings"]?.objectValue,
            let isComplete = json["complete"]?.boolValue, let counts = json["counts"].flatMap(BuildCounts.init(json:)),
            let position = json["position"].flatMap(Self.position(of:)), let shards = json["shards"]?.arrayValue
        else { throw fail("a member is missing or of another kind") }
        (vocabularySize, self.identity, self.isComplete) = (size, identity, isComplete)
        (self.counts, self.position) = (counts, position)
        for value in shards {
            guard let shard = Self.shard(of: value) else { throw fail("shard \(self.shards.count) is incomplete") }
            self.shards.append(shard)
        }
    }

    static func path(_ prefix: String) -> String { prefix + ".json" }

    /// Replaces the manifest on the disk.
    ///
    /// - Throws: `file` when the disk refuses.
    func write(prefix: String) throws(CorpusError) {
        let text = JSONValue.object(json).serialized(pretty: true) + "\n"
        do { try SmallFile.write(Array(text.utf8), to: Self.path(prefix)) } catch { throw .file(error) }
    }

    private var json: JSONObject {
        [
            "format": .string(Self.format), "version": .integer(Int64(Self.version)), "complete": .bool(isComplete),
            "vocabulary_size": .integer(Int64(vocabularySize)), "settings": .object(identity),
            "counts": .object(counts.json),
            "position": [
                "input": .integer(Int64(position.input)), "record": .integer(Int64(position.record)),
                "sum": .integer(Int64(position.sum)),
            ],
            "shards": .array(shards.map(Self.json)),
        ]
    }

    private static func json(_ shard: BuiltShard) -> JSONValue {
        [
            "name": .string(shard.name), "heldout": .bool(shard.isHeldOut),
            "documents": .integer(Int64(shard.documents)), "sequences": .integer(Int64(shard.sequences)),
            "tokens": .integer(Int64(shard.tokens)),
            "files": .array(
                shard.files.map { file in
                    [
                        "name": .string(file.name), "bytes": .integer(Int64(file.byteCount)),
                        "sha256": .string(file.sum),
                    ]
                }),
        ]
    }

    private static func position(of json: JSONValue) -> SourcePosition? {
        guard let input = json["input"]?.intValue, let record = json["record"]?.intValue, input >= 0, record >= 0,
            let sum = json["sum"]?.intValue.flatMap({ UInt32(exactly: $0) })
        else { return nil }
        return SourcePosition(input: input, record: record, sum: sum)
    }

    /// A shard; its names must stay in the folder of the corpus.
    private static func shard(of json: JSONValue) -> BuiltShard? {
        guard let name = json["name"]?.stringValue, isPlain(name), let isHeldOut = json["heldout"]?.boolValue,
            let documents = json["documents"]?.intValue, let sequences = json["sequences"]?.intValue,
            let tokens = json["tokens"]?.intValue, let values = json["files"]?.arrayValue
        else { return nil }
        var files: [ShardFile] = []
        for value in values {
            guard let file = value["name"]?.stringValue, isPlain(file), let bytes = value["bytes"]?.intValue,
                let sum = value["sha256"]?.stringValue
            else { return nil }
            files.append(ShardFile(name: file, byteCount: bytes, sum: sum))
        }
        return BuiltShard(
            name: name, isHeldOut: isHeldOut, documents: documents, sequences: sequences, tokens: tokens, files: files)
    }

    private static func isPlain(_ name: String) -> Bool {
        !name.isEmpty && name != "." && name != ".." && !name.utf8.contains { $0 == UInt8(ascii: "/") || $0 == 0 }
    }
}
