import ErlangshenCheckpoint
import Testing

@Suite struct SafetensorsWriterTests {
    private func write(
        _ tensors: [TensorInfo], to path: String, metadata: [String: String] = ["format": "pt"],
        content: @escaping (TensorInfo) -> [UInt8]
    ) throws {
        try SafetensorsWriter.write(to: path, tensors: tensors, metadata: metadata) { sink throws(CheckpointError) in
            try sink.write(content(sink.info))
        }
    }

    /// The file of safetensors' own writer, byte for byte.
    @Test func equalsPython() throws {
        let golden = try Goldens.bytes("zoo.safetensors")
        let checkpoint = try Checkpoint(file: try Goldens.path("zoo.safetensors"))
        let folder = try TemporaryFolder()
        let contents = Dictionary(
            uniqueKeysWithValues: try checkpoint.tensors.map { ($0.name, try checkpoint.copy(of: $0.name)) })
        for tensors in [checkpoint.tensors, checkpoint.tensors.reversed()] {
            try write(tensors, to: folder.path("m")) { contents[$0.name] ?? [] }
            #expect(try folder.read("m") == golden)
        }
        #expect(try folder.names() == ["m"])
    }

    @Test func leavesTheOldFileWhenItFails() throws {
        let folder = try TemporaryFolder()
        try folder.write("m", [1, 2, 3])
        let path = folder.path("m")
        let info = try TensorInfo(name: "a", dtype: .f32, shape: [2])
        for (count, found) in [(7, 7), (0, 0), (9, 9)] {
            #expect(
                throws: CheckpointError.writing(
                    path: path, .byteCount(tensor: "a", expected: 8, found: found))
            ) { try write([info], to: path) { _ in SafetensorsBytes.zeros(count) } }
        }
        #expect(throws: CheckpointError.writing(path: path, .duplicateTensor(name: "a"))) {
            try write([info, info], to: path) { _ in SafetensorsBytes.zeros(8) }
        }
        let reserved = try TensorInfo(name: "__metadata__", dtype: .f32, shape: [])
        #expect(throws: CheckpointError.writing(path: path, .reservedName("__metadata__"))) {
            try write([reserved], to: path) { _ in SafetensorsBytes.zeros(4) }
        }
        #expect(try folder.read("m") == [1, 2, 3])
        #expect(try folder.names() == ["m"])
        #expect(throws: CheckpointError.self) {
            try write([info], to: folder.path("no/such/folder")) { _ in SafetensorsBytes.zeros(8) }
        }
    }

    @Test func escapesNames() throws {
        let folder = try TemporaryFolder()
        let names = ["a\"b\\c\n\u{1}", "桂", ""]
        try write(
            try names.map { try TensorInfo(name: $0, dtype: .u8, shape: [1]) }, to: folder.path("m"), metadata: [:]
        ) {
            [UInt8(names.firstIndex(of: $0.name) ?? 9)]
        }
        let checkpoint = try Checkpoint(file: folder.path("m"))
        for (index, name) in names.enumerated() { #expect(try checkpoint.copy(of: name) == [UInt8(index)]) }
        #expect(try folder.read("m").count % 8 == 3)
    }
}
