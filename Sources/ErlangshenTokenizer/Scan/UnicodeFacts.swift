/// The generated tables in the forms that are asked often, made once for all tokenizers.
enum UnicodeFacts {
    /// Scalars below this have cells, classes and mappings of their own; above it only removed scalars and marks exist.
    static let flatCount = 0x30000

    /// Canonical decomposition of each scalar that has one, Hangul aside.
    static let decompositions: [UInt32: ArraySlice<UInt32>] = {
        let table = UnicodeTables.decompositions
        var result: [UInt32: ArraySlice<UInt32>] = [:]
        var place = 0
        while place < table.count {
            let count = Int(table[place] >> 24)
            result[table[place] & 0xFF_FFFF] = table[place + 1..<place + 1 + count]
            place += 1 + count
        }
        return result
    }()

    /// Lower case of each scalar that has one of its own.
    static let lowercase: [UInt32: [UInt32]] = {
        let table = UnicodeTables.lowercase
        var result: [UInt32: [UInt32]] = [0x130: [0x69, 0x307]]
        for run in stride(from: 0, to: table.count, by: 4) {
            for scalar in stride(from: table[run], through: table[run + 1], by: Int(table[run + 2])) {
                result[scalar] = [table[run + 3] + (scalar - table[run])]
            }
        }
        return result
    }()

    /// Stands in `combiningClasses` for scalars that decompose; real classes end at 240.
    static let decomposes: UInt8 = 255

    /// Canonical combining class of each scalar below `flatCount`, 0 for starters, or `decomposes`.
    static let combiningClasses: [UInt8] = {
        let table = UnicodeTables.combiningClasses
        var result = [UInt8](repeating: 0, count: flatCount)
        for run in stride(from: 0, to: table.count, by: 3) {
            for scalar in table[run]...table[run + 1] { result[Int(scalar)] = UInt8(table[run + 2]) }
        }
        for scalar in decompositions.keys { result[Int(scalar)] = decomposes }
        return result
    }()

    /// The entry of any scalar in `combiningClasses`; scalars above it are starters.
    @inline(__always)
    static func combiningClass(of scalar: UInt32) -> UInt8 {
        scalar < UInt32(flatCount) ? combiningClasses[Int(scalar)] : 0
    }

    /// Whether a scalar's decomposition begins with a mark that canonical ordering may move.
    static func beginsWithMark(_ scalar: UInt32) -> Bool {
        let value = combiningClass(of: scalar)
        guard value == decomposes, let first = decompositions[scalar]?.first else { return value != 0 }
        return combiningClass(of: first) != 0
    }

    /// Whether `scalar` lies in one of the pairs first, last of a sorted table.
    static func contains(_ table: [UInt32], _ scalar: UInt32) -> Bool {
        var low = 0
        var high = table.count / 2
        while low < high {
            let middle = (low + high) / 2
            if scalar > table[2 * middle + 1] { low = middle + 1 } else { high = middle }
        }
        return 2 * low < table.count && scalar >= table[2 * low]
    }
}
