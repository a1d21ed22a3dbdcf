/// How examples become sequences of tokens.
public struct EncodingSettings: Sendable, Equatable {
    /// Tokens of a sequence, special ones included.
    public var maximumTokenCount: Int
    /// What happens to an example with more tokens; questions on long passages become several windows instead.
    public var overlong: DataPolicy.Overlong
    /// Marks of entities.
    public var scheme: TagScheme
    /// Tokens of a passage that two windows of it share.
    public var overlapTokenCount: Int
    /// Tokens that a question may have; the rest is cut and counted.
    public var maximumQuestionTokenCount: Int

    /// Settings of a task.
    ///
    /// - Throws: `invalidSetting` when the lengths leave no room for a passage.
    public init(
        task: TaskDescription, maximumTokenCount: Int? = nil, overlong: DataPolicy.Overlong = .truncate,
        scheme: TagScheme = .bio, overlapTokenCount: Int = 128, maximumQuestionTokenCount: Int = 64
    ) throws(TaskError) {
        self.maximumTokenCount = maximumTokenCount ?? task.maximumTokenCount
        self.overlong = overlong
        self.scheme = scheme
        self.overlapTokenCount = overlapTokenCount
        self.maximumQuestionTokenCount = maximumQuestionTokenCount
        guard (8...32_768).contains(self.maximumTokenCount) else {
            throw .invalidSetting(name: "max-length", value: self.maximumTokenCount, expected: "from 8 to 32768")
        }
        guard task.kind == .questionAnswering else { return }
        guard maximumQuestionTokenCount > 0, overlapTokenCount >= 0 else {
            throw .invalidSetting(
                name: "doc-stride", value: min(overlapTokenCount, maximumQuestionTokenCount), expected: "0 or more")
        }
        // [CLS] question [SEP] passage [SEP]
        let room = self.maximumTokenCount - 3 - maximumQuestionTokenCount
        guard room > overlapTokenCount else {
            throw .invalidSetting(
                name: "doc-stride", value: overlapTokenCount,
                expected: "smaller than the \(room) tokens of passage that a window has room for")
        }
    }
}
