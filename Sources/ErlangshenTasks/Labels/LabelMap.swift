public import ErlangshenJSON

/// Labels and their numbers, as `id2label` of a checkpoint keeps them.
public struct LabelMap: Sendable, Equatable {
    /// How labels that the data tells are ordered.
    public enum Order: String, Sendable, CaseIterable {
        /// As they come first in the file.
        case firstAppearance
        /// By their UTF-8 bytes; by their value when all of them are whole numbers.
        case sorted
    }

    /// The most labels that a map holds: far beyond any task, and a bound for a file that is none.
    public static let maximumCount = 100_000

    /// The labels in the order of their numbers.
    public let labels: [String]
    private let numbers: [UTF8Key: Int]

    /// A map of labels in this order.
    ///
    /// - Throws: `invalidLabels` when there is none, one comes twice, or one is empty.
    public init(labels: [String]) throws(TaskError) {
        guard !labels.isEmpty else { throw .invalidLabels(reason: "there is no label") }
        guard labels.count <= Self.maximumCount else {
            throw .invalidLabels(reason: "there are more than \(Self.maximumCount)")
        }
        var numbers: [UTF8Key: Int] = [:]
        for (number, label) in labels.enumerated() {
            if label.isEmpty { throw .invalidLabels(reason: "label \(number) is empty") }
            guard numbers.updateValue(number, forKey: UTF8Key(label)) == nil else {
                throw .invalidLabels(reason: "\(label.quoted()) comes twice")
            }
        }
        self.labels = labels
        self.numbers = numbers
    }

    /// A map of the labels that were seen, in the order asked for.
    ///
    /// - Throws: `invalidLabels` when nothing was seen.
    public init(seen: [String], order: Order) throws(TaskError) {
        var known: Set<UTF8Key> = []
        var labels = seen.filter { known.insert(UTF8Key($0)).inserted }
        if order == .sorted {
            let values = labels.compactMap(Int.init)
            let isNumeric = values.count == labels.count && Set(values).count == labels.count
            labels.sort { first, second in
                if isNumeric, let a = Int(first), let b = Int(second) { return a < b }
                return first.utf8.lexicographicallyPrecedes(second.utf8)
            }
        }
        try self.init(labels: labels)
    }

    /// How many labels there are.
    public var count: Int { labels.count }

    /// The number of a label; nil for one that was never seen.
    public func number(of label: String) -> Int? { numbers[UTF8Key(label)] }

    /// `{"0": "first", …}`, as config.json keeps it.
    public var id2label: JSONValue {
        .object(JSONObject(labels.enumerated().lazy.map { (key: "\($0.offset)", value: .string($0.element)) }))
    }

    /// `{"first": 0, …}`, as config.json keeps it.
    public var label2id: JSONValue {
        .object(JSONObject(labels.enumerated().lazy.map { (key: $0.element, value: .integer(Int64($0.offset))) }))
    }

    /// The map that `id2label` of a checkpoint tells.
    ///
    /// - Throws: `invalidLabels` when the numbers are not 0 to the count less 1 or a name is no string.
    public init(id2label: JSONValue) throws(TaskError) {
        guard let object = id2label.objectValue else { throw .invalidLabels(reason: "id2label is no object") }
        guard object.count <= Self.maximumCount else {
            throw .invalidLabels(reason: "there are more than \(Self.maximumCount)")
        }
        var labels = [String?](repeating: nil, count: object.count)
        for (key, value) in object {
            guard let number = Int(key), labels.indices.contains(number), labels[number] == nil,
                let label = value.stringValue
            else { throw .invalidLabels(reason: "id2label has the member \(key.quoted()), which makes no list") }
            labels[number] = label
        }
        try self.init(labels: labels.compactMap { $0 })
    }
}
