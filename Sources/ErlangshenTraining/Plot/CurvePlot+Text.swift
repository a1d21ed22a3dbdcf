extension CurvePlot {
    /// The picture in braille characters, each a grid of two by four dots, with labels at the edges.
    ///
    /// - Parameters:
    ///   - width: columns of the terminal.
    ///   - height: lines of the drawing.
    ///   - paint: gives the text of a cell the colour of the curve whose number it gets.
    /// - Returns: lines of at most `width` columns; a narrower drawing than ten columns is not made.
    public func text(width: Int, height: Int, paint: (String, Int) -> String) -> [String] {
        let margin = (valueAxis.labels.map(\.count).max() ?? 0) + 2
        let columns = max(10, width - margin)
        let rows = max(4, height)
        let canvas = dots(columns: columns, rows: rows)
        var labels = [Int: String]()
        for (tick, label) in zip(valueAxis.ticks, valueAxis.labels) {
            labels[rows - 1 - min(rows - 1, Int(valueAxis.position(tick) * Double(rows)))] = label
        }
        var lines = [title]
        for row in 0..<rows {
            let label = labels[row] ?? ""
            let cells = canvas[row * columns..<(row + 1) * columns].map { cell in
                cell.bits == 0 ? " " : paint(Self.braille(cell.bits), cell.curve)
            }
            lines.append(
                String(repeating: " ", count: margin - 2 - label.count) + label + (label.isEmpty ? " │" : " ┤")
                    + cells.joined())
        }
        lines.append(String(repeating: " ", count: margin - 1) + "└" + String(repeating: "─", count: columns))
        lines.append(String(repeating: " ", count: margin) + stepLabels(columns: columns))
        return lines
    }

    private static func braille(_ bits: UInt8) -> String {
        Unicode.Scalar(0x2800 + UInt32(bits)).map { String(Character($0)) } ?? "?"
    }

    /// The step axis; a label that would touch the one before it is left out.
    private func stepLabels(columns: Int) -> String {
        var line = ""
        for (tick, label) in zip(stepAxis.ticks, stepAxis.labels) {
            let centre = Int(stepAxis.position(tick) * Double(columns - 1))
            let start = max(0, min(centre - label.count / 2, columns - label.count))
            guard line.isEmpty || start > line.count else { continue }
            line += String(repeating: " ", count: start - line.count) + label
        }
        return line
    }

    private struct Cell {
        var bits: UInt8 = 0
        /// The curve drawn last, which gives the colour.
        var curve = 0
    }

    private func dots(columns: Int, rows: Int) -> [Cell] {
        var cells = [Cell](repeating: Cell(), count: columns * rows)
        let (dotColumns, dotRows) = (2 * columns, 4 * rows)
        // The dots of a cell by row and column, in the bits of the braille block.
        let bits: [[UInt8]] = [[0x01, 0x08], [0x02, 0x10], [0x04, 0x20], [0x40, 0x80]]
        for (number, curve) in curves.enumerated() {
            var former: (x: Int, y: Int)?
            for (step, value) in zip(curve.steps, curve.values) {
                let x = Int((stepAxis.position(Double(step)) * Double(dotColumns - 1)).rounded())
                let y = dotRows - 1 - Int((valueAxis.position(value) * Double(dotRows - 1)).rounded())
                for (column, row) in Self.line(from: former ?? (x, y), to: (x, y)) {
                    let cell = row / 4 * columns + column / 2
                    cells[cell].bits |= bits[row % 4][column % 2]
                    cells[cell].curve = number
                }
                former = (x, y)
            }
        }
        return cells
    }

    /// The dots between two, both included.
    private static func line(from start: (x: Int, y: Int), to end: (x: Int, y: Int)) -> [(Int, Int)] {
        let (dx, dy) = (end.x - start.x, end.y - start.y)
        let count = max(abs(dx), abs(dy))
        guard count > 0 else { return [(start.x, start.y)] }
        return (0...count).map { part in
            let share = Double(part) / Double(count)
            return (
                start.x + Int((Double(dx) * share).rounded()), start.y + Int((Double(dy) * share).rounded())
            )
        }
    }
}
