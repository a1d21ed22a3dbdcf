extension BertTokenizer {
    /// Encodes one text, or two texts as one sequence.
    ///
    /// Concretely: `[CLS] text [SEP]` or `[CLS] text [SEP] pair [SEP]`, cut and padded only if asked.
    ///
    /// - Parameters:
    ///   - text: Any string; special tokens such as `[MASK]` are recognised in it.
    ///   - pair: The second text of the sequence.
    ///   - addSpecialTokens: Whether `[CLS]` and `[SEP]` are put around the texts.
    ///   - truncation: Which text gives way. The encoding's `cutTokenCount` says how much was cut.
    ///   - maxLength: Tokens to truncate to, special ones included; nil means the configuration's `model_max_length`.
    ///   - padding: How far to fill up with `[PAD]`.
    ///   - padToMultipleOf: Rounds the padded length up.
    /// - Throws: `missingMaxLength`, `maxLengthTooSmall`, `cannotTruncate`, `missingSecondText`, `invalidPadding`,
    ///   `paddingBeyondMaxLength`; none of them with the default truncation and padding.
    public func encode(
        _ text: String, pair: String? = nil, addSpecialTokens: Bool = true,
        truncation: Truncation = .doNotTruncate, maxLength: Int? = nil,
        padding: Padding = .none, padToMultipleOf: Int? = nil
    ) throws(TokenizerError) -> Encoding {
        let cut = try cut(truncation, maxLength: maxLength)
        try cut?.check(padding, multiple: padToMultipleOf)
        var encoding = try encodeUnpadded(text, pair, addSpecialTokens: addSpecialTokens, cut: cut)
        let length = try padding.target(lengths: CollectionOfOne(encoding.count), multiple: padToMultipleOf)
        if let length { encoding.pad(to: length) }
        return encoding
    }

    /// Encodes a batch, each input by itself, padded to a common length if asked.
    ///
    /// - Throws: As for one text; the first input that fails ends the batch.
    public func encode(
        batch: [TextInput], addSpecialTokens: Bool = true,
        truncation: Truncation = .doNotTruncate, maxLength: Int? = nil,
        padding: Padding = .none, padToMultipleOf: Int? = nil
    ) throws(TokenizerError) -> [Encoding] {
        let cut = try cut(truncation, maxLength: maxLength)
        try cut?.check(padding, multiple: padToMultipleOf)
        var encodings: [Encoding] = []
        encodings.reserveCapacity(batch.count)
        for input in batch {
            encodings.append(
                try encodeUnpadded(input.first, input.second, addSpecialTokens: addSpecialTokens, cut: cut))
        }
        let length = try padding.target(lengths: encodings.lazy.map(\.count), multiple: padToMultipleOf)
        if let length { for index in encodings.indices { encodings[index].pad(to: length) } }
        return encodings
    }

    /// Encodes a batch of single texts.
    ///
    /// - Throws: As for one text; the first input that fails ends the batch.
    public func encode(
        batch: [String], addSpecialTokens: Bool = true,
        truncation: Truncation = .doNotTruncate, maxLength: Int? = nil,
        padding: Padding = .none, padToMultipleOf: Int? = nil
    ) throws(TokenizerError) -> [Encoding] {
        try encode(
            batch: batch.map(TextInput.single), addSpecialTokens: addSpecialTokens, truncation: truncation,
            maxLength: maxLength, padding: padding, padToMultipleOf: padToMultipleOf)
    }

    /// What to cut to; nil if nothing is to be cut.
    private func cut(_ truncation: Truncation, maxLength: Int?) throws(TokenizerError) -> EncodingLayout.Cut? {
        guard truncation != .doNotTruncate else { return nil }
        guard let length = maxLength ?? options.modelMaxLength else { throw .missingMaxLength }
        return EncodingLayout.Cut(truncation: truncation, maxLength: length)
    }

    private func encodeUnpadded(
        _ text: String, _ pair: String?, addSpecialTokens: Bool, cut: EncodingLayout.Cut?
    ) throws(TokenizerError) -> Encoding {
        var layout = EncodingLayout(text, pair, addsSpecialTokens: addSpecialTokens)
        var ids = write(&layout)
        if let cut { try layout.fit(cut, side: options.truncationSide, removingFrom: &ids) }
        // Small arrays are copied to their size; of large ones the unused rest was never touched and costs nothing.
        if ids.capacity < 1 << 16 { ids = ids.withUnsafeBufferPointer { Array($0) } }
        return Encoding(ids: ids, layout: layout, tokenizer: self)
    }
}
