/// Samples made of documents by cutting, if asked packing, and masking.
public struct MaskedSamples: MaskedSampleSource {
    /// Where documents are cut.
    public let windows: WindowPlan
    private let documents: any TokenizedDocuments
    private let masker: WholeWordMasker
    private let packing: Packing?

    /// Plans the samples of documents.
    ///
    /// - Parameters:
    ///   - documents: What is learnt from.
    ///   - masker: What masks it, with its seed.
    ///   - windowLength: The most tokens of a sample, `[CLS]` and `[SEP]` of its sequences counted.
    ///   - packs: Whether short windows are put together into one sample.
    /// - Throws: What `WindowPlan` throws.
    public init(
        documents: any TokenizedDocuments, masker: WholeWordMasker, windowLength: Int = 512, packs: Bool = false
    ) throws(MaskingError) {
        let windows = try WindowPlan(documents: documents, windowLength: windowLength)
        self.windows = windows
        self.documents = documents
        self.masker = masker
        packing =
            packs
            ? Packing(count: windows.count, capacity: windowLength) { index in
                windows.window(index, of: documents).tokens.count + 2
            } : nil
    }

    /// Samples of an epoch.
    public var count: Int { packing?.count ?? windows.count }

    /// Tokens of a sample, special ones included.
    public func tokenCount(_ index: Int) -> Int {
        members(index).reduce(0) { $0 + windows.window($1, of: documents).tokens.count + 2 }
    }

    /// The sequences of a sample, masked for an epoch.
    ///
    /// - Throws: `noSuchSample`; what reading throws; `inconsistentDocument`, `invalidToken`.
    public func sample(_ index: Int, epoch: Int) throws(MaskingError) -> [MaskedSequence] {
        guard index >= 0, index < count, let epochNumber = UInt32(exactly: epoch) else {
            throw .noSuchSample(index: index, count: count, epoch: epoch)
        }
        var numbers = masker.numbers(epoch: epochNumber, sample: UInt32(index))
        var sequences: [MaskedSequence] = []
        for member in members(index) {
            let window = windows.window(member, of: documents)
            let text = try documents.text(window.document, tokens: window.tokens)
            guard text.ids.count == window.tokens.count else {
                throw .inconsistentDocument(
                    index: window.document, expected: window.tokens.count, found: text.ids.count)
            }
            sequences.append(try masker.sequence(text, &numbers))
        }
        return sequences
    }

    /// The windows of a sample.
    private func members(_ index: Int) -> [Int] { packing.map { $0[index].map(Int.init) } ?? [index] }
}
