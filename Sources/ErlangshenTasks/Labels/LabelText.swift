import ErlangshenJSON

/// What a field says, in the words of label maps.
enum LabelText {
    /// The mark of rows that annotators did not agree on.
    static let noAgreement = "-"

    /// A label written as string, whole number or truth value; nil for anything else.
    static func label(of value: JSONValue) -> String? {
        switch value {
        case .string(let text): text.isEmpty ? nil : text
        case .integer(let number): "\(number)"
        case .bool(let truth): truth ? "true" : "false"
        default: nil
        }
    }

    /// A finite number, written as number or as text.
    static func number(of value: JSONValue) -> Double? {
        let number = value.doubleValue ?? value.stringValue.flatMap { Double($0) }
        return number.flatMap { $0.isFinite ? $0 : nil }
    }

    /// Probabilities `[labels]` from a list in the order of the labels, an object by label, or text with blanks or commas.
    ///
    /// Sums within `tolerance` of 1 are taken and divided out; anything else is nil.
    static func distribution(of value: JSONValue, labels: LabelMap) -> [Double]? {
        var shares = [Double](repeating: 0, count: labels.count)  // [labels]
        switch value {
        case .array(let elements):
            guard elements.count == labels.count else { return nil }
            for (index, element) in elements.enumerated() {
                guard let share = element.doubleValue else { return nil }
                shares[index] = share
            }
        case .object(let object):
            for (label, share) in object {
                guard let index = labels.number(of: label), let share = share.doubleValue else { return nil }
                shares[index] = share
            }
        case .string(let text):
            let parts = text.split { $0 == " " || $0 == "," }
            guard parts.count == labels.count else { return nil }
            for (index, part) in parts.enumerated() {
                guard let share = Double(part) else { return nil }
                shares[index] = share
            }
        default: return nil
        }
        let sum = shares.reduce(0, +)
        guard shares.allSatisfy({ $0.isFinite && $0 >= 0 }), abs(sum - 1) <= tolerance else { return nil }
        return shares.map { $0 / sum }
    }

    /// Probabilities are often written with three or four digits.
    private static let tolerance = 1e-2
}
