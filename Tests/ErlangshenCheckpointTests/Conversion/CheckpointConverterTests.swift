import ErlangshenCheckpoint
import Testing

@Suite struct CheckpointConverterTests {
    @Test func changesTheFormatOnly() throws {
        let folder = try TemporaryFolder()
        let source = try Checkpoint(file: try Goldens.path("zoo.bin"))
        let report = try CheckpointConverter.convert(
            from: source.path, to: folder.path("m.safetensors"), format: .safetensors)
        let expected = try source.everything().filter { !$0.hasPrefix("decoder.weight ") }.sorted()
        let converted = try Checkpoint(file: folder.path("m.safetensors"))
        #expect(try converted.everything().sorted() == expected)
        #expect(converted.aliases == source.aliases)
        #expect(report.aliases == source.aliases)
        #expect(report.tensorCount == expected.count)
        #expect(report.sourceByteCount == report.targetByteCount)
        #expect(report.targetByteCount == converted.tensors.reduce(0) { $0 + $1.byteCount })
        #expect(report.overflowCount == 0 && report.underflowCount == 0)
    }

    /// To PyTorch and back: the second name of a tied tensor survives although safetensors has it once.
    @Test func goesRoundWithoutLoss() throws {
        let folder = try TemporaryFolder()
        let first = folder.path("1.safetensors")
        _ = try CheckpointConverter.convert(from: try Goldens.path("zoo.bin"), to: first, format: .safetensors)
        #expect(throws: CheckpointError.self) {
            // Unsigned 16-bit integers have no storage class in PyTorch.
            try CheckpointConverter.convert(from: first, to: folder.path("1.bin"), format: .torch)
        }
        let lean = folder.path("2.safetensors")
        let checkpoint = try Checkpoint(file: first)
        try SafetensorsWriter.write(
            to: lean, tensors: checkpoint.tensors.filter { $0.dtype != .u16 },
            metadata: ["format": "pt", "decoder.weight": "embeddings.weight"]
        ) { sink throws(CheckpointError) in
            try checkpoint.bytes(of: sink.info.name).withUnsafeBytes { raw throws(CheckpointError) in
                try sink.write(raw)
            }
        }
        _ = try CheckpointConverter.convert(from: lean, to: folder.path("3.bin"), format: .torch)
        let torch = try Checkpoint(file: folder.path("3.bin"))
        #expect(torch.aliases == [TensorAlias(name: "decoder.weight", target: "embeddings.weight")])
        #expect(try torch.copy(of: "decoder.weight") == checkpoint.copy(of: "embeddings.weight"))
        _ = try CheckpointConverter.convert(
            from: folder.path("3.bin"), to: folder.path("4.safetensors"), format: .safetensors)
        #expect(try folder.read("4.safetensors") == folder.read("2.safetensors"))
    }

    @Test func convertsFolders() throws {
        let source = try TemporaryFolder()
        let target = try TemporaryFolder()
        try source.write("pytorch_model.bin", try Goldens.bytes("zoo.bin"))
        let configuration =
            "{\n  \"layer_norm_eps\": 1e-07,\n  \"torch_dtype\": \"float32\",\n  \"a\": [\n    1\n  ]\n}\n"
        try source.write("config.json", Array(configuration.utf8))
        try source.write("vocab.txt", Array("[PAD]\n".utf8))
        try source.write("optimizer.pt", [1])
        let report = try CheckpointConverter.convert(
            from: source.path, to: target.path, format: .safetensors, dtype: .bf16)
        #expect(try target.names() == ["config.json", "model.safetensors", "vocab.txt"])
        #expect(report.copiedFiles == ["vocab.txt"] && report.updatedConfiguration)
        let expected = configuration.replacing("float32", with: "bfloat16")
        #expect(String(decoding: try target.read("config.json"), as: UTF8.self) == expected)
        let checkpoint = try Checkpoint(directory: target.path)
        #expect(checkpoint.info("plain.f64")?.dtype == .bf16)
        #expect(checkpoint.info("position_ids")?.dtype == .i64)
        #expect(throws: CheckpointError.writing(path: target.path("model.safetensors"), .exists)) {
            try CheckpointConverter.convert(from: source.path, to: target.path, format: .safetensors)
        }
    }

    /// In its own folder and over its own file: the old weights stay readable until the new ones are whole.
    @Test func convertsInPlace() throws {
        let folder = try TemporaryFolder()
        try folder.write("model.safetensors", try Goldens.bytes("zoo.safetensors"))
        try folder.write("config.json", Array("{\"hidden_size\": 3}".utf8))
        let report = try CheckpointConverter.convert(
            from: folder.path, to: folder.path, format: .safetensors, dtype: .f16, overwrite: true)
        #expect(try Checkpoint(directory: folder.path).info("plain.f32")?.dtype == .f16)
        #expect(report.copiedFiles.isEmpty && !report.updatedConfiguration)
        #expect(String(decoding: try folder.read("config.json"), as: UTF8.self) == "{\"hidden_size\": 3}")
        #expect(try folder.names() == ["config.json", "model.safetensors"])
    }

    @Test func countsWhatLeavesTheRange() throws {
        let folder = try TemporaryFolder()
        let info = try TensorInfo(name: "a", dtype: .f32, shape: [6])
        let values: [Float] = [65_519, 65_520, -1e30, 1e-8, .infinity, 0]
        try SafetensorsWriter.write(to: folder.path("m"), tensors: [info]) { sink throws(CheckpointError) in
            try sink.write(values.flatMap { little($0.bitPattern) })
        }
        let report = try CheckpointConverter.convert(
            from: folder.path("m"), to: folder.path("h"), format: .safetensors, dtype: .f16)
        #expect(report.overflowCount == 2 && report.underflowCount == 1)
        #expect(report.overflowedTensors == ["a"])
        #expect(report.sourceByteCount == 24 && report.targetByteCount == 12)
        let expected: [UInt16] = [0x7BFF, 0x7C00, 0xFC00, 0, 0x7C00, 0]
        #expect(try Checkpoint(file: folder.path("h")).copy(of: "a") == expected.flatMap { little($0) })
        for dtype in [DType.f64, .i8] {
            #expect(throws: CheckpointError.writing(path: folder.path("x"), .unsupportedTarget(dtype))) {
                try CheckpointConverter.convert(
                    from: folder.path("m"), to: folder.path("x"), format: .safetensors, dtype: dtype)
            }
        }
    }
}
