/// Memory that one call of a segmenter after the other uses: make one for each thread.
///
/// It grows with the longest block of text, by about 20 bytes for each of its characters.
public final class SegmentationWorkspace {
    /// Block memory of `capacity` symbols; only the segmenter that is given the workspace touches it.
    private(set) var symbols: UnsafeMutablePointer<UInt16>
    /// Their codes in the dictionary.
    private(set) var codes: UnsafeMutablePointer<UInt16>
    /// The logarithm of the probability of the best route from each place to the end; one more than symbols.
    private(set) var scores: UnsafeMutablePointer<Double>
    /// How many symbols the first word of that route has.
    private(set) var lengths: UnsafeMutablePointer<UInt16>
    /// States and where they came from.
    private(set) var states: UnsafeMutablePointer<UInt8>
    private(set) var capacity: Int

    /// Makes room for short texts.
    public convenience init() { self.init(capacity: 1 << 10) }

    init(capacity: Int) {
        self.capacity = capacity
        symbols = .allocate(capacity: capacity)
        codes = .allocate(capacity: capacity)
        scores = .allocate(capacity: capacity + 1)
        lengths = .allocate(capacity: capacity)
        states = .allocate(capacity: capacity)
    }

    deinit { free() }

    private func free() {
        symbols.deallocate()
        codes.deallocate()
        scores.deallocate()
        lengths.deallocate()
        states.deallocate()
    }

    /// Doubles the room, keeping the first `count` symbols and codes.
    func grow(keeping count: Int) {
        let (oldSymbols, oldCodes) = (symbols, codes)
        scores.deallocate()
        lengths.deallocate()
        states.deallocate()
        capacity *= 2
        symbols = .allocate(capacity: capacity)
        codes = .allocate(capacity: capacity)
        scores = .allocate(capacity: capacity + 1)
        lengths = .allocate(capacity: capacity)
        states = .allocate(capacity: capacity)
        symbols.update(from: oldSymbols, count: count)
        codes.update(from: oldCodes, count: count)
        oldSymbols.deallocate()
        oldCodes.deallocate()
    }
}
