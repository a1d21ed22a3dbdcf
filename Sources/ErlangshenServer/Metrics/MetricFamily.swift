/// A figure that the server keeps, as its readers know it.
struct MetricFamily: Sendable, Equatable {
    enum Kind: String {
        case counter, gauge, histogram
    }

    let name: String
    let kind: Kind
    let help: String
    /// Upper ends of the buckets of a histogram, ascending; the last, infinite one is understood.
    var buckets: [Double] = []

    static let seconds: [Double] = (0..<22).map { power in
        // From half a millisecond in steps of 1.75, to a bit more than a minute.
        (0..<power).reduce(0.0005) { value, _ in value * 1.75 }
    }
    static let powersOfTwo: [Double] = (0..<15).map { Double(1 << $0) }

    static let requests = MetricFamily(
        name: "erlangshen_requests_total", kind: .counter, help: "Requests answered, by route and status.")
    static let failures = MetricFamily(
        name: "erlangshen_request_failures_total", kind: .counter, help: "Requests that failed, by reason.")
    static let duration = MetricFamily(
        name: "erlangshen_request_duration_seconds", kind: .histogram,
        help: "Time from a request's header to its response.", buckets: seconds)
    static let queueDuration = MetricFamily(
        name: "erlangshen_request_queue_duration_seconds", kind: .histogram, help: "Time that requests waited.",
        buckets: seconds)
    static let inferenceDuration = MetricFamily(
        name: "erlangshen_request_inference_duration_seconds", kind: .histogram,
        help: "Time that the batch of a request took.", buckets: seconds)
    static let inputTokens = MetricFamily(
        name: "erlangshen_request_input_tokens", kind: .histogram, help: "Tokens of a request.", buckets: powersOfTwo)
    static let batchRequests = MetricFamily(
        name: "erlangshen_batch_requests", kind: .histogram, help: "Requests that went through a model together.",
        buckets: powersOfTwo)
    static let batchTokens = MetricFamily(
        name: "erlangshen_batch_tokens", kind: .histogram, help: "Tokens that went through a model together.",
        buckets: powersOfTwo)
    static let queued = MetricFamily(
        name: "erlangshen_queue_requests", kind: .gauge, help: "Requests that wait at a model.")
    static let inFlight = MetricFamily(
        name: "erlangshen_requests_in_flight", kind: .gauge, help: "Requests that are being answered.")
    static let connections = MetricFamily(
        name: "erlangshen_connections", kind: .gauge, help: "Open connections.")
    static let modelReady = MetricFamily(
        name: "erlangshen_model_ready", kind: .gauge, help: "1 for each model that answers, by its configured name.")
    static let modelLoads = MetricFamily(
        name: "erlangshen_model_loads_total", kind: .counter, help: "Times that a model was loaded.")
    static let modelLoadSeconds = MetricFamily(
        name: "erlangshen_model_load_seconds", kind: .gauge, help: "How long its last loading took.")
    static let residentMemory = MetricFamily(
        name: "process_resident_memory_bytes", kind: .gauge, help: "Resident memory size in bytes.")
    static let processorSeconds = MetricFamily(
        name: "process_cpu_seconds_total", kind: .counter, help: "Total user and system CPU time in seconds.")
    static let openFiles = MetricFamily(
        name: "process_open_fds", kind: .gauge, help: "Number of open file descriptors.")
    static let startTime = MetricFamily(
        name: "process_start_time_seconds", kind: .gauge, help: "Start time of the process since 1970 in seconds.")

    /// All of them, in the order of the text.
    static let all = [
        requests, failures, duration, queueDuration, inferenceDuration, inputTokens, batchRequests, batchTokens,
        queued, inFlight, connections, modelReady, modelLoads, modelLoadSeconds, residentMemory, processorSeconds,
        openFiles, startTime,
    ]
}
