/// The contents of one tensor, row-major and contiguous, as long as this object lives.
///
/// The bytes are little-endian and may start at any address: read them with `loadUnaligned`.
public final class TensorBytes: Sendable {
    /// What the bytes are.
    public let info: TensorInfo

    /// Immutable memory that `owner` keeps; nothing writes to it after this object exists.
    private nonisolated(unsafe) let bytes: UnsafeRawBufferPointer
    private let owner: any Sendable & AnyObject

    init(info: TensorInfo, bytes: UnsafeRawBufferPointer, owner: any Sendable & AnyObject) {
        self.info = info
        self.bytes = bytes
        self.owner = owner
    }

    /// Calls `body` with the bytes, which must not be kept beyond the life of this object.
    ///
    /// The file was long enough when the tensor was asked for. One that another program cuts short during the call
    /// ends the process with a bus error, as with any mapped file: replace checkpoints by rename, never in place.
    public func withUnsafeBytes<R, E: Error>(_ body: (UnsafeRawBufferPointer) throws(E) -> R) throws(E) -> R {
        defer { extendLifetime(owner) }
        return try body(bytes)
    }
}
