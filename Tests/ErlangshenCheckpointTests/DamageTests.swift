import ErlangshenCheckpoint
import Foundation
import Testing

/// Files that were cut, flipped or mutated: an error or the same contents, never a trap, never other contents where the
/// format has a checksum.
///
/// `ERLANGSHEN_FUZZ_ROUNDS=200000 swift test --filter DamageTests` runs more than the default.
@Suite struct DamageTests {
    private static let roundCount =
        ProcessInfo.processInfo.environment["ERLANGSHEN_FUZZ_ROUNDS"].flatMap { Int($0) } ?? 2_000

    private func smallTorch() -> [UInt8] {
        let dict = PickleBytes().global("collections", "OrderedDict").emptyTuple.reduce.mark
        let pickle = dict.text("a").tensor(count: 4, shape: [2, 2], strides: [2, 1]).text("b")
            .tensor("HalfStorage", key: "1", count: 6, offset: 1, shape: [2, 2], strides: [1, 2]).setItems.stop
        var archive = ZipBytes.torch(
            pickle: pickle, storages: [Array(0..<16), Array(100..<112)])
        archive.hasZip64 = true
        return archive.bytes()
    }

    private func smallSafetensors() -> [UInt8] {
        let header =
            "{\"__metadata__\":{\"format\":\"pt\"},\(SafetensorsBytes.tensor("a")),"
            + "\(SafetensorsBytes.tensor("b", dtype: "\"F16\"", shape: "[3]", offsets: "[16,22]"))}"
        return SafetensorsBytes.file(header, Array(0..<22))
    }

    /// Everything in a file, or nil when it was refused, in whatever way.
    private func outcome(_ bytes: [UInt8], in folder: TemporaryFolder) throws -> [String]? {
        let path = try folder.write("m", bytes)
        do throws(CheckpointError) {
            let checkpoint = try Checkpoint(file: path)
            var everything: [String] = []
            for info in checkpoint.tensors {
                let contents = try checkpoint.bytes(of: info.name).withUnsafeBytes { Array($0) }
                everything.append("\(info.name) \(info.dtype) \(info.shape) \(contents)")
            }
            return everything
        } catch {
            #expect(!error.description.isEmpty)
            return nil
        }
    }

    @Test func refusesEveryPrefix() throws {
        let folder = try TemporaryFolder()
        for file in [smallTorch(), smallSafetensors()] {
            #expect(try outcome(file, in: folder)?.count == 2)
            for length in 0..<file.count {
                #expect(try outcome(Array(file[..<length]), in: folder) == nil, "the first \(length) bytes were read")
            }
        }
    }

    /// Every bit of a PyTorch file is guarded: by a checksum, by the other copy of the field, or it means nothing.
    @Test func noticesEveryFlippedBit() throws {
        let folder = try TemporaryFolder()
        let file = smallTorch()
        let truth = try outcome(file, in: folder)
        for index in file.indices {
            for bit in 0..<8 {
                var flipped = file
                flipped[index] ^= 1 << UInt8(bit)
                if let read = try outcome(flipped, in: folder) {
                    #expect(read == truth, "byte \(index), bit \(bit)")
                }
            }
        }
    }

    /// Safetensors has no checksum: a flip in the data or in a name cannot be noticed, but nothing may trap.
    @Test func survivesEveryByteInASafetensorsHeader() throws {
        let folder = try TemporaryFolder()
        let file = smallSafetensors()
        for index in file.indices.dropLast(22) {
            for byte in stride(from: UInt8.min, to: .max, by: 5) {
                var changed = file
                changed[index] = byte
                _ = try outcome(changed, in: folder)
            }
        }
    }

    /// Mutated pickles in archives whose checksums are right, so that the pickle machine itself meets the damage.
    @Test func survivesMutatedPickles() throws {
        let folder = try TemporaryFolder()
        var damage = Damage(seed: 2)
        let pickles = try [
            PickleBytes().emptyDict.text("a").tensor(count: 4, shape: [2, 2], strides: [2, 1]).setItem.stop,
            pickle(of: try Goldens.bytes("zoo.bin")), pickle(of: try Goldens.bytes("zoo4.bin")),
        ]
        var readCount = 0
        for round in 0..<DamageTests.roundCount {
            let mutated = damage.applied(to: pickles[round % pickles.count])
            let archive = ZipBytes.torch(pickle: mutated, storages: [Array(0..<16)])
            if try outcome(archive.bytes(), in: folder) != nil { readCount += 1 }
        }
        print("\(DamageTests.roundCount) mutated pickles: \(readCount) read, the others refused")
    }

    @Test(arguments: ["zoo.bin", "zoo_legacy.bin", "zoo.safetensors"])
    func survivesMutatedFiles(name: String) throws {
        let folder = try TemporaryFolder()
        var damage = Damage(seed: 3)
        let small =
            ["zoo.bin": smallTorch(), "zoo_legacy.bin": TorchLegacyFileTests.file()][name] ?? smallSafetensors()
        let file = try Goldens.bytes(name)
        var readCount = 0
        for round in 0..<DamageTests.roundCount {
            let mutated = damage.applied(to: round % 2 == 0 ? small : file)
            if try outcome(mutated, in: folder) != nil { readCount += 1 }
        }
        print("\(DamageTests.roundCount) mutations of \(name): \(readCount) read, the others refused")
    }

    /// The contents of `data.pkl` in an archive by torch, whose first entry it is.
    private func pickle(of archive: [UInt8]) throws -> [UInt8] {
        let start = 30 + Int(archive[26]) + Int(archive[28]) + Int(archive[29]) << 8
        let end = try #require(archive.indices.first { archive[$0...].starts(with: [0x50, 0x4B, 7, 8]) })
        return Array(archive[start..<end])
    }
}
