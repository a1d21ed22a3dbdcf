public import ErlangshenCompute

/// A model to serve: under which name, from which folder.
public struct ModelSource: Sendable, Equatable {
    /// The name in routes, `/models/NAME`; slashes are allowed.
    public let name: String
    /// The model folder; nil is the default model.
    public let directory: String?
    /// In what matrix products are computed; nil leaves it to the folder, else fp32.
    public let precision: PrecisionChoice?

    /// Gathers the parts.
    public init(name: String, directory: String?, precision: PrecisionChoice? = nil) {
        self.name = name
        self.directory = directory
        self.precision = precision
    }

    /// Reads `NAME=DIR` or `DIR`, whose last component becomes the name.
    ///
    /// A name starts with a letter or digit and goes on with these and `-._/`; what has another form is a folder.
    public init(argument: String, precision: PrecisionChoice? = nil) {
        if let equals = argument.firstIndex(of: "="), Self.isName(argument[..<equals]) {
            self.init(
                name: String(argument[..<equals]), directory: String(argument[argument.index(after: equals)...]),
                precision: precision)
        } else {
            let last = argument.split(separator: "/").last.map(String.init) ?? argument
            self.init(name: last, directory: argument, precision: precision)
        }
    }

    /// Whether text can be the name of a model in a route.
    public static func isName(_ text: some StringProtocol) -> Bool {
        guard let first = text.utf8.first, isLetterOrDigit(first), !text.hasSuffix("/") else {
            return false
        }
        return text.utf8.allSatisfy { isLetterOrDigit($0) || "-._/".utf8.contains($0) } && !text.contains("//")
            && !text.contains("/pipeline/")
    }

    private static func isLetterOrDigit(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        default: false
        }
    }
}
