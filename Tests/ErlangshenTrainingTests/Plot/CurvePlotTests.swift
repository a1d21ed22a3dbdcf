import Foundation
import Testing

#if canImport(FoundationXML)
    import FoundationXML
#endif

@testable import ErlangshenTraining

@Suite struct CurvePlotTests {
    @Test func axesAreRound() {
        let values = PlotAxis([0.123, 0.71], tickCount: 6)
        #expect(values.labels == ["0.2", "0.3", "0.4", "0.5", "0.6", "0.7"])
        #expect(values.position(0.123) == 0 && values.position(0.71) == 1)
        #expect(
            PlotAxis([0, 1_000], tickCount: 6, isInteger: true).labels == ["0", "200", "400", "600", "800", "1000"])
        #expect(PlotAxis([1, 3], tickCount: 6, isInteger: true).labels == ["1", "2", "3"])
        #expect(PlotAxis([-2.5e-5, 2e-5], tickCount: 3).labels == ["-0.00002", "0", "0.00002"])
        #expect(PlotAxis([3e9, 9e9], tickCount: 3).labels == ["4e9", "6e9", "8e9"])
        #expect(PlotAxis([5, 5], tickCount: 4).ticks.contains(5))
        #expect(PlotAxis([], tickCount: 4).position(0) == 0.5)
        for wild in [
            [-Double.greatestFiniteMagnitude, .greatestFiniteMagnitude], [0, .leastNonzeroMagnitude], [1e300, 1e300],
        ] {
            let axis = PlotAxis(wild, tickCount: 6)
            #expect(axis.ticks.count == axis.labels.count && axis.ticks.count <= 24)
        }
    }

    @Test(arguments: [
        (25, -3, "0.025"), (-25, -1, "-2.5"), (100, -2, "1"), (7, 2, "700"), (0, 9, "0"), (3, 12, "3e12"),
        (5, -9, "5e-9"),
    ])
    func labels(count: Int, exponent: Int, text: String) {
        #expect(PlotAxis.label(count, exponent: exponent) == text)
    }

    /// `m = w*m + (1-w)*x; m / (1 - w**n)` for w 0.5 and 4, 2, 8: by hand 4, 8/3, 40/7.
    @Test func smooths() throws {
        let curve = Curve(name: "a", steps: [1, 2, 3], values: [4, 2, 8])
        let smooth = try curve.smoothed(0.5).values
        for (found, expected) in zip(smooth, [4, 8.0 / 3, 40.0 / 7]) { #expect(abs(found - expected) < 1e-12) }
        #expect(try curve.smoothed(0) == curve)
        #expect(throws: TrainingError.self) { try curve.smoothed(1) }
        #expect(throws: TrainingError.self) { try curve.smoothed(.nan) }
    }

    @Test func readsAMetric() throws {
        let folder = try TrainingFolder()
        try folder.write(
            "m",
            "{\"step\":1,\"loss\":2}\n{\"step\":1,\"f1\":0.5}\n{\"step\":2,\"loss\":null}\n{\"step\":3,\"loss\":1.5}\n")
        let curve = try Curve.read("loss", from: folder.path("m"), name: "run")
        #expect(curve == Curve(name: "run", steps: [1, 3], values: [2, 1.5]))
        #expect(throws: TrainingError.noSuchMetric("acc", path: folder.path("m"), found: ["loss", "f1"])) {
            try Curve.read("acc", from: folder.path("m"), name: "run")
        }
        #expect(throws: TrainingError.unreadable(path: folder.path("n"), .missing(file: "n"))) {
            try Curve.read("loss", from: folder.path("n"), name: "run")
        }
    }

    @Test func svgIsXMLAndDrawsEveryCurve() throws {
        let curves = (0..<8).map { index in
            Curve(name: "run <\(index)> & \u{1B}[31m", steps: [1, 50, 100], values: [1, 0.5, 0.25 + Double(index)])
        }
        let svg = try CurvePlot(title: "a<b", curves: curves, background: curves).svg
        let parser = XMLParser(data: Data(svg.utf8))
        #expect(parser.parse(), "\(String(describing: parser.parserError))")
        #expect(svg.components(separatedBy: "stroke-width=\"2\"").count == 9)
        #expect(svg.components(separatedBy: "stroke-opacity=\".3\"").count == 9)
        #expect(svg.contains(">run &lt;0&gt; &amp; [31m<"))
        // The last step at the right, the largest value at the top.
        #expect(svg.contains("L740 40\""))
        let lonely = try CurvePlot(title: "x", curves: [Curve(name: "one", steps: [5], values: [2])])
        #expect(lonely.svg.contains("<circle cx=\"405\" cy=\"215\""))
        #expect(throws: TrainingError.self) { try CurvePlot(title: "x", curves: []) }
    }

    @Test func longCurvesKeepTheirLastPoint() throws {
        let steps = Array(1...10_000)
        let curve = Curve(name: "long", steps: steps, values: steps.map { $0 == 10_000 ? 1 : 0 })
        let svg = try CurvePlot(title: "x", curves: [curve]).svg
        #expect(svg.contains("L740 40\""))
        #expect(svg.utf8.count < 30_000)
    }

    @Test func textFitsTheTerminal() throws {
        let rising = Curve(name: "up", steps: Array(0...100), values: (0...100).map(Double.init))
        let plot = try CurvePlot(title: "loss", curves: [rising])
        for (width, height) in [(80, 16), (33, 5), (200, 40)] {
            let lines = plot.text(width: width, height: height) { text, _ in text }
            #expect(lines.count == height + 3)
            #expect(lines.allSatisfy { $0.count <= width }, "\(width)")
            // A line from the lower left to the upper right: one corner dot in each of the two cells.
            #expect(lines[1].last != " " && lines[height].contains("┤⣀") || lines[height].contains("┤⡠"))
        }
        let lines = plot.text(width: 24, height: 4) { text, curve in "<\(curve)\(text)>" }
        #expect(lines.dropFirst().prefix(4).allSatisfy { $0.contains("<0") })
    }
}
