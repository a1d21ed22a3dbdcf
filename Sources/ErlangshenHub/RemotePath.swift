/// Rules for the names of files that a server sends.
enum RemotePath {
    /// Whether a name stays inside the folder that it is put into, on every system.
    ///
    /// Refused are empty parts, `.` and `..`, absolute names, `\`, `:` after a first letter as of a drive, control
    /// characters, and what is too long for a disk.
    static func isSafe(_ path: String) -> Bool {
        let parts = path.utf8.split(separator: 0x2F, omittingEmptySubsequences: false)
        guard (1...16).contains(parts.count), path.utf8.count <= 1_024 else { return false }
        guard path.unicodeScalars.allSatisfy({ $0.value >= 0x20 && $0.value != 0x7F && $0 != "\\" }) else {
            return false
        }
        return parts.allSatisfy { part in
            !part.isEmpty && part.count <= 255 && !part.elementsEqual(".".utf8) && !part.elementsEqual("..".utf8)
                && part.dropFirst().first != 0x3A
        }
    }

    /// The name for an address: every byte that has a meaning there is written as `%XX`.
    static func escaped(_ path: String, keepsSlash: Bool = true) -> String {
        var text = ""
        for byte in path.utf8 {
            switch byte {
            case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x2E, 0x5F, 0x7E:
                text.unicodeScalars.append(UnicodeScalar(byte))
            case 0x2F where keepsSlash: text += "/"
            default: text += (byte < 16 ? "%0" : "%") + String(byte, radix: 16, uppercase: true)
            }
        }
        return text
    }
}
