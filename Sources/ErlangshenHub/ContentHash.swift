import CErlangshenChecksum

/// The sum that names a file of a repository.
public enum ContentHash: Sendable, Hashable {
    /// SHA-256 of the bytes: files that the repository keeps through LFS or Xet, in hexadecimal.
    case sha256(String)
    /// SHA-1 of `blob`, a space, the length, a zero byte and the bytes, as git names its files, in hexadecimal.
    case gitBlob(String)

    /// The sum behind a name of the cache or an entity tag; nil when it is none.
    public init?(hexadecimal text: String) {
        guard text.isLowerHexadecimal else { return nil }
        switch text.utf8.count {
        case 64: self = .sha256(text)
        case 40: self = .gitBlob(text)
        default: return nil
        }
    }

    /// The digits, which are the file's name in the cache.
    public var hexadecimal: String {
        switch self {
        case .sha256(let text), .gitBlob(let text): text
        }
    }
}

/// Takes the sum of bytes as they come.
struct ContentHasher {
    private enum State {
        case sha256(esh_sha256)
        case sha1(esh_sha1)
    }

    private var state: State

    /// Begins a sum of the kind of `hash`, over a file of `byteCount` bytes.
    init(like hash: ContentHash, byteCount: Int) {
        switch hash {
        case .sha256:
            var sum = esh_sha256()
            esh_sha256_begin(&sum)
            state = .sha256(sum)
        case .gitBlob:
            var sum = esh_sha1()
            esh_sha1_begin(&sum)
            let head = Array("blob \(byteCount)\0".utf8)
            esh_sha1_add(&sum, head, head.count)
            state = .sha1(sum)
        }
    }

    /// Appends bytes.
    mutating func add(_ bytes: UnsafeRawBufferPointer) {
        switch state {
        case .sha256(var sum):
            esh_sha256_add(&sum, bytes.baseAddress, bytes.count)
            state = .sha256(sum)
        case .sha1(var sum):
            esh_sha1_add(&sum, bytes.baseAddress, bytes.count)
            state = .sha1(sum)
        }
    }

    /// The sum in hexadecimal; more bytes may follow.
    func hexadecimal() -> String {
        var digest: [UInt8]
        switch state {
        case .sha256(var sum):
            digest = [UInt8](repeating: 0, count: 32)
            esh_sha256_end(&sum, &digest)
        case .sha1(var sum):
            digest = [UInt8](repeating: 0, count: 20)
            esh_sha1_end(&sum, &digest)
        }
        return digest.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }
}
