import ErlangshenCheckpoint
import Testing

/// Pickles that a state dict never needs; torch refuses or, where a comment says so, obeys them.
@Suite struct PickleMachineTests {
    private func fault(of pickle: [UInt8], storages: [[UInt8]] = []) throws -> PickleFault? {
        let folder = try TemporaryFolder()
        let path = try folder.write("m.bin", ZipBytes.torch(pickle: pickle, storages: storages).bytes())
        do throws(CheckpointError) {
            _ = try Checkpoint(file: path)
            return nil
        } catch {
            guard case .pickle(path, _, let fault) = error else { throw error }
            #expect(!fault.description.isEmpty)
            return fault
        }
    }

    @Test(arguments: [
        ("os", "system"), ("posix", "system"), ("builtins", "eval"), ("__builtin__", "getattr"), ("torch", "load"),
        ("torch.storage", "_load_from_bytes"), ("torch._utils", "_rebuild_qtensor"), ("torch", "FloatStorage.x"),
        ("collections", "OrderedDict "), ("numpy.core.multiarray", "scalar"), ("", ""),
    ])
    func executesNothing(module: String, name: String) throws {
        let pickle = PickleBytes().global(module, name).mark.text("echo harm").tuple.reduce.stop
        #expect(try fault(of: pickle) == .forbiddenGlobal("\(module).\(name)"))
        let modern = PickleBytes(version: 4).text(module).text(name).raw([0x93]).stop
        #expect(try fault(of: modern) == .forbiddenGlobal("\(module).\(name)"))
    }

    @Test(
        arguments: [
            [0x49], [0x69], [0x6F], [0x82], [0x83], [0x84], [0x46], [0x53], [0x56], [0x50], [0x70], [0x67], [0x92],
            [0x96],
            [0x97], [0x98], [0x8F], [0x90], [0x91], [0x00], [0xFF],
        ] as [[UInt8]])
    func refusesOtherInstructions(instruction: [UInt8]) throws {
        #expect(try fault(of: PickleBytes().raw(instruction).stop) == .unsupportedInstruction(instruction[0]))
    }

    @Test func refusesBrokenPickles() throws {
        let start = PickleBytes()
        #expect(try fault(of: []) == .unexpectedEnd)
        #expect(try fault(of: [0x80]) == .unexpectedEnd)
        #expect(try fault(of: start.stop) == .stackUnderflow)
        #expect(try fault(of: start.emptyDict.bytes) == .unexpectedEnd)
        #expect(try fault(of: start.emptyDict.stop + [0]) == .trailingBytes)
        #expect(try fault(of: [0x80, 1, 0x7D, 0x2E]) == .protocolVersion(1))
        #expect(try fault(of: [0x80, 6, 0x7D, 0x2E]) == .protocolVersion(6))
        #expect(try fault(of: start.raw([0x68, 3]).stop) == .unknownMemo(3))
        #expect(try fault(of: start.raw([0x6A] + little(UInt32.max)).stop) == .unknownMemo(Int(UInt32.max)))
        #expect(try fault(of: start.emptyDict.raw([0x72] + little(UInt32.max)).stop) == .tooManyItems(limit: 1 << 19))
        #expect(try fault(of: start.raw([0x58] + little(UInt32.max)).stop) == .unexpectedEnd)
        #expect(try fault(of: start.raw([0x8D] + little(UInt64.max)).stop) == .unexpectedEnd)
        #expect(
            try fault(of: start.raw([0x8A, 9] + [UInt8](repeating: 1, count: 9)).stop)
                == .invalidLiteral("an integer has more than 64 bits"))
        #expect(try fault(of: start.raw([0x8B] + little(UInt32(1 << 31))).stop) == .unexpectedEnd)
        #expect(try fault(of: start.raw([0x63] + [UInt8](repeating: 0x61, count: 400)).stop).isInvalidLiteral)
        #expect(try fault(of: start.raw([0x63, 0xFF, 0x0A, 0x61, 0x0A]).stop).isInvalidLiteral)
        // Nothing may reach below an open mark.
        #expect(try fault(of: start.emptyDict.emptyDict.mark.raw([0x30]).stop) == .stackUnderflow)
        #expect(try fault(of: start.tuple.stop) == .stackUnderflow)
    }

    /// torch before 2.10 obeyed SETITEM on a tensor (CVE-2026-24747).
    @Test func refusesItemsAndAttributesOfOtherThings() throws {
        let tensor = PickleBytes().tensor(count: 1, shape: [1], strides: [1])
        let storages = [SafetensorsBytes.zeros(4)]
        #expect(
            try fault(of: tensor.int(0).int(1).setItem.stop, storages: storages)
                == .unexpectedValue(needed: "a dict", found: "a tensor"))
        #expect(
            try fault(of: tensor.emptyDict.raw([0x62]).stop, storages: storages)
                == .unexpectedValue(needed: "a dict", found: "a tensor"))
        #expect(
            try fault(of: PickleBytes().emptyDict.int(1).raw([0x61]).stop)
                == .unexpectedValue(needed: "a list", found: "a dict"))
        #expect(
            try fault(of: PickleBytes().emptyList.int(1).int(2).setItem.stop)
                == .unexpectedValue(needed: "a dict", found: "a list"))
        #expect(
            try fault(of: PickleBytes().emptyDict.mark.int(1).setItems.stop)
                == .unexpectedValue(needed: "a value for each key", found: "an odd number"))
    }

    @Test func refusesWrongArguments() throws {
        let rebuild = PickleBytes().global("torch._utils", "_rebuild_tensor_v2")
        for pickle in [
            rebuild.emptyTuple.reduce, rebuild.int(1).reduce, rebuild.mark.int(1).int(2).int(3).int(4).tuple.reduce,
            rebuild.mark.storage(count: 0).text("0").ints([]).ints([]).tuple.reduce,
            rebuild.mark.storage(count: 0).int(0).int(1).int(1).tuple.reduce,
            PickleBytes().int(1).emptyTuple.reduce,
            PickleBytes().global("torch", "FloatStorage").emptyTuple.reduce,
            PickleBytes().global("torch._utils", "_rebuild_parameter").mark.int(1).tuple.reduce,
            PickleBytes().global("collections", "OrderedDict").mark.int(1).tuple.reduce,
            PickleBytes().global("collections", "OrderedDict").mark.ints([1]).tuple.reduce,
            PickleBytes().int(1).raw([0x51]), PickleBytes().ints([1, 2, 3, 4, 5]).raw([0x51]),
            PickleBytes().mark.text("storage").text("x").text("0").text("cpu").int(1).tuple.raw([0x51]),
            PickleBytes().int(1).int(2).raw([0x93]),
        ] {
            guard case .unexpectedValue = try fault(of: pickle.stop) else {
                Issue.record("not refused: \(pickle.bytes)")
                continue
            }
        }
    }

    /// 50 KB of nested tuples kill a reader whose values are a tree when it frees them.
    @Test func survivesNesting() throws {
        for (start, wrap) in [(UInt8(0x29), [0x85]), (0x5D, [0x85]), (0x7D, [0x5D, 0x32, 0x61])] as [(UInt8, [UInt8])] {
            let nested = PickleBytes().raw([start] + [[UInt8]](repeating: wrap, count: 60_000).flatMap { $0 })
            #expect(throws: (any Error).self) { try fault(of: nested.stop) }
        }
        // A list that holds itself, and a dict that is its own member.
        let list = PickleBytes().emptyList.raw([0x71, 0, 0x68, 0, 0x61]).stop
        #expect { try fault(of: list) } throws: { "\($0)".contains("holds a list") }
        let dict = PickleBytes().emptyDict.raw([0x71, 0]).text("state_dict").raw([0x68, 0, 0x73]).stop
        #expect { try fault(of: dict) } throws: { "\($0)".contains("holds no tensor") }
    }

    /// Each level is the one below it twice: copying on every fetch would take 2^60 values.
    @Test func survivesMemoBombs() throws {
        var pickle = PickleBytes().text("x").raw([0x71, 0])
        for level in 0..<60 {
            pickle = pickle.raw([0x68, UInt8(level), 0x68, UInt8(level), 0x86, 0x71, UInt8(level + 1)])
        }
        #expect { try fault(of: pickle.stop) } throws: { "\($0)".contains("holds a tuple") }
    }

    /// One long text as the key of very many members, one long tuple as the arguments of very many calls.
    @Test func survivesSharedArguments() throws {
        let key = PickleBytes().emptyDict.text(String(repeating: "k", count: 100_000)).raw([0x71, 0]).raw([0x30])
        let members = [[UInt8]](repeating: [0x68, 0, 0x4E, 0x73], count: 2_000).flatMap { $0 }
        #expect { try fault(of: key.raw(members).stop) } throws: { "\($0)".contains("more than 8388608 bytes") }
        let nones = [UInt8](repeating: 0x4E, count: 9)
        let call = PickleBytes().global("torch._utils", "_rebuild_tensor_v2").mark.storage(count: 0).int(0).ints([])
            .ints([]).raw(nones).tuple.reduce
        guard case .unexpectedValue = try fault(of: call.stop) else {
            Issue.record("a call with 13 arguments was read")
            return
        }
    }

    @Test func boundsItems() throws {
        for instruction in [0x4E, 0x28, 0x5D, 0x7D, 0x29] as [UInt8] {
            let flood = PickleBytes().raw([UInt8](repeating: instruction, count: 600_000)).stop
            #expect(try fault(of: flood) == .tooManyItems(limit: 1 << 19))
        }
        let fetches = [[UInt8]](repeating: [0x68, 0], count: 600_000).flatMap { $0 }
        #expect(try fault(of: PickleBytes().emptyDict.raw([0x71, 0] + fetches).stop) == .tooManyItems(limit: 1 << 19))
        let appends = [[UInt8]](repeating: [0x68, 0, 0x61], count: 600_000).flatMap { $0 }
        #expect(try fault(of: PickleBytes().emptyList.raw([0x71, 0] + appends).stop) == .tooManyItems(limit: 1 << 19))
    }
}

extension PickleFault? {
    fileprivate var isInvalidLiteral: Bool { if case .some(.invalidLiteral) = self { true } else { false } }
}
