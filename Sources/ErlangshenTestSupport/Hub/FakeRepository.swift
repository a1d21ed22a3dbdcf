import CErlangshenChecksum
import Foundation

/// A model as the hub would serve it: the interface's answers, and the files.
public struct FakeRepository: Sendable {
    /// A file of the model.
    public struct File: Sendable {
        /// Its name.
        public let path: String
        /// Its bytes.
        public let bytes: [UInt8]
        /// Whether the hub keeps it through LFS.
        public let isLarge: Bool

        /// A file.
        public init(_ path: String, _ bytes: [UInt8], isLarge: Bool = false) {
            (self.path, self.bytes, self.isLarge) = (path, bytes, isLarge)
        }

        /// The sum that names it: SHA-256 for a large one, git's for another.
        public var sum: String { isLarge ? FakeRepository.sha256(bytes) : FakeRepository.gitName(bytes) }
    }

    /// The name on the hub.
    public var id = "org/model"
    /// The commit of the main branch.
    public var commit = "0123456789abcdef0123456789abcdef01234567"
    /// The files.
    public var files: [File]
    /// Where large files are sent from; nil for the hub itself.
    public var largeFileOrigin: String?

    /// A model of these files.
    public init(_ files: [File]) {
        self.files = files
    }

    /// What the hub answers.
    public func answer(_ request: FakeServer.Request) -> [FakeServer.Step] {
        let api = "/api/models/\(id)/"
        if request.path.hasPrefix(api + "revision/") { return Self.json("{\"id\":\"\(id)\",\"sha\":\"\(commit)\"}") }
        if request.path.hasPrefix(api + "tree/") { return Self.json(tree) }
        let resolve = "/\(id)/resolve/"
        for file in files where request.path.hasPrefix(resolve) && request.path.hasSuffix("/" + file.path) {
            return answer(request, file)
        }
        return Self.reply("404 Not Found", ["X-Error-Code: EntryNotFound"], [])
    }

    /// The listing of the files.
    public var tree: String {
        let entries = files.map { file in
            let large =
                file.isLarge
                ? ",\"lfs\":{\"oid\":\"\(file.sum)\",\"size\":\(file.bytes.count),\"pointerSize\":134}" : ""
            let name = file.isLarge ? Self.gitName(Array(file.sum.utf8)) : file.sum
            return
                "{\"type\":\"file\",\"path\":\"\(file.path)\",\"size\":\(file.bytes.count),\"oid\":\"\(name)\"\(large)}"
        }
        return "[" + entries.joined(separator: ",") + "]"
    }

    private func answer(_ request: FakeServer.Request, _ file: File) -> [FakeServer.Step] {
        let headers = [
            "X-Repo-Commit: \(commit)", "X-Linked-Size: \(file.bytes.count)", "X-Linked-ETag: \"\(file.sum)\"",
        ]
        if file.isLarge, let largeFileOrigin {
            let place = "Location: \(largeFileOrigin)/blob/\(file.path)?signature=secret"
            return Self.reply("302 Found", headers + [place], [], isHead: request.method == "HEAD")
        }
        return Self.file(request, file.bytes, headers + ["ETag: \"\(file.sum)\""])
    }

    /// An answer with a file, or with the rest of it that a client asks for.
    public static func file(
        _ request: FakeServer.Request, _ bytes: [UInt8], _ headers: [String]
    ) -> [FakeServer.Step] {
        let isHead = request.method == "HEAD"
        guard let range = request.headers["range"], range.hasPrefix("bytes="), range.hasSuffix("-"),
            let first = Int(range.dropFirst(6).dropLast()), first < bytes.count
        else { return reply("200 OK", headers, bytes, isHead: isHead) }
        let part = "Content-Range: bytes \(first)-\(bytes.count - 1)/\(bytes.count)"
        return reply("206 Partial Content", headers + [part], Array(bytes[first...]), isHead: isHead)
    }

    /// An answer with a body, whose length is told.
    public static func reply(
        _ status: String, _ headers: [String], _ body: [UInt8], isHead: Bool = false
    ) -> [FakeServer.Step] {
        [.send(head(status, headers + ["Content-Length: \(body.count)"])), .send(isHead ? [] : body)]
    }

    /// An answer in JSON.
    public static func json(_ text: String, headers: [String] = []) -> [FakeServer.Step] {
        reply("200 OK", headers + ["Content-Type: application/json"], Array(text.utf8))
    }

    /// The head of an answer.
    public static func head(_ status: String, _ headers: [String]) -> [UInt8] {
        Array((["HTTP/1.1 \(status)", "Connection: close"] + headers + ["", ""]).joined(separator: "\r\n").utf8)
    }

    /// `sha256sum`.
    public static func sha256(_ bytes: [UInt8]) -> String {
        var hash = esh_sha256()
        var digest = [UInt8](repeating: 0, count: 32)
        esh_sha256_begin(&hash)
        esh_sha256_add(&hash, bytes, bytes.count)
        esh_sha256_end(&hash, &digest)
        return hexadecimal(digest)
    }

    /// `git hash-object`.
    public static func gitName(_ bytes: [UInt8]) -> String {
        var hash = esh_sha1()
        var digest = [UInt8](repeating: 0, count: 20)
        let head = Array("blob \(bytes.count)\0".utf8)
        esh_sha1_begin(&hash)
        esh_sha1_add(&hash, head, head.count)
        esh_sha1_add(&hash, bytes, bytes.count)
        esh_sha1_end(&hash, &digest)
        return hexadecimal(digest)
    }

    private static func hexadecimal(_ digest: [UInt8]) -> String {
        digest.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }
}
