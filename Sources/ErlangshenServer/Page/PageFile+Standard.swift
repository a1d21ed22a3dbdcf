extension PageFile {
    /// The page of the package: hosted widgets' tasks and more, for every model that the server serves.
    ///
    /// The files stand in `Page/Files` and are part of the program; they load nothing from elsewhere.
    public static let standard: [PageFile] = [
        PageFile("index.html", PackageResources.index_html), PageFile("page.css", PackageResources.page_css),
        PageFile("icon.svg", PackageResources.icon_svg), PageFile("page.js", PackageResources.page_js),
        PageFile("answer.js", PackageResources.answer_js), PageFile("characters.js", PackageResources.characters_js),
        PageFile("dom.js", PackageResources.dom_js), PageFile("examples.js", PackageResources.examples_js),
        PageFile("fill.js", PackageResources.fill_js), PageFile("labels.js", PackageResources.labels_js),
        PageFile("server.js", PackageResources.server_js), PageFile("tasks.js", PackageResources.tasks_js),
        PageFile("texts.js", PackageResources.texts_js),
    ]

    private init(_ path: String, _ bytes: [UInt8]) {
        let types = ["html": "text/html", "css": "text/css", "js": "text/javascript", "svg": "image/svg+xml"]
        let type = path.split(separator: ".").last.flatMap { types[String($0)] } ?? "application/octet-stream"
        self.init(path: path, contentType: "\(type); charset=utf-8", bytes: bytes)
    }
}
