import Foundation
import Testing

@testable import ErlangshenHub

@Suite struct HubSettingsTests {
    private func settings(_ variables: [String: String]) throws -> HubSettings {
        try HubSettings { variables[$0] }
    }

    /// `HF_HUB_CACHE= … python -c "from huggingface_hub import constants; print(constants.HF_HUB_CACHE)"`
    @Test(arguments: [
        (["HOME": "/u"], "/u/.cache/huggingface/hub"), (["HOME": "/u", "XDG_CACHE_HOME": "/x"], "/x/huggingface/hub"),
        (["HOME": "/u", "HF_HOME": "/h", "XDG_CACHE_HOME": "/x"], "/h/hub"),
        (["HOME": "/u", "HF_HOME": "~/h"], "/u/h/hub"),
        (["HUGGINGFACE_HUB_CACHE": "/c", "HF_HOME": "/h"], "/c"),
        (["HF_HUB_CACHE": "/d", "HUGGINGFACE_HUB_CACHE": "/c"], "/d"),
    ])
    func cacheFolder(variables: [String: String], expected: String) throws {
        #expect(try settings(variables).cache.directory == expected)
    }

    @Test func defaults() throws {
        let settings = try settings(["HOME": "/nowhere"])
        #expect(settings.endpoint == "https://huggingface.co")
        #expect(settings.token == nil && !settings.isOffline && settings.usesLinks)
        #expect(settings.readTimeoutSeconds == 10)
    }

    @Test(arguments: ["1", "ON", "yes", "True"]) func offline(value: String) throws {
        #expect(try settings(["HOME": "/u", "HF_HUB_OFFLINE": value]).isOffline)
        #expect(try settings(["HOME": "/u", "TRANSFORMERS_OFFLINE": value]).isOffline)
        #expect(try !settings(["HOME": "/u", "HF_HUB_OFFLINE": "0"]).isOffline)
    }

    @Test(arguments: [
        ("HF_ENDPOINT", "huggingface.co"), ("HF_ENDPOINT", "https://user:word@mirror"), ("HF_ENDPOINT", "https://m/?q"),
        ("HF_TOKEN", "two words"), ("HF_TOKEN", "line\r\nX-Evil: 1"), ("HF_TOKEN", "中文"),
        ("HF_HUB_DOWNLOAD_TIMEOUT", "0"), ("HF_HUB_ETAG_TIMEOUT", "nan"), ("HTTPS_PROXY", "https://proxy"),
        ("https_proxy", "http://"), ("ALL_PROXY", "http://a%zz@b:1"), ("SSL_CERT_FILE", "/nowhere"),
    ])
    func refused(name: String, value: String) throws {
        do {
            _ = try settings(["HOME": "/u", name: value])
            Issue.record("\(name) was taken")
        } catch {
            guard case HubError.invalidSetting(name, let shown, _) = error else { return #expect(Bool(false)) }
            #expect(
                shown == nil || name.hasSuffix("TIMEOUT") || name == "SSL_CERT_FILE",
                "what may be a secret is not shown")
        }
    }

    @Test func tokens() throws {
        let folder = NSTemporaryDirectory() + "erlangshen-token-" + UUID().uuidString
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try Data("hf_file\n".utf8).write(to: URL(fileURLWithPath: folder + "/token"))
        let home = ["HOME": "/u", "HF_HOME": folder]
        #expect(try settings(home).token == HubToken("hf_file"))
        #expect(try settings(home.merging(["HF_TOKEN": " hf_variable "]) { $1 }).token == HubToken("hf_variable"))
        #expect(try settings(["HOME": "/u", "HF_TOKEN_PATH": folder + "/token"]).token == HubToken("hf_file"))
        #expect(try settings(home.merging(["HF_HUB_DISABLE_IMPLICIT_TOKEN": "1"]) { $1 }).token == nil)
    }

    @Test func tokenShowsNothing() throws {
        let settings = try settings(["HOME": "/u", "HF_TOKEN": "hf_secret"])
        var dumped = ""
        dump(settings, to: &dumped)
        for text in ["\(settings)", String(reflecting: settings), dumped] { #expect(!text.contains("secret")) }
    }

    @Test func proxies() throws {
        let proxies = try settings([
            "HOME": "/u", "HTTPS_PROXY": "http://user:p%40ss@proxy:3128/", "http_proxy": "socks5://socks",
            "no_proxy": ".inner.org, 10.0.0.1:81 *.x.com",
        ]).proxies
        func proxy(_ text: String) -> Proxy? { HubURL(text).flatMap { proxies.proxy(for: $0) } }
        let secure = try #require(proxy("https://huggingface.co/"))
        #expect((secure.host, secure.port) == ("proxy", 3_128))
        #expect(secure.user == "user" && secure.password == "p@ss")
        #expect(proxy("http://a/")?.kind == .socks && proxy("http://a/")?.port == 1_080)
        for text in ["https://inner.org/", "https://a.inner.org/", "http://10.0.0.1:81/", "https://y.x.com/"] {
            #expect(proxy(text) == nil, "\(text)")
        }
        for text in ["https://outer.org/", "https://notinner.org/", "http://10.0.0.1/"] {
            #expect(proxy(text) != nil, "\(text)")
        }
    }
}
