import ErlangshenCompute
import ErlangshenJSON
import ErlangshenRandom
import ErlangshenTasks

@testable import ErlangshenTraining

/// A model of two layers and tasks that it can learn, in a folder of one test.
struct TinyTask {
    static let characters = Array("天地人你我他山水火木金土日月星云风雨雪花")
    let folder: TrainingFolder

    init() throws {
        folder = try TrainingFolder()
        let words = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"] + Self.characters.map(String.init)
        try folder.write("vocab.txt", words.joined(separator: "\n") + "\n")
        let config: JSONValue = [
            "model_type": "deberta-v2", "vocab_size": .integer(Int64(words.count)), "hidden_size": 16,
            "num_hidden_layers": 2, "num_attention_heads": 2, "intermediate_size": 32, "hidden_act": "gelu",
            "hidden_dropout_prob": 0.1, "attention_probs_dropout_prob": 0.1, "max_position_embeddings": 64,
            "relative_attention": true, "position_buckets": 8, "norm_rel_ebd": "layer_norm", "share_att_key": true,
            "pos_att_type": "c2p|p2c", "conv_kernel_size": 3, "conv_act": "gelu", "layer_norm_eps": 1e-7,
            "position_biased_input": false, "type_vocab_size": 0, "initializer_range": 0.05,
        ]
        try folder.write("config.json", config.serialized())
    }

    /// Texts of three to eight characters; what a text is about is told by whether 天 or 地 stands in it.
    static func text(_ number: Int) -> (text: String, place: Int, label: Int) {
        let philox = Philox(seed: 7).words(at: SIMD4(UInt32(number), 0, 0, 99))
        let (count, label) = (3 + Int(philox[0] % 6), Int(philox[1] % 2))
        var text = (0..<count).map { place in
            let words = Philox(seed: 7).words(at: SIMD4(UInt32(number), UInt32(place), 1, 99))
            return characters[2 + Int(words[0]) % (characters.count - 2)]
        }
        let place = Int(philox[2]) % count
        text[place] = characters[label]
        return (String(text), place, label)
    }

    private func write(_ name: String, _ rows: [JSONValue]) throws {
        try folder.write(name, rows.map { $0.serialized() + "\n" }.joined())
    }

    /// A made-up row of a kind of task.
    private static func row(_ number: Int, of kind: TaskKind) -> JSONValue {
        let (text, place, label) = text(number)
        let word = String(characters[label])
        switch kind {
        case .classification: return ["text": .string(text), "label": .string(label == 0 ? "sky" : "earth")]
        case .softClassification:
            return ["text": .string(text), "label": label == 0 ? [0.9, 0.1] : [0.2, 0.8]]
        case .regression:
            // Not the same for any two, for correlations of ranks.
            return ["text": .string(text), "label": .double(Double(label * 2 - 1) + Double(number) / 1_000)]
        case .tokenClassification:
            let mark: JSONValue = [[.integer(Int64(place)), .integer(Int64(place))]]
            return ["text": .string(text), "label": [label == 0 ? "sky" : "earth": [word: mark]]]
        case .multipleChoice:
            let choices: JSONValue = label == 0 ? ["天", "地地"] : ["地地", "天"]
            return ["text": .string(text), "choices": choices, "label": .integer(Int64(label))]
        case .questionAnswering:
            return [
                "paragraphs": [
                    [
                        "context": .string(text),
                        "qas": [
                            [
                                "id": .string("\(number)"), "question": "天地",
                                "answers": [["text": .string(word), "answer_start": .integer(Int64(place))]],
                            ]
                        ],
                    ]
                ]
            ]
        }
    }

    /// A request for a kind of task over made-up rows.
    func request(_ kind: TaskKind, output: String, train: Int = 96, dev: Int = 32) throws -> FineTuningRequest {
        var fields = TaskFields(text: ["text"])
        var layout = RecordLayout.flat
        switch kind {
        case .tokenClassification: layout = .entities
        case .questionAnswering: layout = .squad
        case .multipleChoice: fields.choices = ["choices"]
        case .classification, .softClassification, .regression: break
        }
        for (name, numbers) in [("train", 0..<train), ("dev", 1_000..<1_000 + dev)] {
            let rows = numbers.map { Self.row($0, of: kind) }
            if kind == .questionAnswering {
                try folder.write("\(name)-\(kind.rawValue).json", JSONValue.object(["data": .array(rows)]).serialized())
            } else {
                try write("\(name)-\(kind.rawValue).json", rows)
            }
        }
        let task = try TaskDescription(
            name: "tiny", title: "Sky or earth", kind: kind, layout: layout, fields: fields,
            labels: kind == .softClassification ? ["sky", "earth"] : nil,
            maximumTokenCount: kind == .questionAnswering ? 96 : 32)
        var request = FineTuningRequest(
            task: task, trainPaths: [folder.path("train-\(kind.rawValue).json")],
            devPaths: [folder.path("dev-\(kind.rawValue).json")],
            source: .scratch(config: folder.path("config.json"), vocabulary: folder.path("vocab.txt")),
            output: folder.path(output))
        (request.settings.epochCount, request.settings.batchSize) = (3, 16)
        request.settings.learningRate = 5e-3
        return request
    }
}
