import ErlangshenJSON
import ErlangshenPipelines

/// The schemas of requests and replies.
enum OpenAPISchemas {
    static let json: JSONValue = [
        "Task": ["type": "string", "enum": .array(PipelineTask.allCases.map { .string($0.rawValue) })],
        "Error": error,
        "Request": request,
        "Input": input,
        "Parameters": parameters,
        "Reply": reply,
        "FillMask": fillMask,
        "LabelScore": labelScore,
        "Entity": entity,
        "JointFilling": jointFilling,
        "TextScore": textScore,
        "Attention": attention,
        "Vector": ["type": "array", "items": ["type": "number"]],
        "Health": object(["status": ["type": "string", "const": "ok"]], required: ["status"]),
        "Info": object(
            [
                "version": string, "device": string,
                "limits": ["type": "object", "additionalProperties": ["type": "number"]],
                "models": ["type": "array", "items": reference("Model")],
            ], required: ["version", "device", "limits", "models"]),
        "Model": object(
            [
                "id": string, "state": ["type": "string", "enum": ["ready", "loading", "failed"]],
                "tasks": ["type": "array", "items": reference("Task")], "labels": strings,
                "mask_token": ["type": ["string", "null"]], "trained_length": ["type": "integer"], "notes": strings,
            ], required: ["id", "state"]),
        "Document": ["type": "object"],
    ]

    private static let string: JSONValue = ["type": "string"]
    private static let strings: JSONValue = ["type": "array", "items": ["type": "string"]]

    private static let error = object(
        [
            "error": ["type": "string", "description": "What is wrong, and where it can be helped what to do"],
            "error_type": [
                "type": "string", "enum": .array(RequestFailure.Kind.allCases.map { .string($0.rawValue) }),
            ],
            "field": ["type": "string", "description": "The place in the request"],
            "warnings": strings,
            "estimated_time": [
                "type": "number", "description": "Seconds until a model that loads will probably answer",
            ],
        ], required: ["error", "error_type"])

    private static let input: JSONValue = [
        "oneOf": [
            string,
            object(["text": string, "text_pair": string], required: ["text"]),
            [
                "type": "array", "description": "The one legacy form of a pair, [[a, b]]", "minItems": 1, "maxItems": 1,
                "items": ["type": "array", "items": ["type": "string"], "minItems": 2, "maxItems": 2],
            ],
        ]
    ]

    private static let request: JSONValue = [
        "oneOf": [
            ["type": "string"],
            [
                "type": "object", "required": ["inputs"],
                "properties": [
                    "inputs": [
                        "description": "A text, a pair for text-classification, or a list of these",
                        "anyOf": [reference("Input"), ["type": "array", "items": reference("Input"), "minItems": 1]],
                    ],
                    "parameters": reference("Parameters"),
                    "options": object(
                        [
                            "wait_for_model": boolean, "use_cache": boolean, "use_gpu": boolean,
                        ], required: []),
                ],
            ],
        ]
    ]

    private static let boolean: JSONValue = ["type": "boolean"]

    /// Each task takes its own and refuses the others.
    private static let parameters = object(
        [
            "top_k": ["type": "integer", "minimum": 1],
            "targets": ["anyOf": [string, strings], "description": "fill-mask: the only words to score"],
            "tokenizer_kwargs": object(
                ["truncation": boolean, "max_length": ["type": "integer", "minimum": 3]], required: []),
            "function_to_apply": ["type": "string", "enum": ["sigmoid", "softmax", "none"]],
            "aggregation_strategy": [
                "type": "string", "enum": .array(AggregationStrategy.allCases.map { .string($0.rawValue) }),
            ],
            "ignore_labels": ["anyOf": [string, strings]],
            "candidate_labels": [
                "anyOf": [string, strings], "description": "Makes the task zero-shot-classification",
            ],
            "hypothesis_template": [
                "type": "string", "default": .string(TextClassificationPipeline.chineseHypothesis),
            ],
            "multi_label": boolean,
            "pooling": ["type": "string", "enum": ["mean", "cls", "none"], "default": "mean"],
            "normalize": boolean,
            "beam_width": ["type": "integer", "minimum": 1, "default": 16],
            "order": ["type": "string", "enum": .array(MaskOrder.allCases.map { .string($0.rawValue) })],
            "position": [
                "type": "integer", "minimum": 0, "description": "attention: a place in the text, in Unicode scalars",
            ],
            "layer": ["type": "integer", "minimum": 0, "description": "attention: the last when left out"],
            "head": ["type": "integer", "minimum": 0, "description": "attention: the mean when left out"],
            "truncate": [
                "type": "boolean", "description": "Cut texts at the limit of tokens instead of refusing them",
            ],
            "truncation_direction": ["type": "string", "enum": ["right", "Right"]],
        ], required: [])

    private static let reply: JSONValue = [
        "anyOf": [
            [
                "description":
                    "fill-mask, text-classification, token-classification, zero-shot-classification, or vectors",
                "type": "array",
                "items": [
                    "anyOf": [
                        reference("FillMask"), reference("LabelScore"), reference("Entity"), ["type": "number"],
                        ["type": "array"], reference("JointFilling"), reference("TextScore"),
                    ]
                ],
            ],
            reference("JointFilling"), reference("TextScore"), reference("Attention"),
        ]
    ]

    private static let fillMask = object(
        [
            "score": ["type": "number"], "token": ["type": "integer"], "token_str": string, "sequence": string,
            "text": string,
        ], required: ["score", "token", "token_str", "sequence", "text"])

    private static let labelScore = object(
        ["label": string, "score": ["type": "number"]], required: ["label", "score"])

    private static let entity = object(
        [
            "entity_group": string, "entity": string, "score": ["type": "number"], "index": ["type": "integer"],
            "word": string, "start": ["type": "integer"], "end": ["type": "integer"], "text": string,
        ], required: ["score", "word", "start", "end", "text"])

    private static let number: JSONValue = ["type": "number"]
    private static let integer: JSONValue = ["type": "integer"]

    private static func list(_ items: JSONValue) -> JSONValue { ["type": "array", "items": items] }

    /// joint-fill-mask.
    private static let jointFilling = object(
        [
            "fillings": list(
                object(
                    [
                        "score": number, "log_probability": number, "mean_log_probability": number,
                        "log_probabilities": list(number), "tokens": list(integer), "token_strs": strings,
                        "words": strings, "text": string,
                    ], required: ["score", "words", "text"])),
            "exact_count": ["type": "integer", "description": "Leading fillings that are proven to be the best"],
        ], required: ["fillings", "exact_count"])

    /// text-scoring.
    private static let textScore = object(
        [
            "pseudo_perplexity": number, "pseudo_log_likelihood": number,
            "tokens": list(
                object(
                    [
                        "text": string, "token": integer, "start": integer, "end": integer, "probability": number,
                        "log_probability": number, "rank": integer, "favourite": string,
                        "favourite_probability": number,
                    ], required: ["text", "start", "end", "probability", "rank", "favourite"])),
        ], required: ["pseudo_perplexity", "tokens"])

    /// attention; terms that a model does not have are left out.
    private static let attention = object(
        [
            "layer": integer, "layers": integer, "head": ["type": ["integer", "null"]], "heads": integer,
            "token": ["type": "integer", "description": "The token that looks, an index into tokens"],
            "tokens": list(
                object(
                    [
                        "text": string, "start": integer, "end": integer, "weight": number, "c2c": number,
                        "c2p": number, "p2c": number,
                    ], required: ["text", "start", "end", "weight", "c2c"])),
            "shares": object(["c2c": number, "c2p": number, "p2c": number], required: ["c2c"]),
        ], required: ["layer", "layers", "head", "heads", "token", "tokens"])

    private static func reference(_ schema: String) -> JSONValue {
        ["$ref": .string("#/components/schemas/\(schema)")]
    }

    private static func object(_ properties: JSONValue, required: [String]) -> JSONValue {
        var pairs: [(key: String, value: JSONValue)] = [("type", "object"), ("properties", properties)]
        if !required.isEmpty { pairs.append(("required", .array(required.map { .string($0) }))) }
        return .object(JSONObject(pairs + [("additionalProperties", false)]))
    }
}
