import ErlangshenJSON

/// Why a zip archive is not read.
public enum ZipFault: Error, Sendable, Equatable, CustomStringConvertible {
    /// No end record: the file was cut, or is no archive.
    case noEndRecord
    /// The end record, or its 64-bit form, contradicts itself or the file.
    case endRecord(String)
    /// More entries than are accepted.
    case tooManyEntries(count: UInt64, limit: Int)
    /// The central directory is cut or malformed at this entry.
    case centralDirectory(entry: Int)
    /// An entry whose local header is missing or contradicts the central directory.
    case localHeader(name: String)
    /// An entry name that is not UTF-8.
    case name(entry: Int)
    /// Two entries of one name.
    case duplicateEntry(name: String)
    /// Two entries that share bytes.
    case overlap(name: String)
    /// A deflated entry, or one packed by another method.
    case compressed(name: String, method: Int)
    /// An encrypted entry.
    case encrypted(name: String)
    /// Contents that do not have the checksum that the archive gives.
    case checksum(name: String, expected: UInt32, found: UInt32)

    /// What is wrong and what to do next.
    public var description: String {
        switch self {
        case .noEndRecord: "its end record is missing; the download is incomplete"
        case .endRecord(let reason): "its end record is damaged, \(reason); download the file again"
        case .tooManyEntries(let count, let limit): "it has \(count) entries, more than the limit of \(limit)"
        case .centralDirectory(let entry): "its directory is damaged at entry \(entry); download the file again"
        case .localHeader(let name): "the header of \(name.quoted()) contradicts the directory; download the file again"
        case .name(let entry): "the name of entry \(entry) is not UTF-8"
        case .duplicateEntry(let name): "it has two entries \(name.quoted())"
        case .overlap(let name): "entry \(name.quoted()) shares bytes with another"
        case .compressed(let name, let method):
            "entry \(name.quoted()) is compressed (method \(method)); PyTorch stores entries, so unpack the archive "
                + "and pack it again with `zip -0`, or load and save it with torch"
        case .encrypted(let name): "entry \(name.quoted()) is encrypted"
        case .checksum(let name, let expected, let found):
            "entry \(name.quoted()) is damaged: its CRC-32 is \(ZipFault.hex(found)), not \(ZipFault.hex(expected)); "
                + "download the file again"
        }
    }

    private static func hex(_ value: UInt32) -> String {
        let digits = String(value, radix: 16)
        return "0x" + String(repeating: "0", count: 8 - digits.count) + digits
    }
}
