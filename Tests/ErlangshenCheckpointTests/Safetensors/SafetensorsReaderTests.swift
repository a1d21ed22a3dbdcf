import ErlangshenCheckpoint
import Testing

/// The verdicts on legal files and on most refused ones are those of safetensors 0.8.0 (`safe_open`), which
/// tools/checkpoint-parity compares file by file; where this reader is stricter a comment says so.
@Suite struct SafetensorsReaderTests {
    private typealias Bytes = SafetensorsBytes

    private func fault(of bytes: [UInt8]) throws -> SafetensorsFault? {
        let folder = try TemporaryFolder()
        let path = try folder.write("model.safetensors", bytes)
        do throws(CheckpointError) {
            _ = try Checkpoint(file: path)
            return nil
        } catch {
            guard case .safetensors(path, let fault) = error else { throw error }
            #expect(!fault.description.isEmpty)
            return fault
        }
    }

    @Test func readsWhatPythonWrote() throws {
        let checkpoint = try Checkpoint(file: try Goldens.path("zoo.safetensors"))
        let expected = try Goldens.tensors().filter { $0.name != "decoder.weight" }
        #expect(checkpoint.format == .safetensors)
        #expect(checkpoint.tensors.count == expected.count)
        for (name, tensor) in expected {
            #expect(checkpoint.info(name)?.dtype.rawValue == tensor.dtype, "\(name)")
            #expect(checkpoint.info(name)?.shape == tensor.shape, "\(name)")
            #expect(try checkpoint.copy(of: name) == tensor.bytes, "\(name)")
            checkpoint.release(name)
            #expect(try checkpoint.copy(of: name) == tensor.bytes, "\(name) after release")
        }
        #expect(throws: CheckpointError.noSuchTensor(name: "none", path: checkpoint.path)) {
            try checkpoint.bytes(of: "none")
        }
    }

    @Test func refusesWrongLengths() throws {
        let whole = Bytes.single()
        #expect(try fault(of: Bytes.zeros(7)) == .tooShort(byteCount: 7))
        #expect(try fault(of: little(UInt64(2))) == .headerPastEnd(byteCount: 2, fileByteCount: 8))
        for length in [UInt64.max, 1 << 63, 100_000_001] {
            #expect(
                try fault(of: Bytes.file("{}", length: length)) == .headerTooLong(byteCount: length, limit: 100_000_000)
            )
        }
        #expect(
            try fault(of: Bytes.file("{}", length: 1_000)) == .headerPastEnd(byteCount: 1_000, fileByteCount: 10))
        #expect(try fault(of: Array(whole.dropLast(2))) == .dataLength(expected: 16, found: 14))
        #expect(try fault(of: Array(whole.dropLast(16))) == .dataLength(expected: 16, found: 0))
        #expect(try fault(of: whole + Array("PK\u{3}\u{4}".utf8)) == .dataLength(expected: 16, found: 20))
        #expect(try fault(of: little(UInt64(0))) != nil)
        #expect(try fault(of: Bytes.file("{\(Bytes.tensor())}", Bytes.zeros(16), length: 10)) != nil)
    }

    static let badHeaders: [[UInt8]] =
        [
            "{", "[]", "null", "\"x\"", "{\"a\":{\"dtype\":\"F32\",\"shape\":[2,2],\"data_offsets\":[0,16]},}",
            "{/*x*/}",
            "{\"a\":NaN}", "{} x", "{\"__metadata__\":\(String(repeating: "[", count: 100_000))",
            "{\"x\":\(String(repeating: "{\"x\":", count: 1_000))", "{}\0\0\0\0\0\0", "{\"a\":1}", "{\"a\":[]}",
            "{\"\\ud800\":{\"dtype\":\"F32\",\"shape\":[2,2],\"data_offsets\":[0,16]}}",
            "{\"__metadata__\":{\"x\":1}}", "{\"__metadata__\":{\"x\":{\"y\":\"z\"}}}", "{\"__metadata__\":[]}",
        ].map { Array($0.utf8) } + [
            Array("{\"".utf8) + [0xFF] + Array("\":1}".utf8), [0xEF, 0xBB, 0xBF, 0x7B, 0x7D],
            [0xFF, 0xFE, 0x7B, 0, 0x7D, 0],
        ]

    @Test(arguments: badHeaders)
    func refusesBadHeaders(header: [UInt8]) throws {
        guard case .header = try fault(of: Bytes.file(header, Bytes.zeros(16))) else {
            Issue.record("not refused as a damaged header: \(String(decoding: header.prefix(60), as: UTF8.self))")
            return
        }
    }

    @Test func refusesBadFields() throws {
        let data = Bytes.zeros(16)
        for (field, rest) in [
            ("dtype", "\"shape\":[2,2],\"data_offsets\":[0,16]"),
            ("shape", "\"dtype\":\"F32\",\"data_offsets\":[0,16]"),
            ("data_offsets", "\"dtype\":\"F32\",\"shape\":[2,2]"),
        ] {
            #expect(try fault(of: Bytes.file("{\"a\":{\(rest)}}", data)) == .missingField(tensor: "a", field: field))
            let doubled = "{\"a\":{\"dtype\":\"F32\",\"shape\":[2,2],\"data_offsets\":[0,16],\(rest)}}"
            guard case .duplicateField("a", _) = try fault(of: Bytes.file(doubled, data)) else {
                Issue.record("a field twice was read beside \(field)")
                continue
            }
        }
        #expect(try fault(of: Bytes.single(dtype: "\"F33\"")) == .unknownDType(tensor: "a", dtype: "F33"))
        #expect(try fault(of: Bytes.single(dtype: "\"f32\"")) == .unknownDType(tensor: "a", dtype: "f32"))
        for file in [
            Bytes.single(dtype: "1"), Bytes.single(shape: "[2.0,2]"), Bytes.single(shape: "[2e0,2]"),
            Bytes.single(shape: "[\"2\",2]"), Bytes.single(shape: "null"), Bytes.single(shape: "[true,4]"),
            Bytes.single(offsets: "[0,9223372036854775808]"), Bytes.single(shape: "[2,18446744073709551614]"),
            // The reference accepts an empty tensor with a size of 2^63; no program could have made one.
            Bytes.single(shape: "[0,9223372036854775808]", offsets: "[0,0]", count: 0),
        ] {
            guard case .header = try fault(of: file) else {
                Issue.record("not refused as a damaged header: \(String(decoding: file, as: UTF8.self))")
                continue
            }
        }
    }

    @Test func refusesBadShapes() throws {
        func shapeFault(_ file: [UInt8]) throws -> TensorFault? {
            guard case .shape("a", let fault) = try fault(of: file) else { return nil }
            return fault
        }
        #expect(try shapeFault(Bytes.single(shape: "[-2,-2]")) == .negativeSize(shape: [-2, -2]))
        #expect(
            try shapeFault(Bytes.single(dtype: "\"I32\"", shape: "[2,9223372036854775807]"))
                == .tooLarge(shape: [2, .max]))
        #expect(
            try shapeFault(Bytes.single(shape: "[1099511627776,1099511627776,0]", offsets: "[0,0]", count: 0))
                == .tooLarge(shape: [1 << 40, 1 << 40, 0]))
        #expect(
            try shapeFault(Bytes.single(dtype: "\"F4\"", shape: "[3]", offsets: "[0,1]", count: 1))
                == .partialByte(dtype: .f4, shape: [3]))
        // The reference accepts any rank; 32 dimensions are more than anything has.
        let ones = "[" + [String](repeating: "1", count: 100_000).joined(separator: ",") + "]"
        #expect(
            try shapeFault(Bytes.single(shape: ones, offsets: "[0,4]", count: 4)) == .rankTooHigh(rank: 33, limit: 32))
        #expect(try fault(of: Bytes.single(offsets: "[-16,0]")) == .offsets(tensor: "a", [-16, 0]))
        #expect(try fault(of: Bytes.single(offsets: "[16,0]")) == .offsets(tensor: "a", [16, 0]))
        #expect(try fault(of: Bytes.single(offsets: "[0]")) == .offsets(tensor: "a", [0]))
        #expect(try fault(of: Bytes.single(offsets: "[0,16,16]")) == .offsets(tensor: "a", [0, 16, 16]))
        #expect(
            try fault(of: Bytes.single(offsets: "[0,4]", count: 4))
                == .sizeMismatch(tensor: "a", expected: 16, found: 4))
    }

    @Test func refusesOverlapAndHoles() throws {
        func two(_ first: String, _ second: String, _ count: Int) -> [UInt8] {
            Bytes.file(
                "{\(Bytes.tensor("a", offsets: first)),\(Bytes.tensor("b", offsets: second))}", Bytes.zeros(count))
        }
        #expect(
            try fault(of: two("[0,16]", "[0,16]", 16)) == .overlap(tensor: "b", start: 0, previousEnd: 16))
        #expect(try fault(of: two("[0,16]", "[8,24]", 24)) == .overlap(tensor: "b", start: 8, previousEnd: 16))
        #expect(try fault(of: two("[0,16]", "[20,36]", 36)) == .hole(tensor: "b", start: 20, previousEnd: 16))
        #expect(
            try fault(of: Bytes.single(offsets: "[4,20]", count: 20)) == .hole(tensor: "a", start: 4, previousEnd: 0))
        #expect(try fault(of: two("[0,16]", "[16,32]", 16)) == .dataLength(expected: 32, found: 16))
    }

    /// The reference reader accepts both; its own description of the format forbids them.
    @Test func refusesDuplicates() throws {
        let other = Bytes.tensor("a", dtype: "\"I32\"", shape: "[4]")
        for second in [Bytes.tensor(), other, Bytes.tensor("\\u0061")] {
            let file = Bytes.file("{\(Bytes.tensor()),\(second)}", Bytes.zeros(16))
            #expect(try fault(of: file) == .duplicateTensor(name: "a"))
        }
        let metadata = Bytes.file("{\"__metadata__\":{\"k\":\"1\",\"k\":\"2\"}}")
        #expect(try fault(of: metadata) == .duplicateMetadata(key: "k"))
    }

    @Test func acceptsLegalOddities() throws {
        let data: [UInt8] = (0..<16).map { $0 }
        let member = Bytes.tensor()
        let folder = try TemporaryFolder()
        for (index, header) in [
            "{\(member)}", "\t\n{\(member)}\r ", "{\(member)} ", "{\"__metadata__\":{\"format\":\"pt\"},\(member)}",
            "{\"__metadata__\":null,\(member)}",
            "{\"a\":{\"x\":[{\"y\":1e5}],\"data_offsets\":[0,16],\"shape\":[2,2],\"dtype\":\"F32\"}}",
        ].enumerated() {
            let path = try folder.write("\(index)", Bytes.file(header, data))
            #expect(try Checkpoint(file: path).copy(of: "a") == data, "\(header)")
        }
        for (name, written) in [("", ""), ("a\0b", "a\\u0000b"), ("../../etc/passwd", "../../etc/passwd")] {
            let path = try folder.write("name", Bytes.file("{\(Bytes.tensor(written))}", data))
            #expect(try Checkpoint(file: path).copy(of: name) == data)
        }
        let long = String(repeating: "a", count: 1_000_000)
        let path = try folder.write("long", Bytes.file("{\(Bytes.tensor(long))}", data))
        #expect(try Checkpoint(file: path).copy(of: long) == data)
        #expect(try Checkpoint(file: try folder.write("none", Bytes.file("{}"))).tensors.isEmpty)
    }

    @Test func acceptsEmptyTensorsAndAnyOrder() throws {
        let header = [
            Bytes.tensor("z", shape: "[0]", offsets: "[0,0]"), Bytes.tensor("y", shape: "[2,0]", offsets: "[0,0]"),
            Bytes.tensor("b", offsets: "[16,32]"), Bytes.tensor("a"),
            Bytes.tensor("s", dtype: "\"I32\"", shape: "[]", offsets: "[32,36]"),
        ].joined(separator: ",")
        let data = (0..<36).map { UInt8($0) }
        let folder = try TemporaryFolder()
        let checkpoint = try Checkpoint(file: try folder.write("m", Bytes.file("{\(header)}", data)))
        #expect(checkpoint.tensors.map(\.name) == ["y", "z", "a", "b", "s"])
        #expect(try checkpoint.copy(of: "b") == Array(data[16..<32]))
        #expect(try checkpoint.copy(of: "z").isEmpty)
        #expect(checkpoint.info("s")?.elementCount == 1)
    }

    /// Two names that Unicode calls equivalent are two tensors.
    @Test func tellsNamesApartByBytes() throws {
        let header = "{\(Bytes.tensor("\u{E9}")),\(Bytes.tensor("e\u{301}", offsets: "[16,32]"))}"
        let data = (0..<32).map { UInt8($0) }
        let folder = try TemporaryFolder()
        let checkpoint = try Checkpoint(file: try folder.write("m", Bytes.file(header, data)))
        #expect(try checkpoint.copy(of: "e\u{301}") == Array(data[16...]))
        #expect(try checkpoint.copy(of: "\u{E9}") == Array(data[..<16]))
    }

    @Test func boundsTotals() throws {
        func many(_ count: Int, shape: String, name: String) -> [UInt8] {
            let members = (0..<count).map { index in
                Bytes.tensor("\(name)\(index)", dtype: "\"U8\"", shape: shape, offsets: "[0,0]")
            }
            return Bytes.file("{\(members.joined(separator: ","))}")
        }
        let ones = "[0" + String(repeating: ",1", count: 31) + "]"
        #expect(try fault(of: many(16_385, shape: ones, name: "")) == .tooManyDimensions(limit: 1 << 19))
        let name = String(repeating: "n", count: 1 << 20)
        #expect(try fault(of: many(16, shape: "[0]", name: name)) == .namesTooLong(limit: 8 << 20))
        let entries = (0..<9).map { "\"\($0)\":\"\(name)\"" }.joined(separator: ",")
        #expect(
            try fault(of: Bytes.file("{\"__metadata__\":{\(entries)}}")) == .metadataTooLong(limit: 8 << 20))
    }

    @Test func boundsCounts() throws {
        let entry = (0...131_072).map { "\"\($0)\":{\"dtype\":\"U8\",\"shape\":[0],\"data_offsets\":[0,0]}" }
        #expect(
            try fault(of: Bytes.file("{" + entry.joined(separator: ",") + "}")) == .tooManyTensors(limit: 131_072))
    }
}
