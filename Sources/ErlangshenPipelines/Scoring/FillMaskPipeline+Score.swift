extension FillMaskPipeline {
    /// Scores a text: its pseudo-perplexity, and for each character how odd it is where it stands.
    ///
    /// Each token is masked once while all others stay (as many runs of the model as tokens), and its log-probability
    /// is read off; the sum is the pseudo-log-likelihood. Special tokens, also typed ones, are not scored; unknown
    /// tokens are, and a warning counts them. Masked copies are made in batches of bounded size.
    ///
    /// *Source:* Salazar et al. 2020, "Masked Language Model Scoring", section 2.
    /// - Parameters:
    ///   - text: any text.
    ///   - maximumTokens: cuts longer texts, with a warning; nil never cuts.
    /// - Throws: ``PipelineError/nothingToScore`` for a text without tokens, and errors of the model.
    public func score(_ text: String, maximumTokens: Int? = nil) throws(PipelineError) -> TextScore {
        try score(scoringQuestion([text], maximumTokens: maximumTokens))[0]
    }

    func score(_ input: ScoredInput) throws(PipelineError) -> TextScore {
        let (encoded, positions) = (input.encoded, input.positions)
        let scalars = ScalarOffsets(encoded.text)
        var tokens: [TokenScore] = []
        let queries = positions.lazy.map { place -> MaskQuery in
            var ids = encoded.ids
            ids[place] = encoder.maskId
            return MaskQuery(ids: ids, positions: [place])
        }
        try runner.forEachRow(queries) { (index, _, row) throws(PipelineError) in
            tokens.append(tokenScore(encoded, positions[index], row, scalars))
        }
        return TextScore(
            tokens: tokens, tokenCount: encoded.ids.count,
            warnings: standingWarnings + lengthWarnings(encoded) + unknownWarnings(encoded))
    }

    private func tokenScore(
        _ encoded: EncodedText, _ place: Int, _ row: LogitRow, _ scalars: ScalarOffsets
    ) -> TokenScore {
        let token = Int(encoded.ids[place])
        let favourite = row.top(1).first ?? token
        return TokenScore(
            token: token, text: scalars.text(encoded.utf8Ranges[place]), utf8Range: encoded.utf8Ranges[place],
            range: scalars.scalars(encoded.utf8Ranges[place]), logProbability: row.logProbability(token),
            rank: row.countAbove(token) + 1, favourite: favourite,
            favouriteText: MaskedText.surface(encoder.token(favourite)),
            favouriteLogProbability: row.logProbability(favourite))
    }

    private func unknownWarnings(_ encoded: EncodedText) -> [PipelineWarning] {
        let count = encoded.ids.count { $0 == encoder.unknownId }
        return count > 0 ? [.unknownTokens(count: count)] : []
    }
}
