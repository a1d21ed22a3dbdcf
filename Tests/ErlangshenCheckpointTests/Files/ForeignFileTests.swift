import ErlangshenCheckpoint
import Foundation
import Testing

/// Files that stand under the name of a checkpoint and are something else.
@Suite struct ForeignFileTests {
    private func kind(of bytes: [UInt8]) throws -> ForeignFile? {
        let folder = try TemporaryFolder()
        var kinds: [ForeignFile?] = []
        for name in ["model.safetensors", "pytorch_model.bin"] {
            let path = try folder.write(name, bytes)
            do throws(CheckpointError) {
                _ = try Checkpoint(file: path)
                kinds.append(nil)
            } catch {
                if case .foreignFile(path, let kind) = error { kinds.append(kind) } else { kinds.append(nil) }
            }
        }
        #expect(kinds[0] == kinds[1], "the name of the file makes a difference")
        return kinds[0]
    }

    @Test func recognisesTexts() throws {
        let pointer = """
            version https://git-lfs.github.com/spec/v1
            oid sha256:4d7a214614ab2935c943f9e0ff69d22eadbb8f32b1258daaa5e2ca24d17e2393
            size 195323456

            """
        #expect(try kind(of: Array(pointer.utf8)) == .gitLFSPointer)
        for page in [
            "<!DOCTYPE html>\n<html>", "\n  <HTML lang=en>", "<?xml version=\"1.0\"?><Error/>", "\u{FEFF}<html>",
        ] {
            #expect(try kind(of: Array(page.utf8)) == .html)
        }
        for text in ["{\"error\":\"Repository not found\"}", " \n[1, 2, 3, 4]", "{}"] {
            #expect(try kind(of: Array(text.utf8)) == .json)
        }
    }

    @Test func recognisesOtherFormats() throws {
        #expect(try kind(of: []) == .empty)
        #expect(try kind(of: try Goldens.bytes("zoo_legacy.bin")) == nil)
        #expect(try kind(of: PickleBytes().emptyDict.stop) == .pickle)
        #expect(try kind(of: PickleBytes(version: 4).emptyDict.stop) == .pickle)
        var tar = [UInt8](repeating: 0, count: 512)
        tar.replaceSubrange(0..<8, with: Array("storages".utf8))
        tar.replaceSubrange(257..<262, with: Array("ustar".utf8))
        #expect(try kind(of: tar) == .tar)
        let tail = [UInt8](repeating: 7, count: 32)
        #expect(try kind(of: [0x1F, 0x8B, 8, 0] + tail) == .compressed("gzip"))
        #expect(try kind(of: [0x28, 0xB5, 0x2F, 0xFD] + tail) == .compressed("zstd"))
        #expect(try kind(of: Array("BZh9".utf8) + tail) == .compressed("bzip2"))
        #expect(try kind(of: [0xFD, 0x37, 0x7A, 0x58, 0x5A, 0] + tail) == .compressed("xz"))
        #expect(try kind(of: [0x89, 0x48, 0x44, 0x46, 0x0D, 0x0A, 0x1A, 0x0A] + tail) == .hdf5)
        #expect(try kind(of: Array("GGUF".utf8) + tail) == .gguf)
        #expect(try kind(of: [0x93] + Array("NUMPY".utf8) + tail) == .numpy)
    }

    /// A safetensors file whose header length happens to spell another format is still one.
    @Test func believesAPlausibleHeaderFirst() throws {
        let name = String(repeating: "n", count: 0x0400)
        let member = SafetensorsBytes.tensor(name, dtype: "\"U8\"", shape: "[0]", offsets: "[0,0]")
        var header = Array("{\(member)}".utf8)
        header += [UInt8](repeating: 0x20, count: 0x3080 - header.count)
        let file = SafetensorsBytes.file(header)
        #expect(file.starts(with: [0x80, 0x30]))
        header += [UInt8](repeating: 0x20, count: 0x0280 + 0x4000 - header.count)
        let pickleLike = SafetensorsBytes.file(header)
        #expect(pickleLike.starts(with: [0x80, 0x42]))
        for bytes in [file, pickleLike] { #expect(try kind(of: bytes) == nil) }
        let folder = try TemporaryFolder()
        #expect(try Checkpoint(file: try folder.write("m", file)).tensors.map(\.name) == [name])
    }

    @Test func refusesWhatIsNoFile() throws {
        let folder = try TemporaryFolder()
        #expect(throws: CheckpointError.notAFile(path: folder.path)) { try Checkpoint(file: folder.path) }
        #expect(throws: CheckpointError.notAFile(path: "/dev/null")) { try Checkpoint(file: "/dev/null") }
        #expect(throws: CheckpointError.system(operation: "open", path: folder.path("no"), code: ENOENT)) {
            try Checkpoint(file: folder.path("no"))
        }
    }
}
