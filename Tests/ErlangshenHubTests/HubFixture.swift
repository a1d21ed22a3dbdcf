import ErlangshenTestSupport
import Foundation
import Synchronization
import Testing

@testable import ErlangshenHub

/// A fake hub, a folder for the cache, and a client between them.
final class HubFixture: Sendable {
    /// What the server does in place of what is right: told the request and how many of its address came before.
    typealias Mischief = @Sendable (FakeServer.Request, Int) -> [FakeServer.Step]?

    let repository: FakeRepository
    let server: FakeServer
    let folder: String
    private let token: String?
    private let attempts: Int
    private let waits = Mutex<[Double]>([])
    private let events = Mutex<[PullEvent]>([])

    static let config = FakeRepository.File("config.json", Array("{\"model_type\": \"deberta-v2\"}\n".utf8))
    static let vocabulary = FakeRepository.File("vocab.txt", Array("[PAD]\n[UNK]\n中\n".utf8))
    /// 100,003 bytes that do not repeat early.
    static let weights = FakeRepository.File(
        "model.safetensors", (0..<100_003).map { UInt8($0 * 7 % 251) }, isLarge: true)
    static let weightsPath = "/org/model/resolve/0123456789abcdef0123456789abcdef01234567/model.safetensors"

    /// Starts a hub with a small model.
    init(
        _ repository: FakeRepository = FakeRepository([config, vocabulary, weights]), token: String? = nil,
        attempts: Int = 3,
        mischief: @escaping Mischief = { _, _ in nil }
    ) throws {
        self.repository = repository
        self.token = token
        self.attempts = attempts
        let counts = Counts()
        server = try FakeServer { request in
            mischief(request, counts.next(request.path)) ?? repository.answer(request)
        }
        folder = NSTemporaryDirectory() + "erlangshen-hub-" + UUID().uuidString
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    }

    deinit {
        server.stop()
        try? FileManager.default.removeItem(atPath: folder)
    }

    private final class Counts: Sendable {
        private let counts = Mutex<[String: Int]>([:])

        func next(_ path: String) -> Int {
            counts.withLock { counts in
                counts[path, default: 0] += 1
                return counts[path, default: 1] - 1
            }
        }
    }

    var cachePath: String { folder + "/hub" }
    var cache: HubCache { HubCache(directory: cachePath) }
    var modelPath: String { cachePath + "/models--org--model" }
    var blobs: String { modelPath + "/blobs" }
    var snapshot: String { modelPath + "/snapshots/" + repository.commit }
    /// Pauses between attempts, in seconds; none of them was slept through.
    var pauses: [Double] { waits.withLock { $0 } }
    var told: [PullEvent] { events.withLock { $0 } }

    /// Requests for the weights.
    var weightRequests: [FakeServer.Request] { server.requests.filter { $0.path == Self.weightsPath } }

    /// From which byte on the weights were asked for, each time; nil for the whole.
    var offsets: [Int?] {
        weightRequests.map { request in
            request.headers["range"].flatMap { Int($0.dropFirst("bytes=".count).dropLast()) }
        }
    }

    /// Settings for this hub, with more variables.
    func settings(_ variables: [String: String] = [:]) throws -> HubSettings {
        var all = [
            "HF_ENDPOINT": "http://127.0.0.1:\(server.port)", "HF_HUB_CACHE": cachePath, "HOME": folder,
            "HF_TOKEN": token ?? "", "HF_HUB_ETAG_TIMEOUT": "60", "HF_HUB_DOWNLOAD_TIMEOUT": "60",
        ]
        all.merge(variables) { $1 }
        return try HubSettings { all[$0] }
    }

    func client(_ variables: [String: String] = [:]) throws -> HubClient {
        var policy = RetryPolicy()
        policy.attempts = attempts
        return HubClient(try settings(variables), policy: policy) { [self] seconds in
            waits.withLock { $0.append(seconds) }
        }
    }

    /// Fetches the model.
    @discardableResult
    func pull(
        _ variables: [String: String] = [:], revision: String = "main", include: [String] = []
    ) async throws -> PulledModel {
        try await client(variables).pull(
            RepositoryID(repository.id), revision: Revision(revision), include: include
        ) { [self] event in events.withLock { $0.append(event) } }
    }

    /// The error that fetching ends with.
    func failure(
        _ variables: [String: String] = [:], revision: String = "main", include: [String] = [],
        at location: SourceLocation = #_sourceLocation
    ) async -> HubError? {
        do {
            try await pull(variables, revision: revision, include: include)
            Issue.record("nothing was thrown", sourceLocation: location)
            return nil
        } catch {
            return error as? HubError
        }
    }

    func bytes(_ path: String) -> [UInt8]? { FileManager.default.contents(atPath: path).map { Array($0) } }

    /// The names in the folder of blobs that are no temporary files.
    var blobNames: [String] { HubFiles.names(in: blobs).filter { !$0.contains(".") } }

    /// The temporary files that hold a part.
    var partials: [String] { HubFiles.names(in: blobs).filter { $0.hasSuffix(".incomplete") } }

    /// The bar for every test: each file in the cache is the one that the hub means, byte by byte.
    func expectNothingWrong(at location: SourceLocation = #_sourceLocation) {
        let right = Dictionary(repository.files.map { ($0.sum, $0.bytes) }) { first, _ in first }
        for name in blobNames {
            #expect(bytes(blobs + "/" + name) == right[name], "blob \(name)", sourceLocation: location)
        }
        for file in repository.files {
            guard HubFiles.kind(snapshot + "/" + file.path) != nil else { continue }
            #expect(bytes(snapshot + "/" + file.path) == file.bytes, "\(file.path)", sourceLocation: location)
        }
        if HubFiles.kind(modelPath + "/refs/main") != nil { expectWhole(at: location) }
    }

    /// All files are there, and the branch points to them.
    func expectWhole(at location: SourceLocation = #_sourceLocation) {
        for file in repository.files {
            #expect(bytes(snapshot + "/" + file.path) == file.bytes, "\(file.path)", sourceLocation: location)
        }
        #expect(bytes(modelPath + "/refs/main") == Array(repository.commit.utf8), sourceLocation: location)
    }

    /// A fixture whose server misbehaves when the weights are asked for, `times` times.
    static func withWeights(
        times: Int = .max, attempts: Int = 3, _ answer: @escaping @Sendable (FakeServer.Request) -> [FakeServer.Step]
    ) throws -> HubFixture {
        try HubFixture(attempts: attempts) { request, count in
            request.path == weightsPath && count < times ? answer(request) : nil
        }
    }

    /// Whether a temporary file in a folder of blobs has this many bytes.
    static func hasPartial(_ byteCount: Int, in blobs: String) -> Bool {
        HubFiles.names(in: blobs).contains {
            $0.hasSuffix(".incomplete") && HubFiles.size(blobs + "/" + $0) == byteCount
        }
    }

    /// An answer with headers of one's own and the weights, or other bytes.
    static func reply(
        _ status: String = "200 OK", _ headers: [String] = [], _ body: [UInt8] = weights.bytes
    ) -> [FakeServer.Step] { [.send(FakeRepository.head(status, headers)), .send(body)] }

    /// The announced length of the weights.
    static let length = "Content-Length: \(weights.bytes.count)"
}
