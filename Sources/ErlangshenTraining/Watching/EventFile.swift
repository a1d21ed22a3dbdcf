import CErlangshenChecksum

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// Writes scalars for TensorBoard: a file of TFRecords, each an `Event` message.
///
/// Every process writes a file of its own. One that resumes says so, and TensorBoard then drops what an earlier file
/// has from that step on.
///
/// Source: tensorflow, `core/util/event.proto`, `core/framework/summary.proto`, `core/lib/io/record_writer.cc`.
public final class EventFile {
    /// Where the file stands.
    public let path: String

    private let descriptor: Int32

    /// Starts a file.
    ///
    /// - Parameters:
    ///   - folder: where TensorBoard is to look; made when it is missing.
    ///   - step: the first step that this process will write, when it resumes a run; nil for a new run.
    ///   - now: seconds since 1970.
    /// - Throws: `TrainingError.system` when it cannot be written.
    public init(folder: String, resumingAt step: Int?, now: Double) throws(TrainingError) {
        try FileWork.makeFolder(folder)
        var host = [CChar](repeating: 0, count: 256)
        gethostname(&host, host.count - 1)
        let name = host.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }.filter { $0 != UInt8(ascii: "/") }
        let start = "\(folder)/events.out.tfevents.\(Int64(now)).\(String(decoding: name, as: UTF8.self)).\(getpid())"
        var (path, descriptor, number): (String, Int32, Int) = (start, -1, 0)
        repeat {
            path = start + ".\(number)"
            descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_APPEND | O_CLOEXEC, 0o666)
            number += 1
        } while descriptor < 0 && errno == EEXIST && number < 1_000
        guard descriptor >= 0 else { throw .system(operation: "create", path: path, code: errno) }
        self.path = path
        self.descriptor = descriptor
        try write(EventFile.event(now) { $0.block(3, "brain.Event:2".utf8) })
        if let step {
            var session = ProtobufBytes()
            session.integer(1, 1)  // START
            try write(
                EventFile.event(now) {
                    $0.integer(2, Int64(step))
                    $0.block(7, session.bytes)
                })
        }
    }

    deinit { close(descriptor) }

    /// Appends scalars of one step.
    ///
    /// - Parameters:
    ///   - step: updates done.
    ///   - scalars: tags, such as `train/loss`, and their values.
    ///   - now: seconds since 1970.
    /// - Throws: `TrainingError.system` when they cannot be written.
    public func append(step: Int, _ scalars: [(tag: String, value: Float)], now: Double) throws(TrainingError) {
        var summary = ProtobufBytes()
        for (tag, number) in scalars {
            var value = ProtobufBytes()
            value.block(1, tag.utf8)
            value.float(2, number)
            summary.block(1, value.bytes)
        }
        try write(
            EventFile.event(now) {
                $0.integer(2, Int64(step))
                $0.block(5, summary.bytes)
            })
    }

    private static func event(_ now: Double, _ fill: (inout ProtobufBytes) -> Void) -> [UInt8] {
        var event = ProtobufBytes()
        event.double(1, now)
        fill(&event)
        return event.bytes
    }

    /// A record: length, its checksum, contents, their checksum.
    private func write(_ contents: [UInt8]) throws(TrainingError) {
        let length = withUnsafeBytes(of: UInt64(contents.count).littleEndian) { Array($0) }
        try FileWork.append(
            length + EventFile.checksum(length) + contents + EventFile.checksum(contents), to: descriptor, path: path)
    }

    /// Masked as TFRecord wants it, so that a file of such files does not hold its own checksums.
    static func checksum(_ bytes: [UInt8]) -> [UInt8] {
        let crc = bytes.withUnsafeBytes { esh_crc32c(0, $0.baseAddress, $0.count) }
        return withUnsafeBytes(of: ((crc >> 15 | crc << 17) &+ 0xA282_EAD8).littleEndian) { Array($0) }
    }
}
