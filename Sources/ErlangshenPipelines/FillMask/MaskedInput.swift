/// A text, its ids and its masks.
struct MaskedInput: Sendable {
    let encoded: EncodedText
    /// The masks among the ids, ascending.
    let positions: [Int]
    let masked: MaskedText
}

/// A text and the one mask of it that matters.
struct SingleMask: Sendable {
    let encoded: EncodedText
    /// The mask among the ids.
    let position: Int
    /// The user's string with that mask, or the blank it came from.
    let masked: MaskedText
}

extension FillMaskPipeline {
    /// Encodes a text that must hold at least one mask.
    func maskedInput(_ text: String, _ maximumTokens: Int?) throws(PipelineError) -> MaskedInput {
        let encoded = try encoder.encode(text, maximumTokens: maximumTokens)
        let positions = encoded.ids.indices.filter { encoded.ids[$0] == encoder.maskId }
        guard !positions.isEmpty else {
            let isCutOff = encoded.truncatedTokenCount > 0 && text.contains(maskToken)
            throw isCutOff ? .maskCutOff(maskToken: maskToken) : .noMask(maskToken: maskToken)
        }
        let masked = MaskedText(text: text, ranges: positions.map { encoded.utf8Ranges[$0] })
        return MaskedInput(encoded: encoded, positions: positions, masked: masked)
    }

    /// Encodes a text with exactly one mask, or with one blank and no mask.
    func singleMask(_ text: String, _ maximumTokens: Int?) throws(PipelineError) -> SingleMask {
        if Self.hasBlank(text), !text.contains(maskToken) { return try encodeBlank(text, maximumTokens) }
        let input = try maskedInput(text, maximumTokens)
        guard input.positions.count == 1 else {
            throw .oneMaskExpected(found: input.positions.count, maskToken: maskToken)
        }
        return SingleMask(encoded: input.encoded, position: input.positions[0], masked: input.masked)
    }

    /// What to say of a text's length.
    func lengthWarnings(_ encoded: EncodedText) -> [PipelineWarning] {
        encoded.lengthWarnings(trainedOn: trainedLength)
    }
}
