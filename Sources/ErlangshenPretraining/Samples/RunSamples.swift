import ErlangshenCorpus
import ErlangshenMasking
import ErlangshenTokenizer

/// The samples of a run: corpora, cut into windows and masked anew in each epoch, and files of samples, each stretch of
/// the run with those that fit into its windows.
struct RunSamples: SampleMaker {
    /// What samples are made of.
    private enum Material {
        case documents(CorpusDocuments)
        case file(SampleFile)
    }

    private struct Entry {
        let name: String
        var weight = 1.0
        let material: Material
    }

    private let masker: WholeWordMasker
    private let packs: Bool
    private var training: [Entry] = []
    private var heldOut: [Entry] = []

    /// Opens what the settings name.
    ///
    /// Without `held-out` a corpus is measured on what its build held out, if it did, else on its last documents.
    /// - Throws: `PretrainingError`.
    init(_ settings: PretrainingSettings, vocabSize: Int, tokenizer: BertTokenizer) throws(PretrainingError) {
        guard !(settings.corpora.isEmpty && settings.samples.isEmpty) else {
            throw .invalidValue(
                key: "corpus", value: "left out", expected: "prefixes of corpora to learn from, or samples")
        }
        do throws(MaskingError) {
            masker = try WholeWordMasker(
                vocabulary: MaskingVocabulary(tokenizer), settings: settings.masking, seed: settings.seed)
        } catch {
            throw .corpus("\(error)")
        }
        packs = settings.packs
        let longest = settings.windows.map(\.window).max() ?? settings.window
        let share = settings.heldOut.isEmpty ? settings.heldOutShare : 0
        for source in settings.corpora {
            let all = try CorpusDocuments(prefix: source.path, vocabSize: vocabSize)
            var (first, rest) = (all, CorpusDocuments?.none)
            if settings.heldOut.isEmpty {
                if let made = try? CorpusDocuments(prefix: source.path + ".heldout", vocabSize: vocabSize),
                    made.count > 0
                {
                    rest = made
                } else {
                    (first, rest) = all.split(share: share)
                }
            }
            training.append(Entry(name: Self.name(of: source.path), weight: source.weight, material: .documents(first)))
            if let rest { heldOut.append(Entry(name: Self.name(of: source.path), material: .documents(rest))) }
        }
        for source in settings.samples {
            let file = try SampleFile(path: source.path, vocabSize: vocabSize, window: longest)
            let (first, rest) = file.split(share: share)
            training.append(Entry(name: Self.name(of: source.path), weight: source.weight, material: .file(first)))
            if settings.heldOut.isEmpty {
                heldOut.append(Entry(name: Self.name(of: source.path), material: .file(rest)))
            }
        }
        for path in settings.heldOut {
            let material: Material =
                (try? ShardedCorpus(prefix: path)) == nil
                ? .file(try SampleFile(path: path, vocabSize: vocabSize, window: longest))
                : .documents(try CorpusDocuments(prefix: path, vocabSize: vocabSize))
            heldOut.append(Entry(name: Self.name(of: path), material: material))
        }
    }

    /// The last part of a path.
    private static func name(of path: String) -> String { path.split(separator: "/").last.map(String.init) ?? path }

    func training(window: Int) throws(PretrainingError) -> [NamedSource] { try sources(training, window, packs: packs) }

    /// Each text is measured on its own.
    func heldOut(window: Int) throws(PretrainingError) -> [NamedSource] { try sources(heldOut, window, packs: false) }

    private func sources(_ entries: [Entry], _ window: Int, packs: Bool) throws(PretrainingError) -> [NamedSource] {
        var sources: [NamedSource] = []
        for entry in entries {
            let source: any MaskedSampleSource
            switch entry.material {
            case .file(let file): source = file.fitting(window)
            case .documents(let documents):
                do throws(MaskingError) {
                    source = try MaskedSamples(
                        documents: documents, masker: masker, windowLength: window, packs: packs)
                } catch {
                    throw .corpus("\(entry.name): \(error)")
                }
            }
            sources.append(NamedSource(name: entry.name, weight: entry.weight, source: source))
        }
        return sources
    }
}
