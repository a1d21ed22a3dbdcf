import ErlangshenCheckpoint
import Testing

@Suite struct TorchZipReaderTests {
    @Test(arguments: ["zoo.bin", "zoo4.bin"])
    func readsWhatTorchWrote(file: String) throws {
        let checkpoint = try Checkpoint(file: try Goldens.path(file))
        let expected = try Goldens.tensors()
        #expect(checkpoint.format == .torch)
        #expect(checkpoint.notes.isEmpty)
        #expect(checkpoint.tensors.map(\.name) == expected.map(\.name))
        for (name, tensor) in expected {
            #expect(checkpoint.info(name)?.dtype.rawValue == tensor.dtype, "\(name)")
            #expect(checkpoint.info(name)?.shape == tensor.shape, "\(name)")
            #expect(try checkpoint.copy(of: name) == tensor.bytes, "\(name)")
            checkpoint.release(name)
            #expect(try checkpoint.copy(of: name) == tensor.bytes, "\(name) after release")
        }
        #expect(checkpoint.aliases == [TensorAlias(name: "decoder.weight", target: "embeddings.weight")])
    }

    @Test func findsNestedStateDicts() throws {
        let checkpoint = try Checkpoint(file: try Goldens.path("lightning.bin"))
        #expect(checkpoint.tensors.map(\.name) == ["a.weight"])
        let expected = try #require(try Goldens.tensors().first { $0.name == "plain.f32" })
        #expect(try checkpoint.copy(of: "a.weight") == expected.tensor.bytes)
        #expect(checkpoint.notes == ["the tensors were found under the key \"state_dict\" of the file"])
    }

    /// A record that is damaged is found when one of its tensors is asked for, not before and not in others.
    @Test func verifiesChecksums() throws {
        var bytes = try Goldens.bytes("zoo.bin")
        let contents = try #require(try Goldens.tensors().first { $0.name == "plain.f64" }).tensor.bytes
        let place = try #require(bytes.indices.first { bytes[$0...].starts(with: contents) })
        bytes[place + 3] ^= 0x10
        let folder = try TemporaryFolder()
        let checkpoint = try Checkpoint(file: try folder.write("zoo.bin", bytes))
        #expect { try checkpoint.bytes(of: "plain.f64") } throws: { error in
            if case .some(.zip(_, .checksum("data/3", _, _))) = error as? CheckpointError { true } else { false }
        }
        #expect(try checkpoint.copy(of: "plain.f32").count == 48)
    }

    @Test func noticesTruncation() throws {
        let folder = try TemporaryFolder()
        let bytes = try Goldens.bytes("zoo.bin")
        let checkpoint = try Checkpoint(file: try folder.write("zoo.bin", bytes))
        try folder.truncate("zoo.bin", to: 100)
        #expect(
            throws: CheckpointError.fileChanged(
                path: checkpoint.path, expectedBytes: bytes.count, foundBytes: 100)
        ) { try checkpoint.bytes(of: "plain.f32") }
    }

    @Test func refusesOtherByteOrders() throws {
        let folder = try TemporaryFolder()
        for order in ["big", "", "little\n"] {
            let bytes = ZipBytes.torch(pickle: PickleBytes().emptyDict.stop, byteOrder: order).bytes()
            let path = try folder.write("m.bin", bytes)
            #expect(throws: CheckpointError.torch(path: path, .byteOrder(order))) { try Checkpoint(file: path) }
        }
        let path = try folder.write(
            "old.bin", ZipBytes.torch(pickle: PickleBytes().emptyDict.stop, byteOrder: nil).bytes())
        #expect(try Checkpoint(file: path).tensors.isEmpty)
    }

    @Test func refusesOtherArchives() throws {
        let folder = try TemporaryFolder()
        let other = try folder.write("a.zip", ZipBytes([.init("readme.txt", [1])]).bytes())
        #expect(throws: CheckpointError.torch(path: other, .notTorch(entries: ["readme.txt"]))) {
            try Checkpoint(file: other)
        }
        let program = try folder.write(
            "script.pt",
            ZipBytes([.init("m/data.pkl", PickleBytes().emptyDict.stop), .init("m/constants.pkl", [])]).bytes())
        #expect(throws: CheckpointError.torch(path: program, .torchScript)) { try Checkpoint(file: program) }
        let empty = try folder.write("empty.zip", ZipBytes([]).bytes())
        #expect(throws: CheckpointError.torch(path: empty, .notTorch(entries: []))) { try Checkpoint(file: empty) }
    }

    /// Many threads ask for every tensor at once; each gets the same bytes.
    @Test func isSafeForThreads() async throws {
        let checkpoint = try Checkpoint(file: try Goldens.path("zoo.bin"))
        let expected = try Goldens.tensors()
        try await withThrowingTaskGroup(of: Bool.self) { group in
            for round in 0..<64 {
                group.addTask {
                    let (name, tensor) = expected[round % expected.count]
                    defer { checkpoint.release(name) }
                    return try checkpoint.copy(of: name) == tensor.bytes
                }
            }
            for try await isSame in group { #expect(isSame) }
        }
    }
}
