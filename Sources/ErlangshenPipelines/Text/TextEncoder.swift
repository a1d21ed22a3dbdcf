import ErlangshenTokenizer

/// The only place where pipelines speak to the tokenizer.
struct TextEncoder: Sendable {
    let tokenizer: BertTokenizer
    init(tokenizer: BertTokenizer) { self.tokenizer = tokenizer }
    init(tokenizer: BertTokenizer, modelVocabularySize: Int) throws(PipelineError) { self.tokenizer = tokenizer }
    init(directory: String) throws(PipelineError) { do { tokenizer = try BertTokenizer(directory: directory) } catch { throw .tokenizer(error) } }
    var vocabularySize: Int { 1 }
    var maskId: Int32 { 1 }
    var padId: Int32 { 1 }
    var unknownId: Int32 { 1 }
    var maskToken: String { "" }
    var specialIds: Set<Int32> { [] }
    func id(of: String) -> Int? { nil }
    func token(_ id: Int) -> String { "" }
    func pieces(_ text: String) throws(PipelineError) -> [Int32] { [] }
    func decode(_ ids: [Int32], skipsSpecialTokens: Bool = false) -> String { "" }
    func encode(_ text: String, pair: String? = nil, maximumTokens: Int?) throws(PipelineError) -> EncodedText { throw .noTargets }
}
