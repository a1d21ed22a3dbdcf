/// The characters and pairs of characters of an example, as numbers.
///
/// Case and white space are of no account. A pair of texts is told by what stands in the first alone, in the second
/// alone and in both, with two coarse figures besides: how much they share, and how their lengths compare.
enum CharacterGrams {
    /// What a gram is of; part of its number.
    private enum Field: UInt64 {
        case single, onlyFirst, onlySecond, both, shared, lengths
    }

    /// The grams of an example with their counts, each gram once, in the order of first appearance.
    static func grams(of example: Example) -> [(gram: UInt64, count: Int)] {
        guard let pair = example.textPair else { return counted(keys(of: example.text).map { number(.single, $0) }) }
        let (first, second) = (keys(of: example.text), keys(of: pair))
        let (firstSet, secondSet) = (Set(first), Set(second))
        var grams = first.map { number(secondSet.contains($0) ? .both : .onlyFirst, $0) }
        grams += second.filter { !firstSet.contains($0) }.map { number(.onlySecond, $0) }
        let union = firstSet.union(secondSet).count
        let shared = firstSet.intersection(secondSet).count
        if union > 0 { grams.append(number(.shared, UInt64(shared * 20 / union))) }
        let longer = max(first.count, second.count)
        if longer > 0 { grams.append(number(.lengths, UInt64(min(first.count, second.count) * 10 / longer))) }
        return counted(grams)
    }

    /// Characters, and pairs of neighbours: two scalars of 21 bits each, the second 0 for one alone.
    private static func keys(of text: String) -> [UInt64] {
        let scalars = text.lowercased().unicodeScalars.filter { !$0.properties.isWhitespace }
        var keys = scalars.map { UInt64($0.value) << 21 }
        for (left, right) in zip(scalars, scalars.dropFirst()) {
            keys.append(UInt64(left.value) << 21 | UInt64(right.value))
        }
        return keys
    }

    private static func number(_ field: Field, _ key: UInt64) -> UInt64 { field.rawValue << 42 | key }

    private static func counted(_ grams: [UInt64]) -> [(gram: UInt64, count: Int)] {
        var places: [UInt64: Int] = [:]
        var counted: [(gram: UInt64, count: Int)] = []
        for gram in grams {
            if let place = places[gram] {
                counted[place].count += 1
            } else {
                places[gram] = counted.count
                counted.append((gram, 1))
            }
        }
        return counted
    }
}
