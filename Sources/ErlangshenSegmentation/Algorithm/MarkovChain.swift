/// The hidden Markov model for words that no dictionary has: a symbol begins a word, ends one, stands in the middle or
/// alone.
///
/// States are numbered in the order of their letters, B E M S: where two ways are equally probable jieba takes the
/// later letter, and with the -3.14e100 that stands for impossible many are.
struct MarkovChain {
    static let (begin, end, middle, single): (UInt8, UInt8, UInt8, UInt8) = (0, 1, 2, 3)
    static let stateCount = 4
    /// What jieba takes for the logarithm of an impossible event.
    static let impossible = -3.14e100
    /// Numbers of `transitions`: the start, then from each state (rows) to each (columns).
    static let transitionCount = stateCount + stateCount * stateCount

    /// Logarithms: start [4], then transitions [4, 4].
    let transitions: UnsafePointer<Double>
    /// Logarithms: what each ideograph is to each state, [ideographs, 4].
    let emissions: UnsafePointer<Double>

    /// The most probable states of `count` > 0 ideographs (Viterbi).
    ///
    /// A word can be followed by a beginning or a single alone; so each state has two states before it, and one bit
    /// remembers which: set for the later letter.
    func decode(_ symbols: UnsafePointer<UInt16>, count: Int, into states: UnsafeMutablePointer<UInt8>) {
        let move = transitions + MarkovChain.stateCount
        let (endToBegin, singleToBegin) = (move[4], move[12])
        let (beginToEnd, middleToEnd) = (move[1], move[9])
        let (beginToMiddle, middleToMiddle) = (move[2], move[10])
        let (endToSingle, singleToSingle) = (move[7], move[15])

        var row = emission(symbols[0])
        var b = transitions[0] + row[0]
        var e = transitions[1] + row[1]
        var m = transitions[2] + row[2]
        var s = transitions[3] + row[3]
        states[0] = 0
        for place in 1..<max(count, 1) {
            row = emission(symbols[place])
            let (toBegin, fromSingle) = later(e + endToBegin + row[0], s + singleToBegin + row[0])
            let (toEnd, fromMiddle) = later(b + beginToEnd + row[1], m + middleToEnd + row[1])
            let (toMiddle, stays) = later(b + beginToMiddle + row[2], m + middleToMiddle + row[2])
            let (toSingle, again) = later(e + endToSingle + row[3], s + singleToSingle + row[3])
            (b, e, m, s) = (toBegin, toEnd, toMiddle, toSingle)
            states[place] = fromSingle | fromMiddle << 1 | stays << 2 | again << 3
        }
        trace(count, last: s >= e ? MarkovChain.single : MarkovChain.end, in: states)
    }

    /// Replaces the bits by the states of the best path.
    private func trace(_ count: Int, last: UInt8, in states: UnsafeMutablePointer<UInt8>) {
        var state = last
        for place in stride(from: count - 1, through: 0, by: -1) {
            let isLater = (states[place] >> state) & 1 == 1
            states[place] = state
            switch state {
            case MarkovChain.begin, MarkovChain.single: state = isLater ? MarkovChain.single : MarkovChain.end
            default: state = isLater ? MarkovChain.middle : MarkovChain.begin
            }
        }
    }

    @inline(__always)
    private func emission(_ symbol: UInt16) -> UnsafePointer<Double> {
        emissions + Int(symbol &- Symbol.ideographBase) &* MarkovChain.stateCount
    }

    /// The greater of two, and 1 if that is the second; the second if they are equal.
    @inline(__always)
    private func later(_ first: Double, _ second: Double) -> (Double, UInt8) {
        second >= first ? (second, 1) : (first, 0)
    }
}
