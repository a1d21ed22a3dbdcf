import ErlangshenJSON

/// The description of the API in OpenAPI 3.1, served at `/openapi.json` and kept in `docs/api/openapi.json`.
public enum OpenAPIDocument {
    /// The version of the API and of the program.
    static let version = "0.1.0"

    /// The document as it is served.
    public static let text = json.serialized(pretty: true) + "\n"

    static let json: JSONValue = [
        "openapi": "3.1.0",
        "info": [
            "title": "Erlangshen inference", "version": .string(version),
            "description": """
            Chinese DeBERTa-v2 and BERT models with the routes and shapes of the hosted inference API. Limits are \
            those of the server's start; /info names them.
            """,
            "license": ["name": "Apache-2.0", "identifier": "Apache-2.0"],
        ],
        "servers": [["url": "/"]],
        "security": [[:], ["bearer": []]],
        "paths": paths,
        "components": [
            "securitySchemes": ["bearer": ["type": "http", "scheme": "bearer"]],
            "schemas": OpenAPISchemas.json,
        ],
    ]

    private static let paths: JSONValue = [
        "/": [
            "get": get("root", "The page, or what /info answers when there is none", "text/html or JSON", html: true),
            "post": post("inferDefault", "Ask the first model for its main task", []),
        ],
        "/health": ["get": get("health", "Whether every model is ready", "Health", failures: ["503"], isOpen: true)],
        "/info": ["get": get("info", "Version, device, limits and models", "Info")],
        "/metrics": ["get": plain("metrics", "Figures for Prometheus", "text/plain")],
        "/openapi.json": ["get": get("openapi", "This document", "Document")],
        "/pipeline/{task}": ["post": post("inferTask", "Ask the first model for a task", [task])],
        "/models/{model}": [
            "get": get("model", "What a model can do", "Model", failures: ["404", "503"], parameters: [model]),
            "post": post("inferModel", "Ask a model for its main task", [model]),
        ],
        "/models/{model}/pipeline/{task}": [
            "post": post("inferModelTask", "Ask a model for a task", [model, task])
        ],
    ]

    private static let task: JSONValue = [
        "name": "task", "in": "path", "required": true, "schema": reference("Task"),
    ]

    private static let model: JSONValue = [
        "name": "model", "in": "path", "required": true,
        "description": "A model's name; slashes in it may stand as they are",
        "schema": ["type": "string", "minLength": 1],
    ]

    private static let schemaOfText: JSONValue = ["schema": ["type": "string"]]
    private static let object: JSONValue = ["type": "object"]

    private static func reference(_ schema: String) -> JSONValue {
        ["$ref": .string("#/components/schemas/\(schema)")]
    }

    private static func get(
        _ id: String, _ summary: String, _ schema: String, failures: [String] = [], parameters: [JSONValue] = [],
        isOpen: Bool = false, html: Bool = false
    ) -> JSONValue {
        var content: [(key: String, value: JSONValue)] = [
            ("application/json", ["schema": html ? object : reference(schema)])
        ]
        if html { content.append(("text/html", ["schema": ["type": "string"]])) }
        return operation(
            id, summary, parameters, content: .object(JSONObject(content)), failures: failures, isOpen: isOpen)
    }

    private static func plain(_ id: String, _ summary: String, _ type: String) -> JSONValue {
        operation(id, summary, [], content: .object(JSONObject([(key: type, value: schemaOfText)])))
    }

    private static func post(_ id: String, _ summary: String, _ parameters: [JSONValue]) -> JSONValue {
        let failures = ["400", "404", "408", "413", "415", "422", "429", "500", "503", "504"]
        let reply = operation(
            id, summary, parameters, content: ["application/json": ["schema": reference("Reply")]], failures: failures)
        guard let object = reply.objectValue else { return reply }
        let body: JSONValue = [
            "required": true,
            "content": [
                "application/json": ["schema": reference("Request")],
                "text/plain": ["schema": ["type": "string", "description": "The text itself"]],
            ],
        ]
        return .object(
            JSONObject(object.map { (key: $0.0, value: $0.1) } + [(key: "requestBody", value: body)]))
    }

    private static func operation(
        _ id: String, _ summary: String, _ parameters: [JSONValue], content: JSONValue, failures: [String] = [],
        isOpen: Bool = false
    ) -> JSONValue {
        var responses: [(key: String, value: JSONValue)] = [("200", ["description": "Done", "content": content])]
        for status in (failures + (isOpen ? ["403", "421"] : ["401", "403", "421"])).sorted() {
            responses.append((status, failure))
        }
        var pairs: [(key: String, value: JSONValue)] = [("operationId", .string(id)), ("summary", .string(summary))]
        if isOpen { pairs.append(("security", .array([]))) }
        if !parameters.isEmpty { pairs.append(("parameters", .array(parameters))) }
        return .object(JSONObject(pairs + [("responses", .object(JSONObject(responses)))]))
    }

    private static let failure: JSONValue = [
        "description": "Refused or failed", "content": ["application/json": ["schema": reference("Error")]],
    ]
}
