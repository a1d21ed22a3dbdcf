public import ErlangshenCompute

/// What a server serves, where, and to whom.
public struct ServiceConfiguration: Sendable {
    /// The address to listen at; by default the loopback.
    public var host = "127.0.0.1"
    /// The port; 0 takes a free one.
    public var port = 8080
    /// The models, the default one first.
    public var models: [ModelSource]
    /// Where models run.
    public var device: Device
    /// What clients must present as `Authorization: Bearer …`; nil lets everyone in.
    public var apiKey: APIKey?
    /// Names beside localhost that the Host field may have on a loopback address.
    public var allowedHosts: [String] = []
    /// Origins of web pages elsewhere that may call; none by default.
    public var corsOrigins: [String] = []
    /// What the server takes, and how long it waits.
    public var limits = ServerLimits()
    /// The files of the page at `/`; without any, `/` answers as `/info` does.
    public var page: [PageFile] = []

    /// A configuration with every default.
    public init(models: [ModelSource], device: Device) {
        self.models = models
        self.device = device
    }

    /// Whether the address can be reached from this machine alone.
    public var isLoopback: Bool { host == "localhost" || host == "::1" || host.hasPrefix("127.") }
}
