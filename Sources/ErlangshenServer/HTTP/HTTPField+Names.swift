import HTTPTypes

extension HTTPField.Name {
    /// A name that is a token by its looks; the last resort keeps the type without an exclamation mark.
    private static func own(_ name: String) -> HTTPField.Name { HTTPField.Name(name) ?? .server }

    static let waitForModel = own("x-wait-for-model")
    static let computeType = own("x-compute-type")
    static let computeTime = own("x-compute-time")
    static let computeTokens = own("x-compute-tokens")
    static let totalTime = own("x-total-time")
    static let queueTime = own("x-queue-time")
    static let inferenceTime = own("x-inference-time")
    static let remarks = own("x-erlangshen-remarks")
    static let frameOptions = own("x-frame-options")
    static let referrerPolicy = own("referrer-policy")
}
