import CoreMetrics
import Synchronization

/// Keeps the series that swift-metrics feeds, and writes them in the text format of Prometheus, version 0.0.4.
///
/// Labels of requests come from our own tables alone, so the number of series does not depend on what clients send.
final class PrometheusRegistry: MetricsFactory {
    private struct Series: Hashable {
        let name: String
        let labels: String
    }

    static let contentType = "text/plain; version=0.0.4; charset=utf-8"

    private let cells = Mutex<[Series: MetricCell]>([:])

    private func cell(_ name: String, _ dimensions: [(String, String)]) -> MetricCell {
        let labels = dimensions.map { "\($0.0)=\"\(Self.escaped($0.1))\"" }.joined(separator: ",")
        return cells.withLock { cells in
            let series = Series(name: name, labels: labels)
            if let cell = cells[series] { return cell }
            let cell = MetricCell(
                MetricFamily.all.first { $0.name == name } ?? MetricFamily(name: name, kind: .gauge, help: name))
            cells[series] = cell
            return cell
        }
    }

    func makeCounter(label: String, dimensions: [(String, String)]) -> any CounterHandler { cell(label, dimensions) }

    func makeFloatingPointCounter(
        label: String, dimensions: [(String, String)]
    ) -> any FloatingPointCounterHandler { cell(label, dimensions) }

    func makeMeter(label: String, dimensions: [(String, String)]) -> any MeterHandler { cell(label, dimensions) }

    func makeRecorder(
        label: String, dimensions: [(String, String)], aggregate: Bool
    ) -> any RecorderHandler { cell(label, dimensions) }

    func makeTimer(label: String, dimensions: [(String, String)]) -> any TimerHandler { cell(label, dimensions) }

    // Series live as long as the registry: there is a fixed number of them.
    func destroyCounter(_ handler: any CounterHandler) {}
    func destroyFloatingPointCounter(_ handler: any FloatingPointCounterHandler) {}
    func destroyMeter(_ handler: any MeterHandler) {}
    func destroyRecorder(_ handler: any RecorderHandler) {}
    func destroyTimer(_ handler: any TimerHandler) {}

    /// The text that Prometheus reads; families without a series are left out.
    var text: String {
        let cells = cells.withLock(\.self)
        var lines: [String] = []
        for family in MetricFamily.all {
            let series = cells.filter { $0.key.name == family.name }.sorted { $0.key.labels < $1.key.labels }
            guard !series.isEmpty else { continue }
            lines.append("# HELP \(family.name) \(family.help)")
            lines.append("# TYPE \(family.name) \(family.kind.rawValue)")
            for (key, cell) in series { lines += Self.lines(family, key.labels, cell.snapshot) }
        }
        return lines.joined(separator: "\n") + "\n"
    }

    private static func lines(_ family: MetricFamily, _ labels: String, _ figures: MetricCell.Figures) -> [String] {
        guard family.kind == .histogram else {
            return ["\(family.name)\(labels.isEmpty ? "" : "{\(labels)}") \(number(figures.value))"]
        }
        var lines: [String] = []
        var count = 0
        let ends = family.buckets.map(number) + ["+Inf"]
        for (end, inside) in zip(ends, figures.counts) {
            count += inside
            let all = (labels.isEmpty ? "" : labels + ",") + "le=\"\(end)\""
            lines.append("\(family.name)_bucket{\(all)} \(count)")
        }
        let suffix = labels.isEmpty ? "" : "{\(labels)}"
        return lines + ["\(family.name)_sum\(suffix) \(number(figures.sum))", "\(family.name)_count\(suffix) \(count)"]
    }

    private static func number(_ value: Double) -> String {
        if let whole = Int(exactly: value) { return String(whole) }
        return value.isFinite ? String(value) : value.isNaN ? "NaN" : value > 0 ? "+Inf" : "-Inf"
    }

    private static func escaped(_ value: String) -> String {
        var text = ""
        for character in value.unicodeScalars {
            switch character {
            case "\\": text += "\\\\"
            case "\"": text += "\\\""
            case "\n": text += "\\n"
            default: text.unicodeScalars.append(character)
            }
        }
        return text
    }
}
