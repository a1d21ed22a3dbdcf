import ErlangshenJSON

/// The body of a request to a model, before it is known which task it asks for.
struct InferenceBody {
    let inputs: JSONValue
    /// The member `parameters`.
    let parameters: JSONValue?
    /// Members beside `inputs`, `parameters` and `options`: vectors have their parameters at the root.
    let others: JSONObject
    let waitsForModel: Bool

    /// Reads JSON, `{"inputs": …}` or the inputs alone, or plain text.
    init(_ bytes: [UInt8], isPlainText: Bool) throws(RequestFailure) {
        guard !bytes.isEmpty else { throw .malformed("the body is empty; send {\"inputs\": \"…\"}") }
        if isPlainText {
            guard let text = String(validating: bytes, as: UTF8.self) else { throw .malformed("the body is not UTF-8") }
            (inputs, parameters, others, waitsForModel) = (.string(text), nil, JSONObject(), false)
            return
        }
        let json: JSONValue
        do {
            json = try JSONValue.parse(bytes, maximumDepth: ServerLimits.depth)
        } catch {
            throw .malformed("the body is no JSON: \(error)")
        }
        guard case .object(let object) = json, let inputs = object["inputs"] else {
            guard json.objectValue == nil else { throw .validation("inputs is missing", field: "inputs") }
            (inputs, parameters, others, waitsForModel) = (json, nil, JSONObject(), false)
            return
        }
        var options = try ObjectReader(object["options"], at: "options")
        // Nothing is kept between requests, and a model is served whether it was asked for before or not.
        _ = try options.bool("use_cache")
        _ = try options.bool("use_gpu")
        waitsForModel = try options.bool("wait_for_model") ?? false
        try options.finish()
        self.inputs = inputs
        parameters = object["parameters"]
        others = JSONObject(
            object.filter { !["inputs", "parameters", "options"].contains($0.0) }.map { (key: $0.0, value: $0.1) })
    }

    /// Whether the parameters ask for labels of the caller's own.
    var namesCandidates: Bool { parameters?["candidate_labels"].map { !$0.isNull } ?? false }
}
