import Testing

@testable import ErlangshenCheckpoint

/// That torch opens what is written here is shown by tools/checkpoint-parity; these tests ask the reader, which is held
/// to torch's own files, and look at the bytes.
@Suite struct TorchZipWriterTests {
    private func tensors() throws -> [TensorInfo] {
        [
            try TensorInfo(name: "b", dtype: .f32, shape: [2, 3]), try TensorInfo(name: "a", dtype: .i64, shape: []),
            try TensorInfo(name: "名", dtype: .f16, shape: [0, 2]), try TensorInfo(name: "u", dtype: .u8, shape: [300]),
        ]
    }

    private func contents(_ info: TensorInfo) -> [UInt8] {
        (0..<info.byteCount).map { UInt8(truncatingIfNeeded: $0 &+ info.name.utf8.count) }
    }

    @Test(arguments: [ZipWriter.defaultThreshold, 0, 1, 200])
    func readsBack(zip64Threshold: UInt64) throws {
        let folder = try TemporaryFolder()
        let alias = TensorAlias(name: "c", target: "b")
        for name in ["first", "second"] {
            try TorchZipWriter.write(
                to: folder.path(name), tensors: try tensors(), aliases: [alias], zip64Threshold: zip64Threshold
            ) { sink throws(CheckpointError) in try sink.write(contents(sink.info)) }
        }
        let checkpoint = try Checkpoint(file: folder.path("first"))
        #expect(checkpoint.tensors.map(\.name) == ["b", "c", "a", "名", "u"])
        #expect(checkpoint.aliases == [alias])
        for info in try tensors() {
            #expect(checkpoint.info(info.name) == info)
            #expect(try checkpoint.copy(of: info.name) == contents(info))
        }
        let bytes = try folder.read("first")
        #expect(try folder.read("second") == bytes)
        for info in try tensors() where info.byteCount > 8 {
            let place = bytes.indices.first { bytes[$0...].starts(with: contents(info)) }
            #expect(place.map { $0 % 64 } == 0, "\(info.name) is not aligned")
        }
    }

    @Test func refusesWhatTheFormatCannotHold() throws {
        let folder = try TemporaryFolder()
        let path = folder.path("m.bin")
        func write(_ tensors: [TensorInfo], _ aliases: [TensorAlias] = []) throws {
            try TorchZipWriter.write(to: path, tensors: tensors, aliases: aliases) { sink throws(CheckpointError) in
                try sink.write([UInt8](repeating: 0, count: sink.info.byteCount))
            }
        }
        let one = try TensorInfo(name: "a", dtype: .u8, shape: [1])
        let wide = try TensorInfo(name: "w", dtype: .u16, shape: [1])
        #expect(throws: CheckpointError.writing(path: path, .unsupportedDType(tensor: "w", dtype: .u16))) {
            try write([one, wide])
        }
        #expect(throws: CheckpointError.writing(path: path, .duplicateTensor(name: "a"))) { try write([one, one]) }
        let orphan = TensorAlias(name: "x", target: "y")
        #expect(throws: CheckpointError.writing(path: path, .unknownAliasTarget(name: "x", target: "y"))) {
            try write([one], [orphan])
        }
        #expect(throws: CheckpointError.writing(path: path, .duplicateTensor(name: "a"))) {
            try write([one], [TensorAlias(name: "a", target: "a")])
        }
        #expect(try folder.names().isEmpty)
    }
}
