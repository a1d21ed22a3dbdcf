extension WordSegmenter {
    /// Where the compact form is kept: `$XDG_CACHE_HOME/erlangshen`, else `~/.cache/erlangshen`; nil when
    /// neither variable is set.
    public static var defaultCacheFolder: String? {
        let cache =
            FileBytes.environment("XDG_CACHE_HOME") ?? FileBytes.environment("HOME").map { $0 + "/.cache" }
        return cache.map { $0 + "/erlangshen" }
    }

    /// Reads jieba's dictionary and tables, or the compact form that was made of just these files before.
    ///
    /// *Folder:* that of the Python package jieba; without one `ERLANGSHEN_JIEBA`, an active Python environment, and
    /// the places of Debian and pip.
    ///
    /// *Cache:* the compact form is written there, and read if it is whole and carries the sums of the sources;
    /// otherwise it is made again. A folder that cannot be written is no error; nil leaves it out.
    ///
    /// - Throws: `SegmentationError` when there is no jieba, or its files are not what they should be.
    public init(
        jieba folder: String? = nil, cacheFolder: String? = WordSegmenter.defaultCacheFolder
    ) throws(SegmentationError) {
        let folder = try JiebaFolder.find(folder)
        var sources: [[UInt8]] = []
        for name in [JiebaFolder.dictionary] + JiebaFolder.tables {
            sources.append(try FileBytes.read(folder + "/" + name, limit: DictionaryReader.maximumByteCount))
        }
        let key = FileBytes.sum(of: sources)
        let cached = cacheFolder.map { "\($0)/words-\(String(key[0], radix: 16)).bin" }
        if let cached, let words = FileBytes.readWords(cached, limit: 1 << 30),
            let dictionary = CompactDictionary(words, key: key)
        {
            self.init(dictionary: dictionary)
            return
        }
        let words = try CompactDictionary.build(
            dictionary: sources[0], tables: Array(sources[1...]), folder: folder, key: key)
        guard let dictionary = CompactDictionary(words, key: key) else {
            throw .unusable(path: folder + "/" + JiebaFolder.dictionary, reason: "it holds no word, or too many")
        }
        if let cacheFolder, let cached {
            FileBytes.makeFolders(cacheFolder)
            _ = FileBytes.writeAtomically(words, to: cached)
        }
        self.init(dictionary: dictionary)
    }

    /// Adds the words of a user dictionary: a line is a word, perhaps how often it occurs, perhaps a tag.
    ///
    /// As in jieba words without a number get the frequency with which they are cut out whole, one after the other, and
    /// a word with the number 0 is taken out. Tags are left out.
    ///
    /// - Throws: `SegmentationError` when the file cannot be read, with the line that is none.
    public mutating func addUserDictionary(file path: String) throws(SegmentationError) {
        let bytes = try FileBytes.read(path, limit: DictionaryReader.maximumByteCount)
        let lines = bytes.split(separator: 0x0A, omittingEmptySubsequences: false)
        for (index, raw) in lines.enumerated() {
            do throws(DictionaryFault) {
                guard let entry = try UserLine(raw) else { continue }
                addWord(entry.word, frequency: entry.frequency)
            } catch {
                throw .dictionary(path: path, line: index + 1, fault: error)
            }
        }
    }
}

extension WordSegmenter {
    /// Adds a user dictionary as `addUserDictionary` does, and returns the SHA-256 of the file in hexadecimal digits.
    ///
    /// - Throws: what `addUserDictionary` throws.
    package mutating func addUserDictionary(summing path: String) throws(SegmentationError) -> String {
        let bytes = try FileBytes.read(path, limit: DictionaryReader.maximumByteCount)
        try addUserDictionary(file: path)
        return FileBytes.sum(of: [bytes]).map { String($0, radix: 16) }.joined(separator: "-")
    }
}
