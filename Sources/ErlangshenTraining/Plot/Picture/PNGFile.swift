import CErlangshenChecksum

/// A picture as the bytes of a PNG file: 8 bits a channel, red, green, blue.
///
/// *Source:* the PNG specification, third edition.
enum PNGFile {
    /// The file of a picture; `pixels` are [height, width, 3].
    static func bytes(width: Int, height: Int, pixels: [UInt8]) -> [UInt8] {
        precondition(width > 0 && height > 0 && pixels.count == 3 * width * height)
        let header = big(width) + big(height) + [8, 2, 0, 0, 0]
        return [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A] + chunk("IHDR", header)
            + chunk("IDAT", DeflateStream.zlib(filtered(pixels, rowBytes: 3 * width))) + chunk("IEND", [])
    }

    /// Each row as its difference from the one above (filter 2): where nothing changes downwards there are zeros.
    private static func filtered(_ pixels: [UInt8], rowBytes: Int) -> [UInt8] {
        var result: [UInt8] = []
        result.reserveCapacity(pixels.count + pixels.count / rowBytes)
        for place in pixels.indices {
            if place % rowBytes == 0 { result.append(2) }
            result.append(pixels[place] &- (place < rowBytes ? 0 : pixels[place - rowBytes]))
        }
        return result
    }

    private static func chunk(_ name: String, _ data: [UInt8]) -> [UInt8] {
        let body = Array(name.utf8) + data
        let sum = body.withUnsafeBytes { esh_crc32(0, $0.baseAddress, $0.count) }
        return big(data.count) + body + big(Int(sum))
    }

    /// Four bytes, the highest first.
    private static func big(_ value: Int) -> [UInt8] {
        (0..<4).map { UInt8(truncatingIfNeeded: value >> (24 - 8 * $0)) }
    }
}
