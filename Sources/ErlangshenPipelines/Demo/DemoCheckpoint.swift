import ErlangshenCheckpoint
import ErlangshenJSON

/// The default model until a trained one ships: tiny, of random weights, the same bytes on every machine.
///
/// It has every part of a published model folder (`config.json`, `vocab.txt`, `tokenizer_config.json`,
/// `model.safetensors`) and shows that everything works; its answers mean nothing, and every result warns of that.
public enum DemoCheckpoint {
    /// The seed of its weights.
    static let seed: UInt64 = 2_022

    /// Raised when the way the weights are drawn changes, so that an older folder is not taken for the new one.
    private static let revision = 1

    /// The folder of the model, written first where it is not there yet.
    ///
    /// It lies in `$XDG_CACHE_HOME/erlangshen`, else `~/.cache/erlangshen`, else a private folder for temporary files.
    /// - Throws: `demoNotWritten` when none of these can be written.
    public static func directory() throws(PipelineError) -> String {
        var failure = PipelineError.demoNotWritten(path: "~/.cache/erlangshen", reason: "no folder can be made there")
        for cache in CacheFolder.candidates() where CacheFolder.make(cache) {
            do {
                return try directory(in: cache)
            } catch {
                failure = error
            }
        }
        throw failure
    }

    /// The folder of the model within a cache folder, written first where it is not there yet.
    ///
    /// - Parameter cache: a folder that exists and belongs to the caller.
    /// - Throws: `demoNotWritten`.
    public static func directory(in cache: String) throws(PipelineError) -> String {
        let files = textFiles
        let folder = "\(cache)/\(folderName)"
        if isWhole(folder, files) { return folder }
        let draft = "\(folder).\(CacheFolder.processId)"
        defer { CacheFolder.remove(draft, files: files.map(\.name) + [weightsName]) }
        try write(files, to: draft)
        // What stands there and is not whole was cut short by hand: it makes room.
        if CacheFolder.rename(draft, to: folder) { return folder }
        if !isWhole(folder, files) {
            CacheFolder.remove(folder, files: files.map(\.name) + [weightsName])
            _ = CacheFolder.rename(draft, to: folder)
        }
        guard isWhole(folder, files) else {
            throw .demoNotWritten(path: folder, reason: "something else stands there; remove it")
        }
        return folder
    }

    private static let weightsName = "model.safetensors"

    private static let textFiles: [(name: String, bytes: [UInt8])] = {
        let config = DemoShape.config(vocabularySize: DemoVocabulary.tokens.count).serialized(pretty: true) + "\n"
        let tokenizer = DemoShape.tokenizerConfig.serialized(pretty: true) + "\n"
        return [
            ("config.json", Array(config.utf8)), ("tokenizer_config.json", Array(tokenizer.utf8)),
            ("vocab.txt", Array(DemoVocabulary.fileText.utf8)),
        ]
    }()

    /// `demo-` and a hash (FNV-1a, 64 bits) of everything that the model is made of.
    private static let folderName: String = {
        let recipe = textFiles.flatMap(\.bytes) + Array("\(seed) \(revision) \(DemoShape.deviation)".utf8)
        let hash = recipe.reduce(0xCBF2_9CE4_8422_2325 as UInt64) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
        return "demo-" + String(hash, radix: 16)
    }()

    /// Whether a folder is that of this model, by its name.
    ///
    /// Results then warn of it, also when somebody gave the folder as any other.
    static func stands(at folder: String) -> Bool { folder.split(separator: "/").last.map(String.init) == folderName }

    private static func isWhole(_ folder: String, _ files: [(name: String, bytes: [UInt8])]) -> Bool {
        guard files.allSatisfy({ CacheFolder.fileSize("\(folder)/\($0.name)") == $0.bytes.count }) else { return false }
        // Opening compares the header with the length of the file.
        let count = (try? Checkpoint(file: "\(folder)/\(weightsName)"))?.tensors.count
        return count == DemoTensor.all(vocabularySize: DemoVocabulary.tokens.count).count
    }

    private static func write(
        _ files: [(name: String, bytes: [UInt8])], to folder: String
    ) throws(PipelineError) {
        guard CacheFolder.make(folder) else { throw .demoNotWritten(path: folder, reason: "the folder cannot be made") }
        for file in files {
            guard CacheFolder.write(file.bytes, to: "\(folder)/\(file.name)") else {
                throw .demoNotWritten(path: folder, reason: "\(file.name) cannot be written; is the disk full?")
            }
        }
        do {
            try writeWeights(to: "\(folder)/\(weightsName)")
        } catch {
            throw .demoNotWritten(path: folder, reason: "\(error)")
        }
    }

    private static func writeWeights(to path: String) throws {
        let tensors = DemoTensor.all(vocabularySize: DemoVocabulary.tokens.count)
        let generator = CounterGenerator(seed: seed)
        let streams = Dictionary(uniqueKeysWithValues: tensors.enumerated().map { ($1.name, $0) })
        try SafetensorsWriter.write(
            to: path, tensors: tensors.map { try TensorInfo(name: $0.name, dtype: .f32, shape: $0.shape) }
        ) { sink throws(CheckpointError) in
            guard let stream = streams[sink.info.name] else { return }
            let values = tensors[stream].values(generator, stream: stream).map(\.bitPattern.littleEndian)
            try values.withUnsafeBufferPointer { buffer throws(CheckpointError) in
                try sink.write(UnsafeRawBufferPointer(buffer))
            }
        }
    }
}
