/// How the vectors of a text's tokens become one.
public enum Pooling: String, Sendable, CaseIterable {
    /// The mean over all tokens that the model read, `[CLS]` and `[SEP]` included, as sentence-transformers takes it.
    case mean
    /// The vector of the first token, `[CLS]`.
    case cls
}
