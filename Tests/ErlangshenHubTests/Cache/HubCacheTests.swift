import ErlangshenTestSupport
import Foundation
import Testing

@testable import ErlangshenHub

@Suite struct HubCacheTests {
    private let id = "org/model"

    @Test func located() async throws {
        let fixture = try HubFixture()
        #expect(throws: HubError.notCached(id: id, revision: "v1", cache: fixture.cachePath)) {
            try fixture.cache.locate("org/model@v1")
        }
        #expect(throws: HubError.invalidID("a/b/c")) { try fixture.cache.locate("a/b/c") }
        #expect(throws: HubError.invalidRevision("../x")) { try fixture.cache.locate("org/model@../x") }
        try await fixture.pull()
        for name in [id, fixture.modelPath, fixture.modelPath + "/", "models--org--model"] {
            #expect(try fixture.cache.locate(name) == fixture.snapshot)
        }
        // The only commit will do where no branch is known.
        try FileManager.default.removeItem(atPath: fixture.modelPath + "/refs")
        #expect(try fixture.cache.locate(fixture.modelPath) == fixture.snapshot)
    }

    @Test func listedAndRemoved() async throws {
        let fixture = try HubFixture()
        #expect(fixture.cache.models() == [])
        try await fixture.pull()
        var repository = FakeRepository([.init("config.json", Array("{}".utf8)), HubFixture.weights])
        repository.commit = String(repeating: "f", count: 40)
        try await HubFixture(repository).pull(["HF_HUB_CACHE": fixture.cachePath], revision: "next")
        let model = try #require(fixture.cache.models().first)
        #expect(model.byteCount == 29 + 16 + 100_003 + 2)
        #expect(model.revisions.map(\.names) == [["main"], ["next"]])
        #expect(model.revisions.map(\.byteCount) == [100_048, 100_005])
        // The weights are those of both commits and stay.
        #expect(try fixture.cache.remove(RepositoryID(id), revision: Revision("next")) == 2)
        fixture.expectWhole()
        #expect(fixture.cache.models().first?.revisions.count == 1)
        #expect(throws: HubError.notCached(id: id, revision: "next", cache: fixture.cachePath)) {
            try fixture.cache.remove(RepositoryID(id), revision: Revision("next"))
        }
        #expect(try fixture.cache.remove(RepositoryID(id), revision: .mainBranch) == 100_048)
        #expect(HubFiles.kind(fixture.modelPath) == nil)
    }

    @Test func foreignFoldersAreLeftAlone() async throws {
        let fixture = try HubFixture()
        for name in ["datasets--a--b", "models--", "models--a--b--c", "models--..--x", ".locks", "models--a--"] {
            try FileManager.default.createDirectory(
                atPath: fixture.cachePath + "/" + name, withIntermediateDirectories: true)
        }
        #expect(fixture.cache.models() == [])
    }

    @Test func namesOfModels() throws {
        for text in ["gpt2", "IDEA-CCNL/Erlangshen-DeBERTa-v2-97M-Chinese", "a_b/c.d-e", "A/1"] {
            let id = try RepositoryID(text)
            #expect(id.description == text)
            #expect(RepositoryID(folderName: id.folderName) == id)
        }
        for text in [
            "", "/", "a/", "/a", "a/b/c", "../a", "a/..", "a--b/c", "a/b.git", "-a/b", "a/b-", "a/.b", "a b/c", "中/文",
            "a/b\n", "a\\b", String(repeating: "a", count: 97), "a/b?c", "a/b#c", "a/b@c",
        ] {
            #expect(throws: HubError.invalidID(text)) { try RepositoryID(text) }
        }
    }

    /// `python3 -c 'import sys; sys.stdout.buffer.write(bytes(i*7 % 251 for i in range(100003)))'`, piped into `sha256sum`
    /// and `git hash-object --stdin`.
    @Test func sumsOfManyBlocks() {
        let bytes = HubFixture.weights.bytes
        let sums = [
            ContentHash.sha256("adb88f7b4c6997396951be8cdb7c8d21e6f6640578db1dd56f8361306bab51f0"),
            .gitBlob("3281a516b0627335f8373b506ced88d8619e3351"),
        ]
        for hash in sums {
            for piece in [1, 55, 56, 63, 64, 65, 4_096, 100_003] {
                var hasher = ContentHasher(like: hash, byteCount: bytes.count)
                for start in stride(from: 0, to: bytes.count, by: piece) {
                    bytes[start..<min(start + piece, bytes.count)].withUnsafeBytes { hasher.add($0) }
                }
                #expect(hasher.hexadecimal() == hash.hexadecimal, "pieces of \(piece)")
            }
        }
        #expect(HubFixture.weights.sum == sums[0].hexadecimal)
    }

    /// `printf abc | sha256sum`, `printf abc | git hash-object --stdin`, and the same of nothing.
    @Test func sums() {
        for (text, sha256, git) in [
            (
                "abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
                "f2ba8f84ab5c1bce84a7b441cb1959cfc7093b7f"
            ),
            (
                "", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
                "e69de29bb2d1d6434b8b29ae775ad8c2e48c5391"
            ),
        ] {
            for (hash, expected) in [(ContentHash.sha256(sha256), sha256), (.gitBlob(git), git)] {
                var hasher = ContentHasher(like: hash, byteCount: text.utf8.count)
                for byte in text.utf8 { withUnsafeBytes(of: byte) { hasher.add($0) } }
                #expect(hasher.hexadecimal() == expected)
            }
        }
    }
}
