/// What the scanner does on meeting a scalar: a kind in the upper 4 bits, its operand in the lower 28.
struct ScalarCell: Equatable, Sendable {
    enum Kind {
        /// Extends the current word; the operand is the scalar it is compared as.
        static let word: UInt32 = 0
        /// Vanishes in cleaning, as if it had not been there.
        static let removed: UInt32 = 1
        /// An accent that is dropped. Unlike a removed scalar it takes part in canonical ordering.
        static let mark: UInt32 = 2
        /// Ends the current word.
        static let space: UInt32 = 3
        /// Ends the current word and is a token of its own; the operand is the id.
        static let token: UInt32 = 4
        /// Becomes several cells; the operand is their place in the list of expansions.
        static let expansion: UInt32 = 5
        /// A Hangul syllable that becomes two or three jamo.
        static let hangul: UInt32 = 6
        /// Keeps a mark that canonical ordering may move; the whole run is handled together.
        static let run: UInt32 = 7
        /// May begin a special token; the operand is the place of the cell to use if it does not.
        static let special: UInt32 = 8
    }

    let rawValue: UInt32

    @inline(__always)
    init(rawValue: UInt32) { self.rawValue = rawValue }

    @inline(__always)
    init(_ kind: UInt32, _ operand: UInt32 = 0) { rawValue = kind << 28 | operand }

    @inline(__always) var kind: UInt32 { rawValue >> 28 }
    @inline(__always) var operand: UInt32 { rawValue & 0x0FFF_FFFF }
}
