/// A run of decomposed marks on their way to canonical order, with the places they came from.
struct MarkRun {
    struct Part {
        let scalar: UInt32
        /// 0 only for a starter at the head of the run.
        let combiningClass: UInt8
        /// Whether it is the first part of its source; further parts share the source of the part before them.
        let opensSource: Bool
    }

    private(set) var parts: [Part] = []
    private var isSorted = true

    /// Adds what a scalar of the text decomposes to.
    mutating func append(_ scalar: UInt32) {
        let value = UnicodeFacts.combiningClass(of: scalar)
        guard value == UnicodeFacts.decomposes, let decomposition = UnicodeFacts.decompositions[scalar] else {
            return append(Part(scalar: scalar, combiningClass: value, opensSource: true))
        }
        for (index, scalar) in decomposition.enumerated() {
            let value = UnicodeFacts.combiningClass(of: scalar)
            append(Part(scalar: scalar, combiningClass: value, opensSource: index == 0))
        }
    }

    private mutating func append(_ part: Part) {
        if let last = parts.last, last.combiningClass > part.combiningClass { isSorted = false }
        parts.append(part)
    }

    /// Puts the marks in the order of their classes, equal classes as they stood.
    mutating func sort() {
        guard !isSorted else { return }
        // Swift's sort is stable; counting keeps runs of millions linear.
        if parts.count < 256 { parts.sort { $0.combiningClass < $1.combiningClass } } else { countingSort() }
    }

    private mutating func countingSort() {
        var places = [Int](repeating: 0, count: 257)
        for part in parts { places[Int(part.combiningClass) + 1] += 1 }
        for value in 1..<257 { places[value] += places[value - 1] }
        var sorted = parts
        for part in parts {
            sorted[places[Int(part.combiningClass)]] = part
            places[Int(part.combiningClass)] += 1
        }
        parts = sorted
    }
}
