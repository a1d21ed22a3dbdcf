/// What happens to a row with a problem.
///
/// Nothing is dropped, cut or kept in silence: each is counted in `DataReport`, with the first places.
public struct DataPolicy: Sendable, Equatable {
    /// For a row that cannot be used.
    public enum Defect: String, Sendable, CaseIterable {
        /// Stop and say where.
        case error
        /// Leave the row out, and count it.
        case drop
    }

    /// For a row whose text is empty.
    public enum Empty: String, Sendable, CaseIterable {
        /// Stop and say where.
        case error
        /// Leave the row out, and count it.
        case drop
        /// Use it as it is, and count it.
        case keep
    }

    /// For a row with more tokens than fit.
    public enum Overlong: String, Sendable, CaseIterable {
        /// Stop and say where.
        case error
        /// Leave the row out, and count it.
        case drop
        /// Cut tokens off the longer text, and count it.
        case truncate
    }

    /// Rows that cannot be read.
    public var brokenRow = Defect.error
    /// Rows without a field that is needed.
    public var badField = Defect.error
    /// Rows with a label outside of the label map.
    public var unknownLabel = Defect.error
    /// Rows labelled `-`.
    public var noAgreement = Defect.drop
    /// Rows with an empty text.
    public var emptyText = Empty.error
    /// Rows that are too long.
    public var overlong = Overlong.truncate
    /// Rows with an answer that is not where they say; for training only, as evaluation needs the words alone.
    public var misplacedAnswer = Defect.drop

    /// The policy that stops at every defect, drops rows labelled `-` and cuts long texts.
    public init() {}

    /// The policy for rows to predict: as each needs an answer, none is dropped.
    public static var prediction: DataPolicy {
        var policy = DataPolicy()
        policy.emptyText = .keep
        (policy.noAgreement, policy.misplacedAnswer) = (.error, .error)
        return policy
    }

    /// Whether a problem of this kind drops its row; nil when it is an error. `keep` and `truncate` do not drop.
    func drops(_ kind: DataProblem.Kind) -> Bool? {
        switch kind {
        case .brokenRow: drops(brokenRow)
        case .badField: drops(badField)
        case .unknownLabel: drops(unknownLabel)
        case .noAgreement: drops(noAgreement)
        case .misplacedAnswer: drops(misplacedAnswer)
        case .emptyText: emptyText == .error ? nil : emptyText == .drop
        case .overlong: overlong == .error ? nil : overlong == .drop
        }
    }

    private func drops(_ policy: Defect) -> Bool? { policy == .error ? nil : true }
}
