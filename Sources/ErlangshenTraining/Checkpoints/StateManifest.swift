import ErlangshenJSON

/// `MANIFEST.json` of a state: the size and the SHA-256 sum of every other file.
struct StateManifest: Equatable {
    struct Entry: Equatable {
        let name: String
        let byteCount: Int
        let sum: String
    }

    static let fileName = "MANIFEST.json"
    /// Bytes and files accepted of a list.
    static let (maximumByteCount, maximumFileCount) = (1 << 20, 256)
    private static let format = "erlangshen-training-state"

    /// The files in ascending order.
    let entries: [Entry]

    init(entries: [Entry]) { self.entries = entries.sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) } }

    var json: JSONValue {
        [
            "format": .string(Self.format), "version": 1,
            "files": .array(
                entries.map {
                    ["name": .string($0.name), "bytes": .integer(Int64($0.byteCount)), "sha256": .string($0.sum)]
                }),
        ]
    }

    /// Reads the list of a folder.
    init(folder: String) throws(StateFault) {
        let bytes = try StateFileReader.bytes(of: Self.fileName, in: folder, limit: Self.maximumByteCount)
        let json: JSONValue
        do { json = try JSONValue.parse(bytes) } catch { throw .manifest("\(error)") }
        guard json["format"]?.stringValue == Self.format else { throw .manifest("it is of another format") }
        guard json["version"]?.intValue == 1 else { throw .manifest("only version 1 is read") }
        guard let files = json["files"]?.arrayValue, files.count <= Self.maximumFileCount else {
            throw .manifest("files is no list of at most \(Self.maximumFileCount)")
        }
        var entries: [Entry] = []
        for file in files {
            let entry = try StateManifest.entry(file)
            guard !entries.contains(where: { $0.name == entry.name }) else {
                throw .manifest("\(entry.name.quoted()) is listed twice")
            }
            entries.append(entry)
        }
        self.init(entries: entries)
    }

    private static func entry(_ json: JSONValue) throws(StateFault) -> Entry {
        guard let name = json["name"]?.stringValue, let count = json["bytes"]?.intValue, count >= 0,
            let sum = json["sha256"]?.stringValue, sum.utf8.count == 64
        else { throw .manifest("a file without name, bytes and sha256") }
        guard isPlain(name) else { throw .manifest("\(name.quoted()) is no name of a file in this folder") }
        return Entry(name: name, byteCount: count, sum: sum)
    }

    /// Whether a name stays in its folder.
    static func isPlain(_ name: String) -> Bool {
        !name.isEmpty && !name.hasPrefix(".") && name.utf8.count <= 255 && !name.utf8.contains(UInt8(ascii: "/"))
            && !name.utf8.contains(0) && name != fileName
    }

    /// Compares the files of a folder with the list.
    ///
    /// - Throws: the first file that is missing, has another size, or, when `verifyingSums`, another sum.
    func check(folder: String, verifyingSums: Bool) throws(StateFault) {
        for entry in entries {
            let file = try StateFileReader(entry.name, in: folder)
            guard file.byteCount == entry.byteCount else {
                throw .size(file: entry.name, expected: entry.byteCount, found: file.byteCount)
            }
            guard verifyingSums else { continue }
            let (sum, count) = try FileSum.hex(of: file)
            guard count == entry.byteCount, sum == entry.sum else { throw .sum(file: entry.name) }
        }
    }
}
