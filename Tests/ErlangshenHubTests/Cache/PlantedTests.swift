import ErlangshenTestSupport
import Foundation
import Testing

@testable import ErlangshenHub

/// A cache into which somebody has put what does not belong there.
@Suite struct PlantedTests {
    private let outside = NSTemporaryDirectory() + "erlangshen-outside-" + UUID().uuidString

    private func withOutside(_ body: (HubFixture) async throws -> Void) async throws {
        try FileManager.default.createDirectory(atPath: outside, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: outside) }
        try Data("precious".utf8).write(to: URL(fileURLWithPath: outside + "/file"))
        let fixture = try HubFixture()
        try FileManager.default.createDirectory(atPath: fixture.modelPath, withIntermediateDirectories: true)
        try await body(fixture)
        #expect(HubFiles.text(outside + "/file") == "precious")
        #expect(HubFiles.names(in: outside) == ["file"])
    }

    private func link(_ path: String, to target: String) throws {
        let folder = URL(fileURLWithPath: path).deletingLastPathComponent()
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        try FileManager.default.createSymbolicLink(atPath: path, withDestinationPath: target)
    }

    @Test(arguments: ["blobs", "snapshots", "snapshots/0123456789abcdef0123456789abcdef01234567", "refs"])
    func linkedFolder(name: String) async throws {
        try await withOutside { fixture in
            try link(fixture.modelPath + "/" + name, to: outside)
            #expect(await fixture.failure() == .foreignLink(path: fixture.modelPath + "/" + name))
        }
    }

    @Test func linkedModel() async throws {
        try await withOutside { fixture in
            try FileManager.default.removeItem(atPath: fixture.modelPath)
            try link(fixture.modelPath, to: outside)
            #expect(await fixture.failure() == .foreignLink(path: fixture.modelPath))
            #expect(throws: HubError.foreignLink(path: fixture.modelPath)) {
                try fixture.cache.remove(RepositoryID("org/model"))
            }
        }
    }

    @Test func linkInPlaceOfABlob() async throws {
        try await withOutside { fixture in
            try link(fixture.blobs + "/" + HubFixture.config.sum, to: outside + "/file")
            try await fixture.pull()
            fixture.expectWhole()
            #expect(HubFiles.kind(fixture.blobs + "/" + HubFixture.config.sum) == .file)
        }
    }

    @Test func linkToElsewhereInASnapshot() async throws {
        try await withOutside { fixture in
            try link(fixture.snapshot + "/config.json", to: outside + "/file")
            let (_, faults) = try fixture.cache.verify(RepositoryID("org/model"))
            #expect(faults.map(\.kind) == [.strayLink(target: outside + "/file")])
            try await fixture.pull()
            fixture.expectWhole()
        }
    }

    @Test func removalFollowsNoLink() async throws {
        try await withOutside { fixture in
            try await fixture.pull()
            try link(fixture.snapshot + "/stray", to: outside)
            try link(fixture.blobs + "/stray", to: outside)
            let freed = try fixture.cache.remove(RepositoryID("org/model"))
            #expect(freed == 100_048)
            #expect(HubFiles.kind(fixture.modelPath) == nil)
        }
    }

    @Test func wrongBlobOfTheRightLength() async throws {
        try await withOutside { fixture in
            try await fixture.pull()
            let path = fixture.blobs + "/" + HubFixture.weights.sum
            try Data([UInt8](repeating: 0, count: 100_003)).write(to: URL(fileURLWithPath: path))
            let (count, faults) = try fixture.cache.verify(RepositoryID("org/model"))
            #expect(count == 3)
            #expect(faults.map(\.path) == [fixture.snapshot + "/model.safetensors"])
            // head -c 100003 /dev/zero | sha256sum
            #expect(
                faults.map(\.kind) == [
                    .wrongHash(
                        expected: HubFixture.weights.sum,
                        found: "eb0330241089a7f82c487687c5f43e82aad52fc16a0b0ca3ae10e2debff06b18")
                ])
            try await fixture.pull()
            fixture.expectWhole()
            #expect(try fixture.cache.verify(RepositoryID("org/model")).faults == [])
        }
    }

    @Test func brokenLink() async throws {
        let fixture = try HubFixture()
        try await fixture.pull()
        try FileManager.default.removeItem(atPath: fixture.blobs + "/" + HubFixture.config.sum)
        #expect(try fixture.cache.verify(RepositoryID("org/model")).faults.map(\.kind) == [.missing])
        try await fixture.pull()
        fixture.expectWhole()
    }

    @Test(arguments: ["", "nonsense", "../../../../etc", String(repeating: "f", count: 300), "\u{0}"])
    func refOfNonsense(text: String) async throws {
        let fixture = try HubFixture()
        try await fixture.pull()
        try Data(text.utf8).write(to: URL(fileURLWithPath: fixture.modelPath + "/refs/main"))
        #expect(throws: HubError.notCached(id: "org/model", revision: "main", cache: fixture.cachePath)) {
            try fixture.cache.locate("org/model")
        }
        try await fixture.pull()
        fixture.expectWhole()
    }

    @Test(arguments: ["", "[]", "{\"format_version\": 1, \"files\": {\"../x\": {\"size\": 1, \"blob_id\": \"\"}}}"])
    func listOfNonsense(text: String) async throws {
        let fixture = try HubFixture()
        try await fixture.pull()
        let path = fixture.modelPath + "/trees/\(fixture.repository.commit).json"
        try Data(text.utf8).write(to: URL(fileURLWithPath: path))
        #expect(TreeRecord(path) == nil)
        #expect(try await fixture.pull(["HF_HUB_OFFLINE": "1"]).files.count == 3)
    }
}
