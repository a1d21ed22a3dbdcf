/// The tasks of CLUE that need no description.
///
/// Labels stand in the order of CLUE's own baseline, files and submissions under the names of CLUE 1.1.
public enum BuiltInTasks {
    /// All of them, in the order of CLUE's table.
    public static let all: [TaskDescription] = [
        afqmc, tnews, iflytek, ocnli, cmnli, cluewsc2020, cluener, cmrc2018, c3,
    ]

    /// The task of a name, upper case or lower.
    ///
    /// - Throws: `unknownTask`.
    public static func named(_ name: String) throws(TaskError) -> TaskDescription {
        guard let task = all.first(where: { $0.name == name.lowercased() }) else {
            throw .unknownTask(name: name, known: all.map(\.name))
        }
        return task
    }

    private static let sentencePair = TaskFields(
        text: ["sentence1"], textPair: ["sentence2"], label: ["label", "gold_label"])
    private static let inference = ["contradiction", "entailment", "neutral"]

    /// Whether two questions of customers mean the same.
    public static let afqmc = TaskDescription(
        known: "afqmc", "Ant Financial question matching: same meaning or not. 蚂蚁金融语义相似度", .classification, .flat,
        sentencePair, ["0", "1"], TaskFiles(), 128, .accuracy, .lines(fileName: "afqmc_predict.json"))

    /// The category of a news headline, version 1.1: 100 to 116 without 105 and 111.
    public static let tnews = TaskDescription(
        known: "tnews", "Headlines of Toutiao, 15 categories (1.1). 今日头条新闻分类", .classification, .flat, TaskFields(),
        (100...116).filter { $0 != 105 && $0 != 111 }.map { "\($0)" }, TaskFiles(), 128, .accuracy,
        .lines(fileName: "tnews11_predict.json"))

    /// The category of an application from its long description, 0 to 118.
    public static let iflytek = TaskDescription(
        known: "iflytek", "Descriptions of applications, 119 categories. 长文本应用分类", .classification, .flat,
        TaskFields(), (0..<119).map { "\($0)" }, TaskFiles(), 256, .accuracy,
        .lines(fileName: "iflytek_predict.json"))

    /// Inference written in Chinese from the start.
    public static let ocnli = TaskDescription(
        known: "ocnli", "Original Chinese natural language inference. 中文原版自然语言推理", .classification, .flat,
        sentencePair, inference, TaskFiles(train: ["train.50k.json"]), 128, .accuracy,
        .lines(fileName: "ocnli_50k_predict.json"))

    /// Inference translated from MNLI and XNLI.
    public static let cmnli = TaskDescription(
        known: "cmnli", "Chinese multi-genre natural language inference. 语言推理", .classification, .flat, sentencePair,
        inference, TaskFiles(), 128, .accuracy, .lines(fileName: "cmnli_predict.json"))

    /// Whether a pronoun stands for a noun of the same text.
    public static let cluewsc2020 = TaskDescription(
        known: "cluewsc2020", "Winograd schemas: does the pronoun mean the noun. 代词消歧", .classification, .winograd,
        TaskFields(text: ["text"]), ["true", "false"], TaskFiles(), 128, .accuracy,
        .lines(fileName: "cluewsc11_predict.json"))

    /// Entities of ten types.
    public static let cluener = TaskDescription(
        known: "cluener", "Named entities of ten types. 细粒度命名实体识别", .tokenClassification, .entities,
        TaskFields(text: ["text"]),
        [
            "address", "book", "company", "game", "government", "movie", "name", "organization", "position", "scene",
        ], TaskFiles(), 128, .entityF1, .entityLines(fileName: "cluener_predict.json"))

    /// Questions on passages of Wikipedia, answered by a span.
    public static let cmrc2018 = TaskDescription(
        known: "cmrc2018", "Reading comprehension by spans. 抽取式阅读理解", .questionAnswering, .squad, TaskFields(), nil,
        TaskFiles(), 384, .exactMatchAndF1, .answers(fileName: "cmrc2018_predict.json"))

    /// Questions on dialogues and passages with two to four choices.
    public static let c3 = TaskDescription(
        known: "c3", "Reading comprehension by multiple choice. 多选阅读理解", .multipleChoice, .dialogue, TaskFields(), nil,
        TaskFiles(
            train: ["d-train.json", "m-train.json"], dev: ["d-dev.json", "m-dev.json"], test: ["test1.1.json"]),
        512, .accuracy, .lines(fileName: "c311_predict.json"))
}
