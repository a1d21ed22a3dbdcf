import Foundation

/// A folder of its own for one test, removed with everything in it when the test ends.
final class TemporaryFolder {
    let path: String

    init() throws {
        let url = FileManager.default.temporaryDirectory.appendingPathComponent("erlangshen-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: false)
        path = url.path
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    /// The path of a file in the folder.
    func path(_ name: String) -> String { path + "/" + name }

    /// Writes a file anew, so that whoever has the old one open keeps it, and returns its path.
    ///
    /// Not by Foundation's `Data.write`: on Linux that waits for the disk, and the damage tests write 30,000 files.
    @discardableResult
    func write(_ name: String, _ bytes: [UInt8]) throws -> String {
        unlink(path(name))
        let file = fopen(path(name), "wbx")
        let count = file.map { fwrite(bytes, 1, bytes.count, $0) }
        guard let file, fclose(file) == 0, count == bytes.count else { throw CocoaError(.fileWriteUnknown) }
        return path(name)
    }

    /// The bytes of a file.
    func read(_ name: String) throws -> [UInt8] { Array(try Data(contentsOf: URL(fileURLWithPath: path(name)))) }

    /// Cuts a file where it stands, so that those who have it open see it.
    func truncate(_ name: String, to count: UInt64) throws {
        let handle = try FileHandle(forWritingTo: URL(fileURLWithPath: path(name)))
        try handle.truncate(atOffset: count)
        try handle.close()
    }

    /// The names of all files, hidden ones included.
    func names() throws -> [String] { try FileManager.default.contentsOfDirectory(atPath: path).sorted() }
}
