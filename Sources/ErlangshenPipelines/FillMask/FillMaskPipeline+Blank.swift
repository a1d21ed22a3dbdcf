extension FillMaskPipeline {
    /// Whether a text holds a blank, `____` or `＿＿`.
    public static func hasBlank(_ text: String) -> Bool { !BlankFinder.blanks(in: text).isEmpty }

    /// Fills a blank of unknown length: words of one token and of several, ranked together.
    ///
    /// For each length n = 1…`maximumLength` the blank becomes n masks and the best joint fillings are found, left to
    /// right, as ``fillJointly(_:topK:beamWidth:order:maximumTokens:)`` does. The model has no notion of how long the
    /// word should be, so lengths are compared by the normalised log-probability.
    ///
    /// - Parameters:
    ///   - text: holds one blank: two or more underscores, ASCII or full-width. Masks elsewhere stay masked.
    ///   - topK: fillings to list, over all lengths.
    ///   - maximumLength: the most tokens to try.
    ///   - beamWidth: unfinished fillings kept after each choice.
    ///   - normalization: how fillings of different lengths are compared.
    ///   - maximumTokens: cuts longer texts, with a warning; nil never cuts.
    /// - Throws: ``PipelineError/oneBlankExpected(found:)``, ``PipelineError/invalidCount(name:value:)``,
    ///   ``PipelineError/tooManyMasks(found:limit:)`` and errors of the model.
    public func fillBlank(
        _ text: String, topK: Int = 5, maximumLength: Int = 4, beamWidth: Int = 16,
        by normalization: LengthNormalization = .mean, maximumTokens: Int? = nil
    ) throws(PipelineError) -> JointFillingResult {
        guard topK >= 1 else { throw .invalidCount(name: "topK", value: topK) }
        guard maximumLength >= 1 else { throw .invalidCount(name: "maximumLength", value: maximumLength) }
        guard maximumLength <= Self.maximumJointMasks else {
            throw .tooManyMasks(found: maximumLength, limit: Self.maximumJointMasks)
        }
        let blank = try encodeBlank(text, maximumTokens)
        var found: [JointFilling] = []
        var proven: [Double] = []
        for length in 1...maximumLength {
            let ids = blank.encoded.expanding(at: blank.position, into: length, maskId: encoder.maskId)
            let positions = Array(blank.position..<blank.position + length)
            let outcome = try search(ids, at: positions, topK, beamWidth, .leftToRight)
            found += outcome.states.prefix(topK).map { filling($0, at: positions, in: blank.masked) }
            proven.append(Self.bound(outcome.prunedBound, length, normalization))
        }
        let ranked = found.sorted { Self.precedes($0, $1, normalization) }.prefix(topK)
        let limit = proven.max() ?? -.infinity
        return JointFillingResult(
            fillings: Array(ranked),
            exactCount: ranked.prefix { normalization.value($0.logProbabilities) >= limit }.count,
            tokenCount: blank.encoded.ids.count + maximumLength - 1,
            warnings: standingWarnings + lengthWarnings(blank.encoded))
    }

    func encodeBlank(_ text: String, _ maximumTokens: Int?) throws(PipelineError) -> SingleMask {
        let blanks = BlankFinder.blanks(in: text)
        guard blanks.count == 1 else { throw .oneBlankExpected(found: blanks.count) }
        let bytes = Array(text.utf8)
        let before = String(decoding: bytes[..<blanks[0].lowerBound], as: UTF8.self)
        let after = String(decoding: bytes[blanks[0].upperBound...], as: UTF8.self)
        let encoded = try encoder.encode(before + encoder.maskToken + after, maximumTokens: maximumTokens)
        let position = encoded.ids.indices.first {
            encoded.ids[$0] == encoder.maskId && encoded.utf8Ranges[$0].lowerBound == blanks[0].lowerBound
        }
        guard let position else { throw .blankCutOff }
        return SingleMask(
            encoded: encoded, position: position, masked: MaskedText(text: text, ranges: [blanks[0]]))
    }

    private func filling(_ state: JointSearch.State, at positions: [Int], in masked: MaskedText) -> JointFilling {
        let tokens = positions.map { Int(state.ids[$0]) }
        let pieces = tokens.map { encoder.token($0) }
        return JointFilling(
            tokens: tokens, tokenStrings: pieces, logProbabilities: positions.map { state.choices[$0] ?? 0 },
            words: [MaskedText.joined(pieces)], text: masked.filled([0: pieces]))
    }

    /// The best that a filling of this length could be ranked with, from a bound on its log-probability.
    private static func bound(_ logProbability: Double, _ length: Int, _ by: LengthNormalization) -> Double {
        by == .sum ? logProbability : logProbability / Double(length)
    }

    private static func precedes(_ left: JointFilling, _ right: JointFilling, _ by: LengthNormalization) -> Bool {
        let (a, b) = (by.value(left.logProbabilities), by.value(right.logProbabilities))
        return a == b ? left.tokens.count < right.tokens.count : a > b
    }
}
