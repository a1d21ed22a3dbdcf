/// The samples of a run that stand in files: each stretch of the run learns from those that fit into its windows.
struct RunSamples: SampleMaker {
    private let training: [(source: PretrainingSettings.Source, file: SampleFile)]
    private let heldOut: [(path: String, file: SampleFile)]

    /// Opens what the settings name.
    ///
    /// - Throws: `PretrainingError`.
    init(_ settings: PretrainingSettings, vocabSize: Int) throws(PretrainingError) {
        guard !settings.samples.isEmpty else {
            throw .invalidValue(key: "samples", value: "left out", expected: "files to learn from")
        }
        let longest = settings.windows.map(\.window).max() ?? settings.window
        func read(_ path: String) throws(PretrainingError) -> SampleFile {
            try SampleFile(path: path, vocabSize: vocabSize, window: longest)
        }
        var training: [(PretrainingSettings.Source, SampleFile)] = []
        var heldOut: [(String, SampleFile)] = []
        for source in settings.samples {
            let file = try read(source.path)
            let (first, rest) = file.split(share: settings.heldOut.isEmpty ? settings.heldOutShare : 0)
            training.append((source, first))
            if settings.heldOut.isEmpty { heldOut.append((source.path, rest)) }
        }
        for path in settings.heldOut { heldOut.append((path, try read(path))) }
        (self.training, self.heldOut) = (training, heldOut)
    }

    /// The last part of a path.
    private static func name(of path: String) -> String { path.split(separator: "/").last.map(String.init) ?? path }

    func training(window: Int) -> [NamedSource] {
        training.map { source, file in
            NamedSource(name: Self.name(of: source.path), weight: source.weight, source: file.fitting(window))
        }
    }

    func heldOut(window: Int) -> [NamedSource] {
        heldOut.map { NamedSource(name: Self.name(of: $0.path), source: $0.file.fitting(window)) }
    }
}
