/// Receives the words of a text, cleaned, lower-cased and split as a BERT tokenizer does, before any is spelled.
package protocol WordSink {
    /// Takes an ideograph or a punctuation mark, which is a word of its own.
    mutating func take(single scalar: UInt32)
    /// Takes a word of other scalars, at most 100; nil for a longer one, which no vocabulary spells.
    mutating func take(word scalars: UnsafeBufferPointer<UInt32>?)
}

/// Splits plain text into the words that a vocabulary has to spell.
package struct WordScanner: Sendable {
    private let tables: WordPieceTables

    /// A scanner that splits as a tokenizer with these options does; special tokens are text to it.
    ///
    /// - Throws: nothing for the usual options; what `BertTokenizer.init` throws.
    package init(options: TokenizerOptions) throws(TokenizerError) { tables = try WordPieceTables(wordsBy: options) }

    /// Hands the words of a text, which must be valid UTF-8, to `sink` in order.
    package func scan<Sink: WordSink>(_ text: UnsafeBufferPointer<UInt8>, into sink: inout Sink) {
        // By address: with a copy beside it, each change of a dictionary in the sink would copy the whole of it.
        withUnsafeMutablePointer(to: &sink) { sink in
            var adapter = WordAdapter(sink: sink)
            TextScanner.scan(text, tables: tables, into: &adapter)
        }
    }
}

/// The scanner's own kind of sink around one for words.
private struct WordAdapter<Sink: WordSink>: TokenSink {
    static var recordsSpans: Bool { false }
    static var takesWords: Bool { true }
    /// Lives for one scan, while its caller holds the sink.
    let sink: UnsafeMutablePointer<Sink>
    let count = 0

    mutating func append(_ id: Int32, start: Int, end: Int, word: Int) {
        sink.pointee.take(single: UInt32(bitPattern: id))
    }

    mutating func rewind(to count: Int) {}

    mutating func take(word scalars: UnsafeBufferPointer<UInt32>?) { sink.pointee.take(word: scalars) }
}
