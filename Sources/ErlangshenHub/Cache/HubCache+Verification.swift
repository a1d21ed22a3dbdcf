import ErlangshenJSON

/// What is wrong with a file of the cache.
public struct CacheFault: Sendable, Equatable, CustomStringConvertible {
    /// The kinds of damage.
    public enum Kind: Sendable, Equatable {
        /// Its bytes have another sum than its name says.
        case wrongHash(expected: String, found: String)
        /// The link leads to nothing.
        case missing
        /// The link leads elsewhere than into the model's own files.
        case strayLink(target: String)
        /// It is no link, and no list of files says what it has to be.
        case unverifiable
    }

    /// The model.
    public let id: RepositoryID
    /// The file.
    public let path: String
    /// What is wrong.
    public let kind: Kind

    /// The file, what is wrong with it, and what to do next.
    public var description: String {
        let advice = "fetch it again with: erlangshen pull \(id)"
        return switch kind {
        case .wrongHash(let expected, let found):
            "\(path.quoted(limit: 400)) has the sum \(found) in place of \(expected); \(advice)"
        case .missing: "\(path.quoted(limit: 400)) leads to a file that is not there; \(advice)"
        case .strayLink(let target):
            "\(path.quoted(limit: 400)) leads to \(target.quoted(limit: 200)), out of the model; \(advice)"
        case .unverifiable:
            "\(path.quoted(limit: 400)) is no link, and nothing says what its bytes have to be; \(advice)"
        }
    }
}

extension HubCache {
    /// Reads every file of a model and compares it with the sum that it is named by.
    ///
    /// - Returns: how many files were read, and what is wrong, in the order of the paths.
    /// - Throws: `notCached` when there is no such model, `system` when a file cannot be read.
    public func verify(_ id: RepositoryID) throws(HubError) -> (fileCount: Int, faults: [CacheFault]) {
        let repository = CachedRepository(id, in: self)
        guard HubFiles.kind(repository.folder) == .folder else {
            throw .notCached(id: id.description, revision: Revision.main, cache: directory)
        }
        var found: [ContentHash: String?] = [:]
        var (count, faults): (Int, [CacheFault]) = (0, [])
        for commit in repository.commits {
            let listed = TreeRecord(repository.tree(commit))?.files ?? [:]
            for file in HubFiles.filesBelow(repository.snapshot(commit)) {
                count += 1
                let path = repository.pointer(commit, file)
                if let kind = try fault(path, file, repository, listed[file], &found) {
                    faults.append(CacheFault(id: id, path: path, kind: kind))
                }
            }
        }
        return (count, faults)
    }

    /// - Parameter found: sums taken so far: commits share files.
    private func fault(
        _ path: String, _ file: String, _ repository: CachedRepository, _ listed: RemoteFile?,
        _ found: inout [ContentHash: String?]
    ) throws(HubError) -> CacheFault.Kind? {
        guard let target = HubFiles.target(of: path) else {
            guard let listed else { return .unverifiable }
            let sum = try CachedFileCheck.sum(of: path, like: listed.hash) ?? ""
            return sum == listed.hash.hexadecimal
                ? nil : .wrongHash(expected: listed.hash.hexadecimal, found: sum)
        }
        guard let hash = repository.linkedHash(path, file) else { return .strayLink(target: target) }
        let sum: String?
        if let known = found[hash] {
            sum = known
        } else {
            sum = try CachedFileCheck.sum(of: repository.blob(hash), like: hash)
            found[hash] = .some(sum)
        }
        guard let sum else { return .missing }
        return sum == hash.hexadecimal ? nil : .wrongHash(expected: hash.hexadecimal, found: sum)
    }
}
