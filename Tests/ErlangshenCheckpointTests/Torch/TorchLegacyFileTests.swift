import ErlangshenCheckpoint
import Foundation
import Testing

/// Files from before PyTorch 1.6. The truth is torch: `tools/goldens/make_checkpoint_goldens.py`.
@Suite struct TorchLegacyFileTests {
    private static let magic: [UInt8] = [
        0x80, 2, 0x8A, 0x0A, 0x6C, 0xFC, 0x9C, 0x46, 0xF9, 0x20, 0x6A, 0xA8, 0x50, 0x19, 0x2E,
    ]

    /// The five pickles and the storages `{"a": [2, 2] of "0", "b": [2, 2] of "1"}`, each part to be replaced.
    static func file(
        version: [UInt8] = PickleBytes().int(1001).stop, littleEndian: Bool = true, keys: [String] = ["0", "1"],
        view: PickleBytes = PickleBytes().raw([0x4E]), counts: [Int64] = [4, 6], tail: [UInt8] = []
    ) -> [UInt8] {
        let writer = PickleBytes().emptyDict.text("little_endian").raw([littleEndian ? 0x88 : 0x89]).setItem.stop
        let none = Array(view.bytes.dropFirst(2))
        func tensor(_ pickle: PickleBytes, _ type: String, _ key: String, _ count: Int64) -> PickleBytes {
            pickle.global("torch._utils", "_rebuild_tensor_v2").mark.mark.text("storage").global("torch", type)
                .text(key).text("cpu").int(count).raw(none).tuple.raw([0x51]).int(0).ints([2, 2]).ints([2, 1])
                .raw([0x89]).global("collections", "OrderedDict").emptyTuple.reduce.tuple.reduce
        }
        var object = PickleBytes().global("collections", "OrderedDict").emptyTuple.reduce.mark
        object = tensor(object.text("a"), "FloatStorage", "0", 4)
        object = tensor(object.text("b"), "HalfStorage", "1", 6).setItems
        let list = keys.reduce(PickleBytes().emptyList) { $0.text($1).raw([0x61]) }
        let storages = little(counts[0]) + Array(0..<16) + little(counts[1]) + Array(100..<112)
        return magic + version + writer + object.stop + list.stop + storages + tail
    }

    private func fault(of bytes: [UInt8]) throws -> CheckpointError? {
        let folder = try TemporaryFolder()
        let path = try folder.write("m.bin", bytes)
        do throws(CheckpointError) {
            _ = try Checkpoint(file: path)
            return nil
        } catch {
            #expect(!error.description.isEmpty)
            return error
        }
    }

    private func form(of bytes: [UInt8]) throws -> String? {
        if case .torch(_, .legacyForm(let what))? = try fault(of: bytes) { what } else { nil }
    }

    @Test func readsWhatTorchWrote() throws {
        let checkpoint = try Checkpoint(file: try Goldens.path("zoo_legacy.bin"))
        let expected = try Goldens.tensors()
        #expect(checkpoint.format == .torch)
        #expect(checkpoint.notes.count == 1 && checkpoint.notes[0].contains("no checksums"))
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

    @Test func readsTheFileThatTheOthersAreMadeFrom() throws {
        let folder = try TemporaryFolder()
        let checkpoint = try Checkpoint(file: try folder.write("m.bin", Self.file()))
        #expect(try checkpoint.copy(of: "a") == Array(0..<16))
        #expect(try checkpoint.copy(of: "b") == Array(100..<108))
    }

    @Test func refusesOtherForms() throws {
        #expect(try form(of: Self.file(version: PickleBytes().int(1002).stop))?.contains("1001") == true)
        #expect(try form(of: Self.file(tail: [0])) == "1 bytes follow its end")
        #expect(try form(of: Self.file(keys: ["0", "0"])) == "storage \"0\" is listed twice")
        #expect(try form(of: Self.file(keys: ["0", "2"]))?.contains("storage \"2\"") == true)
        for count in [5, 3, -1, Int64.max, Int64.min] {
            #expect(try form(of: Self.file(counts: [count, 6]))?.contains("says \(count)") == true)
            #expect(try form(of: Self.file(counts: [4, count]))?.contains("says \(count)") == true)
        }
        guard case .torch(_, .byteOrder("big"))? = try fault(of: Self.file(littleEndian: false)) else {
            Issue.record("a big-endian file was read")
            return
        }
        guard case .torch(_, .legacyForm)? = try fault(of: Self.file(keys: ["0"])) else {
            Issue.record("a storage that is not listed was read")
            return
        }
        let view = PickleBytes().ints([1, 2, 3])
        guard case .pickle(_, _, .unexpectedValue)? = try fault(of: Self.file(view: view)) else {
            Issue.record("a storage that is a view of another was read")
            return
        }
    }

    /// Every cut ends in an error; what is flipped is refused or read, and never traps.
    @Test func survivesDamage() throws {
        let file = Self.file()
        let folder = try TemporaryFolder()
        for length in 0..<file.count {
            #expect(throws: CheckpointError.self, "the first \(length) bytes were read") {
                try Checkpoint(file: try folder.write("m.bin", Array(file[..<length])))
            }
        }
        for index in file.indices {
            for change in [0x01, 0x10, 0x80, 0xFF] as [UInt8] {
                var changed = file
                changed[index] ^= change
                guard let checkpoint = try? Checkpoint(file: try folder.write("m.bin", changed)) else { continue }
                for info in checkpoint.tensors { #expect(try checkpoint.copy(of: info.name).count == info.byteCount) }
            }
        }
    }
}
