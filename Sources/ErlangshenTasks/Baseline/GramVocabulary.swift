#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// The grams that training examples have in common, and how rare each is.
struct GramVocabulary: Sendable {
    /// A feature and its weight in an example.
    struct Entry: Sendable, Equatable {
        let feature: Int32
        let value: Float
    }

    private let numbers: [UInt64: Int32]
    private let rarity: [Float]

    var count: Int { rarity.count }

    /// Grams of at least `minimumCount` examples, in the order of first appearance.
    ///
    /// - Parameters:
    ///   - examples: the grams of each example.
    ///   - minimumCount: examples that a gram has to be in.
    ///   - maximumCount: when there are more grams, the bar is raised until they fit.
    init(_ examples: [[(gram: UInt64, count: Int)]], minimumCount: Int, maximumCount: Int = 1 << 19) {
        var frequency: [UInt64: Int] = [:]
        for grams in examples { for (gram, _) in grams { frequency[gram, default: 0] += 1 } }
        var bar = max(1, minimumCount)
        while frequency.values.count(where: { $0 >= bar }) > maximumCount { bar += 1 }
        var numbers: [UInt64: Int32] = [:]
        var rarity: [Float] = []
        for grams in examples {
            for (gram, _) in grams where numbers[gram] == nil {
                guard let count = frequency[gram], count >= bar else { continue }
                numbers[gram] = Int32(rarity.count)
                rarity.append(Float(log(Double(1 + examples.count) / Double(1 + count)) + 1))
            }
        }
        self.numbers = numbers
        self.rarity = rarity
    }

    /// (1 + ln count)·rarity of each known gram, scaled to the length 1 together.
    func entries(of grams: [(gram: UInt64, count: Int)]) -> [Entry] {
        var entries: [Entry] = []
        var squares = 0.0
        for (gram, count) in grams {
            guard let feature = numbers[gram] else { continue }
            let value = Float(1 + log(Double(count))) * rarity[Int(feature)]
            squares += Double(value) * Double(value)
            entries.append(Entry(feature: feature, value: value))
        }
        guard squares > 0 else { return [] }
        let scale = Float(1 / squares.squareRoot())
        return entries.map { Entry(feature: $0.feature, value: $0.value * scale) }
    }
}
