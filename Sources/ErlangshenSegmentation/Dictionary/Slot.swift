/// One place of the double array: a node of the trie of words, or free.
///
/// The child of a node by a code stands at its base plus the code, and carries the code. No two nodes have the same
/// base, so the code alone tells whose child it is. Whatever the 64 bits are, reading them cannot lead outside of the
/// array as long as each place is compared with its length: files need no further trust.
struct Slot {
    /// Base (26 bits, signed), code (16 bits), place in the table of frequencies (22 bits, 0: no word ends here).
    let bits: UInt64

    static let weightBits: UInt64 = 22
    static let maximumWeight = 1 << 22 - 1
    static let largestBase = 1 << 25 - 1
    /// The base of a node without children: no code leads from it into the array.
    static let childless = -(1 << 25)
    /// The code of scalars that are in no word; that of free places is 0.
    static let unknownCode: UInt16 = .max

    @inline(__always)
    init(bits: UInt64) { self.bits = bits }

    init(base: Int, code: UInt16, weight: Int) {
        bits = UInt64(bitPattern: Int64(base)) << 38 | UInt64(code) << Slot.weightBits | UInt64(weight)
    }

    @inline(__always)
    var base: Int { Int(Int64(bitPattern: bits) &>> 38) }

    @inline(__always)
    var code: UInt16 { UInt16(truncatingIfNeeded: bits &>> Slot.weightBits) }

    @inline(__always)
    var weight: Int { Int(truncatingIfNeeded: bits & UInt64(Slot.maximumWeight)) }
}

/// Walks the double array.
struct SlotWalk {
    let slots: UnsafePointer<UInt64>
    let count: Int

    /// The node of a first symbol; nil when no word begins with it.
    @inline(__always)
    func first(_ code: UInt16) -> Slot? { step(base: 0, code) }

    /// The child of `slot` by a code; nil when no word goes on like that.
    @inline(__always)
    func child(of slot: Slot, _ code: UInt16) -> Slot? { step(base: slot.base, code) }

    @inline(__always)
    private func step(base: Int, _ code: UInt16) -> Slot? {
        let place = base &+ Int(code)
        guard UInt(bitPattern: place) < UInt(bitPattern: count) else { return nil }
        let slot = Slot(bits: slots[place])
        return slot.code == code ? slot : nil
    }
}
