extension CurvePlot {
    /// Pixels for each unit of the SVG picture.
    private static let scale = 2.0
    private static let (ink, grid) = (Canvas.Colour(0x22_2222), Canvas.Colour(0xDD_DDDD))

    /// The picture as the bytes of a PNG file on white, 1,520 pixels wide: that of `svg` in a light surrounding.
    ///
    /// Letters are a drawing of its own, of ASCII; others are boxes.
    public var png: [UInt8] {
        var canvas = Canvas(
            width: Int(Self.width * Self.scale), height: Int((Self.height + legendHeight) * Self.scale))
        canvas.draw(text(title, Self.left, 24, size: 16), width: 2.2, Self.ink)
        drawAxes(on: &canvas)
        for (number, curve) in background.enumerated() { draw(curve, number, width: 1, opacity: 0.3, on: &canvas) }
        for (number, curve) in curves.enumerated() { draw(curve, number, width: 2, opacity: 1, on: &canvas) }
        for (number, curve) in curves.enumerated() {
            let y = legendLine(number)
            let line = [(Self.left, y), (Self.left + 28, y)]
            canvas.draw(dashed(scaled(line), number), width: 3 * Self.scale, Self.colour(number))
            canvas.draw(text(curve.name, Self.left + 36, y + 4.6, size: 13), width: 1.9, Self.ink)
        }
        return PNGFile.bytes(width: canvas.width, height: canvas.height, pixels: canvas.pixels)
    }

    private static func colour(_ number: Int) -> Canvas.Colour {
        Canvas.Colour(UInt32(colours[number % colours.count].dropFirst(), radix: 16) ?? 0)
    }

    /// Strokes of a text, in the units of the SVG picture.
    private func text(
        _ text: String, _ x: Double, _ y: Double, size: Double, anchor: StrokeText.Anchor = .start
    ) -> [[Canvas.Point]] {
        // Capitals of a common font are 0.72 of its size.
        StrokeText.lines(
            text, x: x * Self.scale, y: y * Self.scale, height: 0.72 * size * Self.scale, anchor: anchor)
    }

    private func scaled(_ line: [Canvas.Point]) -> [Canvas.Point] {
        line.map { ($0.x * Self.scale, $0.y * Self.scale) }
    }

    private func drawAxes(on canvas: inout Canvas) {
        let (x0, x1) = (Self.left, Self.width - Self.right)
        let (y0, y1) = (Self.height - Self.bottom, Self.top)
        var (lines, labels): ([[Canvas.Point]], [[Canvas.Point]]) = ([], [])
        for (tick, label) in zip(stepAxis.ticks, stepAxis.labels) {
            lines.append(scaled([(x(tick), y0), (x(tick), y1)]))
            labels += text(label, x(tick), y0 + 18, size: 13, anchor: .middle)
        }
        for (tick, label) in zip(valueAxis.ticks, valueAxis.labels) {
            lines.append(scaled([(x0, y(tick)), (x1, y(tick))]))
            labels += text(label, x0 - 8, y(tick) + 4.6, size: 13, anchor: .end)
        }
        labels += text("step", (x0 + x1) / 2, Self.height - 10, size: 13, anchor: .middle)
        canvas.draw(lines, width: 1, Self.grid)
        canvas.draw([scaled([(x0, y1), (x0, y0), (x1, y0)])], width: Self.scale, Self.ink)
        canvas.draw(labels, width: 1.9, Self.ink)
    }

    private func draw(_ curve: Curve, _ number: Int, width: Double, opacity: Double, on canvas: inout Canvas) {
        let points = drawnIndices(curve).map { (x(Double(curve.steps[$0])), y(curve.values[$0])) }
        // A single point is a dot.
        let pen = points.count == 1 ? 6 : width
        canvas.draw(
            dashed(scaled(points), number), width: pen * Self.scale, Self.colour(number), opacity: opacity)
    }

    /// The parts of a line that are drawn: when the colours come round again, dashes tell the curves apart.
    private func dashed(_ line: [Canvas.Point], _ number: Int) -> [[Canvas.Point]] {
        let round = number / Self.colours.count
        guard round > 0, line.count > 1 else { return [line] }
        let lengths = [Double(4 * round) * Self.scale, 3 * Self.scale]
        var (parts, part, isDrawn, left): ([[Canvas.Point]], [Canvas.Point], Bool, Double) = (
            [], [line[0]], true, lengths[0]
        )
        for (start, end) in zip(line, line.dropFirst()) {
            let (dx, dy) = (end.x - start.x, end.y - start.y)
            let length = (dx * dx + dy * dy).squareRoot()
            var done = 0.0
            while length - done > left {
                done += left
                let point = (start.x + dx * done / length, start.y + dy * done / length)
                if isDrawn { parts.append(part + [point]) }
                isDrawn.toggle()
                (part, left) = ([point], lengths[isDrawn ? 0 : 1])
            }
            left -= length - done
            part.append(end)
        }
        return isDrawn ? parts + [part] : parts
    }
}
