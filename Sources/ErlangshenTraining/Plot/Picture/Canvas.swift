/// A white picture that is drawn on with a round pen; edges are soft by the part of a pixel that the pen covers.
struct Canvas {
    /// A colour, each channel from 0 to 255.
    struct Colour: Equatable {
        let (red, green, blue): (UInt8, UInt8, UInt8)

        init(_ rgb: UInt32) {
            (red, green, blue) = (
                UInt8(truncatingIfNeeded: rgb >> 16), UInt8(truncatingIfNeeded: rgb >> 8),
                UInt8(truncatingIfNeeded: rgb)
            )
        }
    }

    typealias Point = (x: Double, y: Double)

    /// Pixels across.
    let width: Int
    /// Pixels down.
    let height: Int
    /// [height, width, 3]
    private(set) var pixels: [UInt8]
    /// How much of each pixel the pen covers in the stroke that is being drawn.
    private var covered: [Float]

    init(width: Int, height: Int) {
        (self.width, self.height) = (width, height)
        pixels = [UInt8](repeating: 255, count: 3 * width * height)
        covered = [Float](repeating: 0, count: width * height)
    }

    /// Draws lines; where they cross each other the colour is laid on once.
    ///
    /// *Units:* pixels, y downwards.
    mutating func draw(_ lines: [[Point]], width pen: Double, _ colour: Colour, opacity: Double = 1) {
        var touched: Set<Int> = []
        for line in lines {
            for (start, end) in zip(line, line.count == 1 ? line[...] : line.dropFirst()) {
                cover(start, end, pen / 2, rows: &touched)
            }
        }
        for row in touched.sorted() {
            for place in row * width..<(row + 1) * width where covered[place] > 0 {
                blend(place, colour, Double(covered[place]) * opacity)
                covered[place] = 0
            }
        }
    }

    private mutating func cover(_ start: Point, _ end: Point, _ radius: Double, rows: inout Set<Int>) {
        let reach = radius + 1
        func range(_ a: Double, _ b: Double, _ count: Int) -> Range<Int> {
            let limit = Double(count)
            let first = Int(max(0, min(limit, (min(a, b) - reach).rounded(.down))))
            return first..<max(first, Int(max(0, min(limit, (max(a, b) + reach).rounded(.up)))))
        }
        let (dx, dy) = (end.x - start.x, end.y - start.y)
        let squared = dx * dx + dy * dy
        for row in range(start.y, end.y, height) {
            rows.insert(row)
            for column in range(start.x, end.x, width) {
                let (px, py) = (Double(column) + 0.5 - start.x, Double(row) + 0.5 - start.y)
                let share = squared > 0 ? max(0, min(1, (px * dx + py * dy) / squared)) : 0
                let (ex, ey) = (px - share * dx, py - share * dy)
                let part = radius + 0.5 - (ex * ex + ey * ey).squareRoot()
                let place = row * width + column
                if part > 0 { covered[place] = max(covered[place], Float(min(1, min(part, 2 * radius)))) }
            }
        }
    }

    private mutating func blend(_ place: Int, _ colour: Colour, _ opacity: Double) {
        for (channel, value) in [colour.red, colour.green, colour.blue].enumerated() {
            let old = Double(pixels[3 * place + channel])
            pixels[3 * place + channel] = UInt8((old + (Double(value) - old) * opacity).rounded())
        }
    }
}
