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
            "truncate": [
                "type": "boolean", "description": "Cut texts at the limit of tokens instead of refusing them",
            ],
            "truncation_direction": ["type": "string", "enum": ["right", "Right"]],
        ], required: [])

    private static let reply: JSONValue = [
        "description": "fill-mask, text-classification, token-classification, zero-shot-classification, or vectors",
        "type": "array",
        "items": [
            "anyOf": [
                reference("FillMask"), reference("LabelScore"), reference("Entity"), ["type": "number"],
                ["type": "array"],
            ]
        ],
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

    private static func reference(_ schema: String) -> JSONValue {
        ["$ref": .string("#/components/schemas/\(schema)")]
    }

    private static func object(_ properties: JSONValue, required: [String]) -> JSONValue {
        var pairs: [(key: String, value: JSONValue)] = [("type", "object"), ("properties", properties)]
        if !required.isEmpty { pairs.append(("required", .array(required.map { .string($0) }))) }
        return .object(JSONObject(pairs + [("additionalProperties", false)]))
    }
}
