import ErlangshenPipelines
import HTTPTypes

/// What a path names.
enum Resource: Equatable {
    case root
    case health
    case info
    case metrics
    case openAPI
    case pipeline(task: String)
    case model(name: String)
    case modelPipeline(name: String, task: String)
    case page(path: String)

    /// Finds what a path names; nil when nothing does. Queries are left out by the caller.
    init?(path: String, pageFiles: [PageFile]) {
        switch path {
        case "/", "": self = .root
        case "/health": self = .health
        case "/info": self = .info
        case "/metrics": self = .metrics
        case "/openapi.json": self = .openAPI
        default:
            if let rest = Self.decoded(path, after: "/models/") {
                self = Self.model(rest)
            } else if let task = Self.decoded(path, after: "/pipeline/") {
                self = .pipeline(task: task)
            } else if let file = Self.decoded(path, after: "/"), pageFiles.contains(where: { $0.path == file }) {
                self = .page(path: file)
            } else {
                return nil
            }
        }
    }

    /// The path with its variable parts in braces: a label for metrics and logs, free of user text.
    var template: String {
        switch self {
        case .root: "/"
        case .health: "/health"
        case .info: "/info"
        case .metrics: "/metrics"
        case .openAPI: "/openapi.json"
        case .pipeline: "/pipeline/{task}"
        case .model: "/models/{model}"
        case .modelPipeline: "/models/{model}/pipeline/{task}"
        case .page: "/{file}"
        }
    }

    /// What can be done with it.
    var methods: [HTTPRequest.Method] {
        switch self {
        case .root, .model: [.get, .head, .post]
        case .pipeline, .modelPipeline: [.post]
        case .health, .info, .metrics, .openAPI, .page: [.get, .head]
        }
    }

    private static func model(_ rest: String) -> Resource {
        guard let mark = rest.ranges(of: "/pipeline/").last else { return .model(name: rest) }
        return .modelPipeline(name: String(rest[..<mark.lowerBound]), task: String(rest[mark.upperBound...]))
    }

    /// What follows a prefix, percent-decoded; nil without it, when nothing follows, or when that is not UTF-8.
    private static func decoded(_ path: String, after prefix: String) -> String? {
        guard path.hasPrefix(prefix) else { return nil }
        var bytes: [UInt8] = []
        var rest = path.utf8.dropFirst(prefix.utf8.count)
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "%") else {
                bytes.append(byte)
                continue
            }
            guard let high = rest.popFirst().flatMap(hexadecimal), let low = rest.popFirst().flatMap(hexadecimal)
            else { return nil }
            bytes.append(high << 4 | low)
        }
        return bytes.isEmpty ? nil : String(validating: bytes, as: UTF8.self)
    }

    private static func hexadecimal(_ byte: UInt8) -> UInt8? {
        switch byte {
        case 0x30...0x39: byte - 0x30
        case 0x41...0x46: byte - 0x37
        case 0x61...0x66: byte - 0x57
        default: nil
        }
    }
}
