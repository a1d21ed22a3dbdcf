import ErlangshenJSON

extension ServiceConfiguration {
    /// Refuses what cannot be served, before anything is loaded.
    func check() throws(ServerError) {
        var names: Set<String> = []
        for model in models {
            guard ModelSource.isName(model.name) else { throw .invalidName(model.name) }
            guard names.insert(model.name).inserted else { throw .nameTwice(model.name) }
        }
        for (name, value, least) in limits.listed {
            guard value >= least, value.isFinite else { throw .invalidLimit(name: name, value: value, least: least) }
        }
    }
}

extension ServerLimits {
    /// Every limit under its name in `/info`, its value, and the least it can be.
    var listed: [(name: String, value: Double, least: Double)] {
        [
            ("body_bytes", Double(bodyBytes), 1), ("header_bytes", Double(headerBytes), 256),
            ("inputs", Double(inputs), 1), ("tokens", Double(tokens), 3),
            ("request_tokens", Double(requestTokens), 3), ("top_k", Double(topK), 1),
            ("reply_bytes", Double(replyBytes), 1), ("queue", Double(queue), 1),
            ("batch_tokens", Double(batchTokens), 1), ("connections", Double(connections), 1),
            ("header_seconds", headerSeconds, 0.01), ("body_seconds", bodySeconds, 0.01),
            ("write_seconds", writeSeconds, 0.01), ("idle_seconds", idleSeconds, 0.01),
            ("request_seconds", requestSeconds, 0.01), ("shutdown_seconds", shutdownSeconds, 0),
        ]
    }

    /// The limits as `/info` lists them.
    var json: JSONValue {
        .object(
            JSONObject(
                listed.map { limit in
                    (
                        key: limit.name,
                        value: Int64(exactly: limit.value).map(JSONValue.integer) ?? .double(limit.value)
                    )
                }))
    }
}
