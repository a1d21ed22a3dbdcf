/// A picture of curves: over the steps, one metric of one or several runs.
public struct CurvePlot: Sendable {
    /// The metric.
    public let title: String
    /// The curves, in the order of the legend.
    public let curves: [Curve]
    /// The curves to be drawn thin and pale behind the others, as they were before smoothing; empty for none.
    public let background: [Curve]

    let (stepAxis, valueAxis): (PlotAxis, PlotAxis)

    /// Plans a picture.
    ///
    /// - Parameters:
    ///   - title: the metric.
    ///   - curves: at least one.
    ///   - background: the curves before smoothing.
    /// - Throws: `TrainingError.invalidSetting` when there is nothing to draw.
    public init(title: String, curves: [Curve], background: [Curve] = []) throws(TrainingError) {
        let all = curves + background
        guard all.contains(where: { !$0.steps.isEmpty }) else {
            throw .invalidSetting("plot", "without curves", expected: "one or more")
        }
        self.title = title
        self.curves = curves
        self.background = background
        stepAxis = PlotAxis(all.flatMap(\.steps).map(Double.init), tickCount: 6, isInteger: true)
        valueAxis = PlotAxis(all.flatMap(\.values), tickCount: 6)
    }
}
