import AsyncHTTPClient
import NIOCore

/// One file on its way into the cache.
struct FileDownload {
    let client: HubClient
    let transport: HubTransport
    let id: RepositoryID
    let commit: String
    let file: RemoteFile
    let report: @Sendable (PullEvent) -> Void

    /// Bytes between two reports.
    private static let reportByteCount = 1 << 18

    private var url: HubURL {
        client.settings.address.appending(
            RemotePath.escaped(id.description) + "/resolve/" + commit + "/" + RemotePath.escaped(file.path))
    }

    /// Fetches the file into the folder of blobs, going on where it stopped.
    ///
    /// A wrong sum is given one more chance from the first byte: what an earlier attempt left may be to blame.
    func run(into blobs: String) async throws(HubError) {
        let partial = try PartialFile(file.hash, byteCount: file.byteCount, in: blobs)
        var (failures, restarts) = (0, 0)
        while true {
            let start = partial.count
            do throws(HubError) {
                try await receive(into: partial)
                guard let found = try partial.settle() else { return }
                throw .wrongContent(
                    path: file.path, .wrongHash(expected: file.hash.hexadecimal, found: found))
            } catch {
                if case .wrongContent(_, let fault) = error {
                    guard fault.isWorthAnotherTry, restarts == 0 else {
                        partial.discard()
                        throw error
                    }
                    restarts += 1
                    try partial.restart()
                    report(.retrying(afterSeconds: 0, error))
                    continue
                }
                failures = partial.count - start >= client.policy.progressByteCount ? 1 : failures + 1
                guard let seconds = client.policy.wait(after: error, failures: failures) else { throw error }
                report(.retrying(afterSeconds: seconds, error))
                await client.pause(seconds)
            }
        }
    }

    /// Asks for what is missing and takes what comes, up to the last byte of the file.
    private func receive(into partial: PartialFile) async throws(HubError) {
        report(.received(path: file.path, byteCount: partial.count, total: file.byteCount))
        guard partial.count < file.byteCount else { return }
        var headers: [(String, String)] = []
        if partial.count > 0 {
            headers.append(("range", "bytes=\(partial.count)-"))
            if let validator = partial.validator { headers.append(("if-range", validator)) }
        }
        let answer = try await transport.get(url, headers: headers)
        try check(answer)
        try fit(answer, partial)
        partial.note(validator: answer.header("etag").flatMap(PartialFile.strongTag))
        try await copy(answer, into: partial)
    }

    /// - Throws: what makes an answer unfit, whatever part of the file it brings.
    private func check(_ answer: HubAnswer) throws(HubError) {
        guard [200, 206, 416].contains(answer.status) else {
            throw HubError(
                refusal: answer, id, revision: .mainBranch, path: file.path,
                hasToken: client.settings.token != nil)
                ?? .status(
                    url: answer.url.description, code: answer.status, retryAfterSeconds: answer.retryAfterSeconds)
        }
        try answer.requireIdentity()
        if let found = answer.commit, found != commit {
            throw .wrongContent(path: file.path, .otherCommit(expected: commit, found: found))
        }
        if let tag = answer.hubTag.flatMap(Self.sum), tag != file.hash {
            throw .wrongContent(
                path: file.path, .otherFile(expected: file.hash.hexadecimal, found: tag.hexadecimal))
        }
        let isPage = answer.header("content-type")?.lowercased().hasPrefix("text/html") == true
        if isPage, answer.commit == nil, !file.path.hasSuffix(".html") {
            throw .wrongContent(path: file.path, .webPage)
        }
    }

    /// Makes the partial file end where the answer begins.
    ///
    /// - Throws: `transfer` when the answer is another part, or has another length.
    private func fit(_ answer: HubAnswer, _ partial: PartialFile) throws(HubError) {
        let place = answer.url.description
        switch answer.status {
        case 416:
            let offset = partial.count
            try partial.restart()
            throw .transfer(url: place, .rangeRefused(offset: offset))
        case 206:
            let range = answer.header("content-range") ?? "nothing"
            guard ByteRange(range) == ByteRange(first: partial.count, last: file.byteCount - 1, total: file.byteCount)
            else {
                let offset = partial.count
                try partial.restart()
                throw .transfer(url: place, .wrongRange(asked: offset, answered: range))
            }
        default:
            if partial.count > 0 { try partial.restart() }
        }
        let expected = file.byteCount - partial.count
        if let length = answer.header("content-length").flatMap({ Int($0) }), length != expected {
            throw .transfer(url: place, .wrongLength(announced: length, expected: expected))
        }
    }

    private func copy(_ answer: HubAnswer, into partial: PartialFile) async throws(HubError) {
        var iterator = answer.response.body.makeAsyncIterator()
        var reported = partial.count
        while partial.count < file.byteCount {
            guard let chunk = try await answer.next(&iterator, received: partial.count, expected: file.byteCount) else {
                throw .transfer(
                    url: answer.url.description, .closed(received: partial.count, expected: file.byteCount))
            }
            guard chunk.readableBytes <= file.byteCount - partial.count else {
                throw .wrongContent(path: file.path, .tooLong(expected: file.byteCount))
            }
            let result: Result<Void, HubError> = chunk.withUnsafeReadableBytes { bytes in
                Result { () throws(HubError) in try partial.append(bytes) }
            }
            try result.get()
            if partial.count - reported >= Self.reportByteCount || partial.count == file.byteCount {
                reported = partial.count
                report(.received(path: file.path, byteCount: partial.count, total: file.byteCount))
            }
        }
    }

    /// The sum that an entity tag of the hub names; nil for tags of another kind.
    private static func sum(_ tag: String) -> ContentHash? {
        var text = tag[...]
        if text.hasPrefix("W/") { text = text.dropFirst(2) }
        if text.hasPrefix("\""), text.hasSuffix("\""), text.utf8.count > 1 { text = text.dropFirst().dropLast() }
        return ContentHash(hexadecimal: String(text))
    }
}

/// The part of a file that an answer holds, as the header `Content-Range` says.
struct ByteRange: Equatable {
    let first: Int
    let last: Int
    /// Bytes of the whole file.
    let total: Int

    init(first: Int, last: Int, total: Int) {
        (self.first, self.last, self.total) = (first, last, total)
    }

    /// Reads `bytes 5-9/10`; nil for anything else, an unknown total too.
    init?(_ text: String) {
        let parts = text.split { $0 == " " || $0 == "-" || $0 == "/" }
        guard parts.count == 4, parts[0].lowercased() == "bytes", let first = Int(parts[1]), let last = Int(parts[2]),
            let total = Int(parts[3]), text == "\(parts[0]) \(first)-\(last)/\(total)"
        else { return nil }
        self.init(first: first, last: last, total: total)
    }
}

extension ContentFault {
    /// Whether the same bytes may come right from the start.
    fileprivate var isWorthAnotherTry: Bool {
        switch self {
        case .wrongHash, .tooLong: true
        case .otherFile, .otherCommit, .webPage: false
        }
    }
}
