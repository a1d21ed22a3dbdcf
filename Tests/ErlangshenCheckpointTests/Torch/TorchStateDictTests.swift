import ErlangshenCheckpoint
import Testing

@Suite struct TorchStateDictTests {
    private func open(_ bytes: [UInt8]) throws -> Checkpoint {
        let folder = try TemporaryFolder()
        return try Checkpoint(file: try folder.write("m.bin", bytes))
    }

    private func fault(of bytes: [UInt8]) throws -> TorchFault? {
        do {
            _ = try open(bytes)
            return nil
        } catch let error as CheckpointError {
            guard case .torch(_, let fault) = error else { throw error }
            #expect(!fault.description.isEmpty)
            return fault
        }
    }

    /// `torch.arange(12).as_strided(shape, strides, offset)` and `.flatten().tolist()` gives these elements.
    @Test func readsStridedViews() throws {
        for (offset, shape, strides, elements) in [
            (0, [3, 4], [4, 1], Array(0..<12)), (0, [4, 3], [1, 4], [0, 4, 8, 1, 5, 9, 2, 6, 10, 3, 7, 11]),
            (5, [2, 2], [4, 1], [5, 6, 9, 10]), (1, [3], [5], [1, 6, 11]), (11, [], [], [11]), (12, [0], [1], []),
            (0, [2, 0, 3], [-7, 0, .max], []), (3, [1, 2, 1], [99, 2, 0], [3, 5]),
            (0, [2, 2, 3], [1, 6, 2], [0, 2, 4, 6, 8, 10, 1, 3, 5, 7, 9, 11]),
        ] as [(Int64, [Int64], [Int64], [Int])] {
            let bytes = PickleBytes.archive(
                "ByteStorage", count: 12, offset: offset, shape: shape, strides: strides, byteCount: 12)
            #expect(try open(bytes).copy(of: "a") == elements.map { UInt8($0) }, "\(shape) \(strides)")
        }
    }

    @Test func refusesGeometryThatLies() throws {
        for (offset, shape, strides) in [
            (0, [13], [1]), (1, [12], [1]), (13, [0], [1]), (-1, [1], [1]), (.min, [1], [1]), (.max, [1], [1]),
            // One stored element shown many times: a file of a kilobyte that wants any amount of memory.
            (0, [1 << 40], [0]), (0, [2, 6], [0, 1]), (0, [4, 4], [1, 1]), (0, [2], [-1]), (11, [2], [-1]),
            (0, [2], [.max]), (0, [3], [1 << 62]), (0, [2, 2], [.max, .max]), (0, [12], [2]), (2, [2], [10]),
        ] as [(Int64, [Int64], [Int64])] {
            let bytes = PickleBytes.archive(
                "ByteStorage", count: 12, offset: offset, shape: shape, strides: strides, byteCount: 12)
            guard case .geometry("a", _, _, _, 12) = try fault(of: bytes) else {
                Issue.record("not refused: offset \(offset) shape \(shape) strides \(strides)")
                continue
            }
        }
    }

    @Test func refusesShapesThatAreNone() throws {
        func shapeFault(_ shape: [Int64], _ strides: [Int64]) throws -> TorchFault? {
            try fault(of: PickleBytes.archive(count: 4, shape: shape, strides: strides, byteCount: 16))
        }
        #expect(try shapeFault([-1], [1]) == .shape(tensor: "a", .negativeSize(shape: [-1])))
        #expect(
            try shapeFault([1 << 32, 1 << 32], [1, 1]) == .shape(tensor: "a", .tooLarge(shape: [1 << 32, 1 << 32])))
        #expect(try shapeFault([1 << 59], [1]) == .shape(tensor: "a", .tooLarge(shape: [1 << 59])))
        #expect(try shapeFault([2, 2], [1]) == .malformedGeometry(tensor: "a"))
        let ones = [Int64](repeating: 1, count: 33)
        #expect(try shapeFault(ones, ones) == .shape(tensor: "a", .rankTooHigh(rank: 33, limit: 32)))
    }

    /// The element count that a pickle claims is never believed (torch before 2.10 did: CVE-2026-24747).
    @Test func refusesRecordsOfAnotherLength() throws {
        for claimed in [3, 5, 0, -4, .max, .min, 1 << 62] as [Int64] {
            let bytes = PickleBytes.archive(count: claimed, shape: [2], strides: [1], byteCount: 16)
            #expect(
                try fault(of: bytes)
                    == .recordLength(tensor: "a", record: "data/0", claimed: claimed, found: 16))
        }
        let missing = PickleBytes().emptyDict.text("a").tensor(key: "7", count: 1, shape: [1], strides: [1]).setItem
        #expect(
            try fault(of: ZipBytes.torch(pickle: missing.stop).bytes())
                == .missingRecord(tensor: "a", record: "data/7"))
        let climbing = PickleBytes().emptyDict.text("a").tensor(key: "../data.pkl", count: 1, shape: [1], strides: [1])
        #expect(
            try fault(of: ZipBytes.torch(pickle: climbing.setItem.stop).bytes())
                == .missingRecord(tensor: "a", record: "data/../data.pkl"))
    }

    @Test func refusesRootsThatAreNoStateDict() throws {
        func root(_ pickle: PickleBytes) throws -> TorchFault? {
            try fault(of: ZipBytes.torch(pickle: pickle.stop, storages: [[1, 2, 3, 4]]).bytes())
        }
        let tensor = { (pickle: PickleBytes) in pickle.tensor(count: 1, shape: [1], strides: [1]) }
        #expect(try root(PickleBytes().int(3)) == .rootIsNoDictionary(found: "an integer"))
        #expect(try root(tensor(PickleBytes())) == .rootIsNoDictionary(found: "a tensor"))
        #expect(try root(tensor(PickleBytes().emptyDict.int(3)).setItem) == .keyIsNoString(found: "an integer"))
        #expect(try root(PickleBytes().emptyDict.text("epoch").int(3).setItem) == .noTensors(keys: ["epoch"]))
        let twice = tensor(tensor(PickleBytes().emptyDict.text("a")).setItem.text("a")).setItem
        #expect(try root(twice) == .duplicateTensor(name: "a"))
        let untyped = PickleBytes().emptyDict.text("a").global("torch._utils", "_rebuild_tensor_v2").mark.mark
            .text("storage").global("torch.storage", "UntypedStorage").text("0").text("cpu").int(4).tuple.raw([0x51])
            .int(0).ints([1]).ints([1]).tuple.reduce.setItem
        #expect(try root(untyped) == .noDType(tensor: "a"))
    }

    /// Python 2 wrote an OrderedDict as a call with pairs; entries that are no tensors are left out and named.
    @Test func readsOlderDictsAndNamesWhatItLeavesOut() throws {
        let pairs = PickleBytes().global("collections", "OrderedDict").mark.emptyList.mark.text("a")
            .tensor(count: 1, shape: [], strides: []).tuple.raw([0x61]).ints([]).raw([0x30])
        let root = pairs.tuple.reduce.text("version").int(2).setItem
        let checkpoint = try open(ZipBytes.torch(pickle: root.stop, storages: [[1, 2, 3, 4]]).bytes())
        #expect(try checkpoint.copy(of: "a") == [1, 2, 3, 4])
        #expect(checkpoint.notes == ["1 entries that are no tensors were left out: \"version\""])
    }
}
