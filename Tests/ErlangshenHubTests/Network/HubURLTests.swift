import Testing

@testable import ErlangshenHub

@Suite struct HubURLTests {
    @Test(arguments: [
        ("https://huggingface.co", "https://huggingface.co/"), ("HTTP://Host:8080/a?b#c", "http://host:8080/a?b"),
        ("https://host:443?x", "https://host/?x"), ("http://[::1]:80/", "http://[::1]/"),
    ])
    func read(text: String, expected: String) {
        #expect(HubURL(text)?.text == expected)
    }

    @Test(arguments: [
        "", "host", "ftp://host/", "https://", "https://user@host/", "https://a:b@host/", "https://host:0/",
        "https://host:x/", "https://ho st/", "https://host/\u{0}", "https://host/\r\nX: y", "https://host/中",
        "https://ho/../st\\", "https://[::1", "https://:80/", "https://host:+80/",
    ])
    func refused(text: String) {
        #expect(HubURL(text) == nil)
    }

    /// `python3 -c "from urllib.parse import urljoin; print(urljoin('https://host/a/b?c', REFERENCE))"`
    @Test(arguments: [
        ("/x", "https://host/x"), ("x", "https://host/a/x"), ("?y", "https://host/a/b?y"),
        ("//other/x", "https://other/x"), ("http://other:81/x", "http://other:81/x"),
        ("x?a=https://z", "https://host/a/x?a=https://z"),
    ])
    func resolved(reference: String, expected: String) {
        #expect(HubURL("https://host/a/b?c")?.resolving(reference)?.text == expected)
    }

    @Test func origins() throws {
        let url = try #require(HubURL("https://host/a"))
        for (text, isSame) in [
            ("https://host:443/b", true), ("https://HOST", true), ("http://host/", false), ("https://host:444/", false),
            ("https://host.evil/", false), ("https://sub.host/", false),
        ] { #expect(HubURL(text).map { url.hasOrigin(of: $0) } == isSame, "\(text)") }
        #expect("\(try #require(HubURL("https://host/a?secret")))" == "https://host/a")
    }

    @Test func downgrade() throws {
        let url = try #require(HubURL("https://host/a"))
        #expect(throws: HubError.redirect(url: "https://host/a", .downgrade("http://host/b"))) {
            try HubTransport.next("http://host/b", from: url)
        }
        #expect(try HubTransport.next("/b", from: url).text == "https://host/b")
    }
}
