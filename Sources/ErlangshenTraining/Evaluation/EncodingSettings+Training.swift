import ErlangshenTasks

extension EncodingSettings {
    /// Settings for training and measuring alike.
    ///
    /// Windows of a passage share half of what they have room for, at most 128 tokens.
    ///
    /// - Throws: `TaskError.invalidSetting` for a length without room.
    init(
        for task: TaskDescription, labels: TaskLabels, maximumTokenCount: Int?,
        overlong: DataPolicy.Overlong = .truncate
    ) throws(TaskError) {
        let questionCount = 64
        let room = (maximumTokenCount ?? task.maximumTokenCount) - 3 - questionCount
        try self.init(
            task: task, maximumTokenCount: maximumTokenCount, overlong: overlong, scheme: labels.scheme,
            overlapTokenCount: max(0, min(128, room / 2)), maximumQuestionTokenCount: questionCount)
    }
}
