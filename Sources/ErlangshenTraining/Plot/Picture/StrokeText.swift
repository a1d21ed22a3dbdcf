/// Text as strokes of a pen, in the letters of `StrokeFont`; what they lack is a box.
enum StrokeText {
    /// Where a text stands in relation to the place that it is given.
    enum Anchor {
        case start, middle, end
    }

    private static let letters = StrokeFont.drawings.map { drawing in
        drawing.split(separator: ";").map { stroke -> [Canvas.Point] in
            let numbers = stroke.split(separator: " ").compactMap { Double($0) }
            return stride(from: 0, to: numbers.count - 1, by: 2).map { (numbers[$0] / 10, numbers[$0 + 1] / 10) }
        }
    }
    private static let box: [[Canvas.Point]] = [[(0, 0), (0, 7), (5, 7), (5, 0), (0, 0)]]
    /// Of the space, and between letters.
    private static let (spaceWidth, gap) = (3.0, 2.0)

    /// The strokes of a text whose capitals are `height` high, on the line at y.
    ///
    /// *Units:* pixels, y downwards.
    static func lines(
        _ text: String, x: Double, y: Double, height: Double, anchor: Anchor = .start
    ) -> [[Canvas.Point]] {
        var (lines, place): ([[Canvas.Point]], Double) = ([], 0)
        for character in text {
            let scalars = character.unicodeScalars
            // Control characters draw nothing, here as in the other pictures.
            if let first = scalars.first, scalars.count == 1, first.value < 32 || (127..<160).contains(first.value) {
                continue
            }
            let code = character.asciiValue.map { Int($0) - 32 } ?? -1
            let strokes = letters.indices.contains(code) ? letters[code] : box
            let points = strokes.flatMap(\.self)
            let low = points.map(\.x).min() ?? 0
            lines += strokes.map { $0.map { ($0.x - low + place, $0.y) } }
            place += (points.isEmpty ? spaceWidth : (points.map(\.x).max() ?? 0) - low) + gap
        }
        let unit = height / 7
        let width = max(0, place - gap) * unit
        let start =
            switch anchor {
            case .start: x
            case .middle: x - width / 2
            case .end: x - width
            }
        return lines.map { $0.map { (start + $0.x * unit, y - $0.y * unit) } }
    }
}
