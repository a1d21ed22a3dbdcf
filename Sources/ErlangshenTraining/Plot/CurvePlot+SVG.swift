extension CurvePlot {
    /// Colours that can be told apart by the colour-blind and stand out on white and on black.
    ///
    /// Source: Okabe and Ito, "Color Universal Design", without black and yellow.
    static let colours = ["#0072B2", "#D55E00", "#009E73", "#CC79A7", "#56B4E9", "#E69F00"]
    static let (width, height) = (760.0, 440.0)
    static let (left, right, top, bottom) = (70.0, 20.0, 40.0, 50.0)
    /// Points of a curve drawn; more than the picture is wide in pixels shows nothing more.
    private static let maximumPointCount = 1_500

    /// The picture as SVG, its text and axes dark in a light surrounding and light in a dark one.
    public var svg: String {
        var lines = [
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 \(Self.short(Self.width)) "
                + "\(Self.short(Self.height + legendHeight))\" font-family=\"sans-serif\" font-size=\"13\">",
            "<style>.ink{fill:#222}.line{stroke:#222}.grid{stroke:#8888;stroke-width:.5}"
                + "@media(prefers-color-scheme:dark){.ink{fill:#ddd}.line{stroke:#ddd}}</style>",
            "<text class=\"ink\" x=\"\(Self.short(Self.left))\" y=\"24\" font-size=\"16\">\(Self.escaped(title))</text>",
        ]
        lines += axes
        for (index, curve) in background.enumerated() {
            lines.append(path(curve, colour: index, attributes: "stroke-width=\"1\" stroke-opacity=\".3\""))
        }
        for (index, curve) in curves.enumerated() {
            lines.append(path(curve, colour: index, attributes: "stroke-width=\"2\""))
        }
        return (lines + legend + ["</svg>"]).joined(separator: "\n") + "\n"
    }

    var legendHeight: Double { Double(curves.count) * 20 + 10 }

    /// Where a step stands, from the left.
    func x(_ step: Double) -> Double {
        Self.left + stepAxis.position(step) * (Self.width - Self.left - Self.right)
    }

    /// Where a value stands, from the top.
    func y(_ value: Double) -> Double {
        Self.height - Self.bottom - valueAxis.position(value) * (Self.height - Self.top - Self.bottom)
    }

    private var axes: [String] {
        let (x0, x1) = (Self.short(Self.left), Self.short(Self.width - Self.right))
        let (y0, y1) = (Self.short(Self.height - Self.bottom), Self.short(Self.top))
        var lines: [String] = []
        for (tick, label) in zip(stepAxis.ticks, stepAxis.labels) {
            let x = Self.short(x(tick))
            lines.append("<line class=\"grid\" x1=\"\(x)\" y1=\"\(y0)\" x2=\"\(x)\" y2=\"\(y1)\"/>")
            lines.append(
                "<text class=\"ink\" x=\"\(x)\" y=\"\(Self.short(Self.height - Self.bottom + 18))\" "
                    + "text-anchor=\"middle\">\(label)</text>")
        }
        for (tick, label) in zip(valueAxis.ticks, valueAxis.labels) {
            let y = Self.short(y(tick))
            lines.append("<line class=\"grid\" x1=\"\(x0)\" y1=\"\(y)\" x2=\"\(x1)\" y2=\"\(y)\"/>")
            lines.append(
                "<text class=\"ink\" x=\"\(Self.short(Self.left - 8))\" y=\"\(y)\" dy=\".35em\" "
                    + "text-anchor=\"end\">\(label)</text>")
        }
        let middle = Self.short((Self.left + Self.width - Self.right) / 2)
        return lines + [
            "<path class=\"line\" fill=\"none\" d=\"M\(x0) \(y1)V\(y0)H\(x1)\"/>",
            "<text class=\"ink\" x=\"\(middle)\" y=\"\(Self.short(Self.height - 10))\" "
                + "text-anchor=\"middle\">step</text>",
        ]
    }

    /// The points of a curve that are drawn, the last one always: it is what people look for.
    func drawnIndices(_ curve: Curve) -> [Int] {
        let every = (curve.steps.count + Self.maximumPointCount - 1) / Self.maximumPointCount
        return curve.steps.indices.filter { $0 % max(1, every) == 0 || $0 == curve.steps.count - 1 }
    }

    /// Where the line of a curve stands in the legend.
    func legendLine(_ index: Int) -> Double { Self.height + 10 + Double(index) * 20 }

    private func path(_ curve: Curve, colour: Int, attributes: String) -> String {
        let points = drawnIndices(curve).map {
            "\(Self.short(x(Double(curve.steps[$0])))) \(Self.short(y(curve.values[$0])))"
        }
        let stroke = "stroke=\"\(Self.colours[colour % Self.colours.count])\" \(dashes(colour))"
        guard points.count > 1 else {
            let parts = points.first?.split(separator: " ") ?? ["0", "0"]
            return "<circle cx=\"\(parts[0])\" cy=\"\(parts[1])\" r=\"3\" fill=\"none\" \(stroke)\(attributes)/>"
        }
        return "<path fill=\"none\" stroke-linejoin=\"round\" \(stroke)\(attributes) d=\"M"
            + points.joined(separator: "L") + "\"/>"
    }

    /// When the colours come round again, dashes tell the curves apart.
    private func dashes(_ index: Int) -> String {
        let round = index / Self.colours.count
        return round == 0 ? "" : "stroke-dasharray=\"\(4 * round) 3\" "
    }

    private var legend: [String] {
        curves.enumerated().flatMap { index, curve in
            let y = legendLine(index)
            let stroke = "stroke=\"\(Self.colours[index % Self.colours.count])\" \(dashes(index))"
            return [
                "<line x1=\"\(Self.short(Self.left))\" y1=\"\(Self.short(y))\" x2=\"\(Self.short(Self.left + 28))\" "
                    + "y2=\"\(Self.short(y))\" stroke-width=\"3\" \(stroke)/>",
                "<text class=\"ink\" x=\"\(Self.short(Self.left + 36))\" y=\"\(Self.short(y))\" dy=\".35em\">"
                    + "\(Self.escaped(curve.name))</text>",
            ]
        }
    }

    /// A place in the picture with a tenth of a pixel.
    private static func short(_ value: Double) -> String {
        let tenths = Int(exactly: (value * 10).rounded()) ?? 0
        let sign = tenths < 0 ? "-" : ""
        return "\(sign)\(tenths.magnitude / 10)" + (tenths % 10 == 0 ? "" : ".\(tenths.magnitude % 10)")
    }

    /// Text as it may stand in XML; control characters, which may not, are left out.
    private static func escaped(_ text: String) -> String {
        text.unicodeScalars.reduce(into: "") { result, scalar in
            switch scalar {
            case "&": result += "&amp;"
            case "<": result += "&lt;"
            case ">": result += "&gt;"
            case "\u{0}"..<"\u{20}", "\u{7F}"..<"\u{A0}", "\u{FFFE}", "\u{FFFF}": break
            default: result.unicodeScalars.append(scalar)
            }
        }
    }
}
