import ErlangshenJSON

/// Whether, and to how many tokens, a request has its texts cut. Without being asked nothing is cut.
struct Truncation {
    /// The tokens to cut to; nil never cuts.
    private(set) var tokens: Int?
    private let limit: Int

    /// Reads `truncate` and `truncation_direction`, the words of the hosted API.
    init(_ parameters: inout ObjectReader, _ limits: ServerLimits) throws(RequestFailure) {
        limit = limits.tokens
        if try parameters.bool("truncate") ?? false { tokens = limit }
        if let direction = try parameters.string("truncation_direction"), direction.lowercased() != "right" {
            throw .validation(
                "texts are cut at the right alone", field: "parameters.truncation_direction")
        }
    }

    /// Reads `tokenizer_kwargs`, the words of transformers.
    mutating func readTokenizerKeywords(_ parameters: inout ObjectReader) throws(RequestFailure) {
        guard let keywords = parameters.value("tokenizer_kwargs") else { return }
        var reader = try ObjectReader(keywords, at: "parameters.tokenizer_kwargs")
        let isAsked = try reader.bool("truncation") ?? false
        let length = try reader.int("max_length", 3...limit)
        try reader.finish()
        if isAsked { tokens = length ?? limit }
    }
}
