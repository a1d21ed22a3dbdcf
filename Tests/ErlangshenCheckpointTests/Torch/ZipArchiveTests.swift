import ErlangshenCheckpoint
import Testing

@Suite struct ZipArchiveTests {
    private let pickle = PickleBytes().emptyDict.stop

    private func fault(of archive: ZipBytes) throws -> ZipFault? { try fault(of: archive.bytes()) }

    private func fault(of bytes: [UInt8]) throws -> ZipFault? {
        let folder = try TemporaryFolder()
        let path = try folder.write("m.bin", bytes)
        do throws(CheckpointError) {
            _ = try Checkpoint(file: path)
            return nil
        } catch {
            guard case .zip(path, let fault) = error else { throw error }
            #expect(!fault.description.isEmpty)
            return fault
        }
    }

    @Test func acceptsTheVariantsInUse() throws {
        var archive = ZipBytes.torch(pickle: pickle)
        #expect(try fault(of: archive) == nil)
        archive.hasZip64 = true
        #expect(try fault(of: archive) == nil)
        for index in archive.entries.indices { archive.entries[index].isDeferred = true }
        #expect(try fault(of: archive) == nil)
        archive.comment = Array("made by hand".utf8)
        #expect(try fault(of: archive) == nil)
        archive.entries[0].directorySize = .max
        archive.entries[0].directoryExtra =
            little(UInt16(9)) + little(UInt16(1)) + [0] + little(UInt16(1)) + little(UInt16(16))
            + little(UInt64(pickle.count)) + little(UInt64(pickle.count))
        #expect(try fault(of: archive) == nil)
    }

    @Test func refusesWhatIsNotStored() throws {
        var archive = ZipBytes.torch(pickle: pickle)
        archive.entries[0].method = 8
        #expect(try fault(of: archive) == .compressed(name: "archive/data.pkl", method: 8))
        archive.entries[0].method = 0
        archive.entries[0].flags = 1
        #expect(try fault(of: archive) == .encrypted(name: "archive/data.pkl"))
    }

    @Test func refusesContradictions() throws {
        let good = ZipBytes.torch(pickle: pickle)
        var archive = good
        archive.entries[0].directoryName = Array("archive/data.pkx".utf8)
        #expect(try fault(of: archive) == .localHeader(name: "archive/data.pkx"))
        archive = good
        archive.entries[0].localSize = 1
        #expect(try fault(of: archive) == .localHeader(name: "archive/data.pkl"))
        archive = good
        archive.entries[0].directorySize = 1 << 20
        #expect(try fault(of: archive) == .localHeader(name: "archive/data.pkl"))
        archive = good
        archive.entries[0].directoryOffset = 3
        #expect(try fault(of: archive) == .localHeader(name: "archive/data.pkl"))
        archive = good
        archive.entries[0].directorySize = .max
        #expect(try fault(of: archive) == .centralDirectory(entry: 0))
        archive.entries[0].directoryExtra =
            little(UInt16(1)) + little(UInt16(16)) + little(UInt64.max) + little(UInt64.max)
        #expect(try fault(of: archive) == .centralDirectory(entry: 0))
        archive = good
        archive.entryCount = 2
        #expect(try fault(of: archive) == .endRecord("the directory has another size"))
        archive.entryCount = 9
        #expect(try fault(of: archive) == .centralDirectory(entry: 3))
        archive = good
        archive.entries[0].checksum ^= 1
        guard case .checksum("data.pkl", _, _) = try fault(of: archive) else {
            Issue.record("a pickle with a wrong checksum was read")
            return
        }
    }

    @Test func refusesSharedBytesAndNames() throws {
        var archive = ZipBytes.torch(pickle: pickle)
        archive.entries.append(archive.entries[0])
        #expect(try fault(of: archive) == .duplicateEntry(name: "archive/data.pkl"))
        let inner = ZipBytes.Entry("archive/b", [1, 2])
        // The whole of a second local header inside the contents of the first.
        var local = Array(ZipBytes([inner]).bytes().prefix(30 + inner.name.count + 2))
        local += [0, 0]
        archive = ZipBytes.torch(pickle: pickle)
        let offset = UInt32(archive.bytesBefore(entry: archive.entries.count))
        archive.entries.append(.init("archive/a", local))
        var hidden = inner
        hidden.directoryOffset = offset + 30 + 9
        archive.entries.append(hidden)
        #expect(try fault(of: archive) == .overlap(name: "archive/b"))
        archive = ZipBytes.torch(pickle: pickle)
        archive.entries[1].name = [0x61, 0xFF]
        #expect(try fault(of: archive) == .name(entry: 1))
    }

    @Test func refusesWhatFollowsTheEnd() throws {
        let bytes = ZipBytes.torch(pickle: pickle).bytes()
        #expect(try fault(of: bytes + [0]) == .noEndRecord)
        #expect(try fault(of: Array(bytes.dropLast())) == .noEndRecord)
        var shifted = bytes
        shifted.insert(contentsOf: [0, 0], at: bytes.count - 22)
        #expect(try fault(of: shifted) == .endRecord("the directory does not end where it starts"))
    }

    @Test func refusesDamaged64BitRecords() throws {
        var archive = ZipBytes.torch(pickle: pickle)
        archive.hasZip64 = true
        let bytes = archive.bytes()
        let record = bytes.count - 22 - 20 - 56
        for offset in [0, 4, 16, 24, 32, 40, 48, 56 + 4, 56 + 8, 56 + 16] {
            var damaged = bytes
            damaged[record + offset] ^= 1
            guard case .endRecord = try fault(of: damaged) else {
                Issue.record("byte \(offset) of the 64-bit records is not looked at")
                continue
            }
        }
    }
}

extension ZipBytes {
    /// Where the local header of the entry at this position starts.
    fileprivate func bytesBefore(entry index: Int) -> Int {
        entries[..<index].reduce(0) { $0 + 30 + $1.name.count + $1.contents.count }
    }
}
