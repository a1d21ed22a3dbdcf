/// What a model is asked to say of an example.
public enum TaskKind: String, Sendable, CaseIterable {
    /// One of several labels for a text or a pair of texts.
    case classification
    /// A probability for each label.
    case softClassification
    /// A number.
    case regression
    /// A tag for each token, which make entities.
    case tokenClassification
    /// A span of a text that answers a question.
    case questionAnswering
    /// One of several answers that come with the question.
    case multipleChoice
}

/// The figure by which runs of a task are compared.
public enum TaskMetric: String, Sendable, CaseIterable {
    /// Share of right labels.
    case accuracy
    /// F1 of each label, averaged without weights.
    case macroF1
    /// F1 of whole entities, all types together.
    case entityF1
    /// The mean of exact match and F1, as the CMRC 2018 script counts them.
    case exactMatchAndF1
    /// Mean cross entropy against the probabilities of the row; smaller is better.
    case crossEntropy
    /// Spearman's rank correlation.
    case spearman
}

/// How the members of a row make an example.
public enum RecordLayout: String, Sendable, CaseIterable {
    /// A text, perhaps a second one, perhaps choices, and a label, each in a field of its own.
    case flat
    /// CLUEWSC2020: a text and two marked places in it.
    case winograd
    /// CLUENER: a text, and `{"type": {"words": [[first, last], …]}}` in scalars, ends included.
    case entities
    /// A list of tokens and a list of their tags, of equal length.
    case taggedTokens
    /// SQuAD and the CMRC 2018 files in its form: articles, paragraphs, questions, answers.
    case squad
    /// C3: `[[sentences], [{"question", "choice", "answer"}], id]`.
    case dialogue

    /// Whether a file is one JSON value, read element by element, instead of a row a line.
    var isDocument: Bool { self == .squad || self == .dialogue }
}

/// The names of the fields that a task reads; where several are given, the first that a row has counts.
public struct TaskFields: Sendable, Equatable {
    /// What names the row in a submission.
    public var id: [String]
    /// The first or only text.
    public var text: [String]
    /// The second text; empty for tasks on single texts.
    public var textPair: [String]
    /// The label, the number, the probabilities, or the tags.
    public var label: [String]
    /// A list of texts to choose from.
    public var choices: [String]

    /// Names of fields; those of CLUE's single sentences unless told otherwise.
    public init(
        id: [String] = ["id"], text: [String] = ["sentence"], textPair: [String] = [], label: [String] = ["label"],
        choices: [String] = []
    ) {
        self.id = id
        self.text = text
        self.textPair = textPair
        self.label = label
        self.choices = choices
    }
}

/// The files of a data folder, by their usual names.
public struct TaskFiles: Sendable, Equatable {
    /// What is learnt from.
    public var train: [String]
    /// What figures are made of.
    public var dev: [String]
    /// What is predicted for a submission.
    public var test: [String]

    /// Names within the folder; several are read one after the other.
    public init(train: [String] = ["train.json"], dev: [String] = ["dev.json"], test: [String] = ["test.json"]) {
        self.train = train
        self.dev = dev
        self.test = test
    }
}
