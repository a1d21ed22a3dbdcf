import ArgumentParser

/// What `--task` takes: which rows of the last layer a head reads, and which head.
enum BenchTask: String, CaseIterable, ExpressibleByArgument {
    /// The vocabulary at the masks; of random ids at one row of each text.
    case fillMask = "fill-mask"
    /// The labels of a fine-tuned model.
    case classify
    /// The vocabulary at every token.
    case logits
    /// A step of fine-tuning a classifier: there, back, the gradient's norm, AdamW.
    case train
    /// A step of pretraining: masked words of 15 % of the tokens, there, back, the gradient's norm, AdamW.
    case pretrain

    /// Whether it times steps of training, which have one caller and no answers.
    var isTraining: Bool { self == .train || self == .pretrain }
}
