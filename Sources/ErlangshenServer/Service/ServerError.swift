public import ErlangshenPipelines

/// What keeps a server from starting.
public enum ServerError: Error, Sendable, CustomStringConvertible {
    /// A name that cannot stand in a route.
    case invalidName(String)
    /// Two models of one name.
    case nameTwice(String)
    /// A limit outside of its range.
    case invalidLimit(name: String, value: Double, least: Double)
    /// A key that nobody could present, or that is too easy to guess.
    case invalidKey(reason: String)
    /// The address cannot be listened at.
    case cannotListen(host: String, port: Int, reason: String)
    /// The service manager cannot be told how the server fares.
    case cannotNotify(reason: String)
    /// A model cannot be loaded.
    case cannotLoad(name: String, PipelineError)

    /// What is wrong and what to do next.
    public var description: String {
        switch self {
        case .invalidName(let name):
            "'\(name)' cannot be a model's name; use letters, digits and -._/, as in --model NAME=DIR"
        case .nameTwice(let name): "two models are called '\(name)'; name them apart with --model NAME=DIR"
        case .invalidLimit(let name, let value, let least):
            "\(name) is \(value); it must be \(least) or more"
        case .invalidKey(let reason): "the API key \(reason); use 16 or more printable ASCII characters"
        case .cannotListen(let host, let port, let reason):
            "cannot listen at \(host) port \(port): \(reason); choose another with --host and --port"
        case .cannotNotify(let reason):
            "the service manager cannot be told: \(reason); unset NOTIFY_SOCKET to do without"
        case .cannotLoad(let name, let error): "model '\(name)': \(error)"
        }
    }
}
