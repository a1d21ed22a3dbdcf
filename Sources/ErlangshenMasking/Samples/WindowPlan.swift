/// Where documents are cut into windows that a model can take, worked out once for all epochs.
///
/// A document that fits is one window; a longer one is divided evenly, at the word boundaries nearest to even parts, so
/// that no word is cut, no tail is lost, and no last window is tiny. Only a word longer than a window is cut, as nothing
/// else can be done with it; those are counted.
///
/// *Memory:* 4 bytes a window and 4 a document. 180 GB of Chinese, about 6·10¹⁰ tokens, are some 1.2·10⁸ windows of
/// 510 tokens: half a gigabyte, and as much again if every window is a document of its own.
public struct WindowPlan: Sendable {
    /// A window of a document.
    public struct Window: Sendable, Equatable {
        /// The document.
        public let document: Int
        /// Its tokens, without special ones.
        public let tokens: Range<Int>
    }

    /// The most tokens of a window, `[CLS]` and `[SEP]` counted.
    public let windowLength: Int
    /// Words that are longer than a window and had to be cut.
    public private(set) var cutWordCount = 0
    /// Where each window begins in its document.
    private var starts: [UInt32] = []
    /// Windows up to each document, it included.
    private var ends: [UInt32] = []

    /// The longest window that can be asked for.
    public static let maximumWindowLength = 1 << 16

    /// Cuts documents into windows of at most `windowLength` tokens with `[CLS]` and `[SEP]`. Empty documents get none.
    ///
    /// Of a document that fits only its length is asked for; of a longer one some tokens around each cut are read.
    ///
    /// - Throws: `invalidSetting`, `documentLength`, `tooManyWindows`, and what reading throws.
    public init(documents: any TokenizedDocuments, windowLength: Int = 512) throws(MaskingError) {
        guard (3...Self.maximumWindowLength).contains(windowLength) else {
            throw .invalidSetting(
                name: "window", value: "\(windowLength)", expected: "from 3 to \(Self.maximumWindowLength) tokens")
        }
        self.windowLength = windowLength
        ends.reserveCapacity(documents.count)
        for index in 0..<documents.count {
            let length = documents.tokenCount(index)
            guard length >= 0, length <= Int(UInt32.max) else {
                throw .documentLength(index: index, tokenCount: length)
            }
            var start = 0
            while start < length {
                guard starts.count < Int(UInt32.max) else { throw .tooManyWindows(limit: Int(UInt32.max)) }
                starts.append(UInt32(start))
                start = try cut(documents, index, from: start, length)
            }
            ends.append(UInt32(starts.count))
        }
    }

    /// Windows of all documents.
    public var count: Int { starts.count }

    /// The bytes that the plan holds.
    public var byteCount: Int { (starts.count + ends.count) * MemoryLayout<UInt32>.stride }

    /// A window, counted through all documents.
    public func window(_ index: Int, of documents: any TokenizedDocuments) -> Window {
        var (low, high) = (0, ends.count - 1)
        while low < high {
            let middle = (low + high) / 2
            if Int(ends[middle]) > index { high = middle } else { low = middle + 1 }
        }
        let start = Int(starts[index])
        let end = index + 1 == Int(ends[low]) ? documents.tokenCount(low) : Int(starts[index + 1])
        // Between the bounds already, unless the documents have changed since.
        return Window(document: low, tokens: start..<min(max(start, end), start + windowLength - 2))
    }

    /// Where the window from `start` ends.
    private mutating func cut(
        _ documents: any TokenizedDocuments, _ index: Int, from start: Int, _ length: Int
    ) throws(MaskingError) -> Int {
        let (capacity, left) = (windowLength - 2, length - start)
        guard left > capacity else { return length }
        // Even parts a little below the limit leave room to move a cut to the end of its word.
        let room = max(1, capacity - min(4, capacity / 8))
        let parts = (left + room - 1) / room
        let target = start + (left + parts / 2) / parts
        for reach in [16, capacity] {
            let places = max(start + 1, target - reach)..<min(start + capacity, target + reach) + 1
            let text = try documents.text(index, tokens: places)
            guard text.ids.count == places.count else {
                throw .inconsistentDocument(index: index, expected: places.count, found: text.ids.count)
            }
            let boundaries = places.filter { !text.continuesWord[$0 - places.lowerBound] }
            if let nearest = boundaries.min(by: { abs($0 - target) < abs($1 - target) }) { return nearest }
        }
        cutWordCount += 1
        return start + capacity
    }
}
