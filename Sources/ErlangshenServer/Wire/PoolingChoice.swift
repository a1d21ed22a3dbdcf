import ErlangshenPipelines

/// How vectors are asked for.
enum PoolingChoice: String, CaseIterable {
    case mean, cls, none

    /// The library's word for it; nil keeps the vector of each token.
    var pooling: Pooling? {
        switch self {
        case .mean: .mean
        case .cls: .cls
        case .none: nil
        }
    }
}
