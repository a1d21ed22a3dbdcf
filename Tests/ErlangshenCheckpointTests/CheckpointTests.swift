import ErlangshenCheckpoint
import Foundation
import Testing

@Suite struct CheckpointTests {
    private typealias Bytes = SafetensorsBytes

    private func file(_ names: [String]) -> [UInt8] {
        let members = names.enumerated().map { index, name in
            Bytes.tensor(name, dtype: "\"U8\"", shape: "[1]", offsets: "[\(index),\(index + 1)]")
        }
        return Bytes.file("{\(members.joined(separator: ","))}", names.map { $0.utf8.last ?? 0 })
    }

    private func index(_ map: [(String, String)]) -> [UInt8] {
        let members = map.map { "\"\($0.0)\":\"\($0.1)\"" }.joined(separator: ",")
        return Array("{\"metadata\":{\"total_size\":2},\"weight_map\":{\(members)}}".utf8)
    }

    private func indexFault(_ folder: TemporaryFolder) throws -> IndexFault? {
        do throws(CheckpointError) {
            _ = try Checkpoint(directory: folder.path)
            return nil
        } catch {
            guard case .index(_, let fault) = error else { throw error }
            #expect(!fault.description.isEmpty)
            return fault
        }
    }

    @Test func choosesTheBestFile() throws {
        let folder = try TemporaryFolder()
        #expect(throws: CheckpointError.noCheckpoint(folder: folder.path, found: [])) {
            try Checkpoint(directory: folder.path)
        }
        let shards = [("a", "model-1.safetensors"), ("b", "model-2.safetensors")]
        try folder.write("pytorch_model.bin.index.json", index([("z", "pytorch_model-1.bin")]))
        try folder.write("pytorch_model-1.bin", PickleBytes.archive(count: 1, shape: [], strides: [], byteCount: 4))
        #expect(try indexFault(folder) == .missingTensor(name: "z", file: "pytorch_model-1.bin"))
        try folder.write("pytorch_model.bin.index.json", index([("a", "pytorch_model-1.bin")]))
        #expect(try Checkpoint(directory: folder.path).format == .torch)
        try folder.write("pytorch_model.bin", try Goldens.bytes("zoo.bin"))
        #expect(try Checkpoint(directory: folder.path).files == [folder.path("pytorch_model.bin")])
        try folder.write("model.safetensors.index.json", index(shards))
        for (name, shard) in shards { try folder.write(shard, file([name])) }
        let sharded = try Checkpoint(directory: folder.path)
        #expect(sharded.files == shards.map { folder.path($0.1) })
        #expect(try sharded.everything() == ["a u8 [1] [97]", "b u8 [1] [98]"])
        sharded.release("a")
        sharded.release("none")
        try folder.write("model.safetensors", file(["c"]))
        #expect(try Checkpoint(directory: folder.path).tensors.map(\.name) == ["c"])
    }

    @Test func saysWhatAFolderHoldsInstead() throws {
        let folder = try TemporaryFolder()
        for name in ["config.json", "tf_model.h5", "vocab.txt"] { try folder.write(name, [1]) }
        let error = CheckpointError.noCheckpoint(
            folder: folder.path, found: ["config.json", "tf_model.h5", "vocab.txt"])
        #expect(throws: error) { try Checkpoint(directory: folder.path) }
        #expect(error.description.contains("tf_model.h5"))
        #expect(error.description.contains("from_tf=True"))
        #expect(throws: CheckpointError.notAFolder(path: folder.path("vocab.txt"))) {
            try Checkpoint(directory: folder.path("vocab.txt"))
        }
        #expect(throws: CheckpointError.system(operation: "open", path: folder.path("no"), code: ENOENT)) {
            try Checkpoint(directory: folder.path("no"))
        }
    }

    /// A cache whose blob was removed, and a pointer beside good weights: the first file counts, damaged or not.
    @Test func triesNoOtherFileInPlaceOfADamagedOne() throws {
        let folder = try TemporaryFolder()
        try folder.write("pytorch_model.bin", try Goldens.bytes("zoo.bin"))
        let path = folder.path("model.safetensors")
        try FileManager.default.createSymbolicLink(atPath: path, withDestinationPath: "../blobs/gone")
        #expect(throws: CheckpointError.system(operation: "open", path: path, code: ENOENT)) {
            try Checkpoint(directory: folder.path)
        }
        try folder.write("model.safetensors", Array("version https://git-lfs.github.com/spec/v1\n".utf8))
        #expect(throws: CheckpointError.foreignFile(path: path, .gitLFSPointer)) {
            try Checkpoint(directory: folder.path)
        }
    }

    /// transformers 5.23 joins these names to the folder unchecked.
    @Test(arguments: [
        "../model.safetensors", "/etc/passwd", "..", ".", "", "sub/model.safetensors", "a\\\\b", "a\\u0000b", "a\\nb",
    ])
    func refusesFileNamesThatLeadAway(file: String) throws {
        let folder = try TemporaryFolder()
        try folder.write("model.safetensors.index.json", index([("a", file)]))
        guard case .unsafeFileName("a", _) = try indexFault(folder) else {
            Issue.record("\(file) was followed")
            return
        }
    }

    @Test func comparesShardsWithTheirList() throws {
        let folder = try TemporaryFolder()
        try folder.write("1", file(["a", "b"]))
        try folder.write("2", file(["c"]))
        try folder.write("model.safetensors.index.json", index([("a", "1"), ("b", "1"), ("c", "2"), ("d", "2")]))
        #expect(try indexFault(folder) == .missingTensor(name: "d", file: "2"))
        try folder.write("model.safetensors.index.json", index([("a", "1"), ("c", "2")]))
        let checkpoint = try Checkpoint(directory: folder.path)
        #expect(checkpoint.tensors.count == 3)
        #expect(checkpoint.notes == ["the shards hold 1 tensors that model.safetensors.index.json does not list"])
        try folder.write("2", file(["c", "b"]))
        #expect(try indexFault(folder) == .tensorInTwoShards(name: "b", first: "1", second: "2"))
        try folder.write("model.safetensors.index.json", index([("a", "1"), ("c", "missing")]))
        #expect(throws: CheckpointError.system(operation: "open", path: folder.path("missing"), code: ENOENT)) {
            try Checkpoint(directory: folder.path)
        }
    }

    @Test func refusesBrokenLists() throws {
        let folder = try TemporaryFolder()
        func fault(_ text: String) throws -> IndexFault? {
            try folder.write("model.safetensors.index.json", Array(text.utf8))
            return try indexFault(folder)
        }
        #expect(try fault("{}") == .noWeightMap)
        #expect(try fault("{\"weight_map\":{\"a\":\"1\",\"a\":\"1\"}}") == .duplicateTensor(name: "a"))
        #expect(try fault("{\"weight_map\":{},\"weight_map\":{}}") == .duplicateField("weight_map"))
        for text in ["", "[]", "{\"weight_map\":[]}", "{\"weight_map\":{\"a\":1}}", "{\"weight_map\":{}} x"] {
            guard case .json = try fault(text) else {
                Issue.record("\(text) was read")
                continue
            }
        }
        let many = (0...512).map { ("t\($0)", "f\($0)") }
        try folder.write("model.safetensors.index.json", index(many))
        #expect(try indexFault(folder) == .tooManyShards(limit: 512))
    }

    @Test func showsNoControlCharacters() {
        let error = CheckpointError.noSuchTensor(name: "\u{1B}[31mred", path: "/tmp/\u{7}bell")
        #expect(error.description == "\"/tmp/\u{FFFD}bell\" has no tensor \"\u{FFFD}[31mred\"")
    }
}
