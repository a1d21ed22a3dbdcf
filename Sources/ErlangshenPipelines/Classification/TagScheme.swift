/// Where in an entity a tag says that its token stands.
enum TagPosition: Equatable {
    case begin, inside, end, single
}

/// The naming scheme of a model's tags.
///
/// BIO is read as transformers reads it: only `B-` begins, everything else continues a run of the same name. A label
/// set that also marks ends (BIOES, BIOS, BMES, BILOU) is read by its marks: `E-` and `L-` close an entity, `S-` and
/// `U-` are one.
struct TagScheme: Sendable {
    let marksEnds: Bool

    init(labels: [String]) {
        marksEnds = labels.contains { label in ["E-", "S-", "L-", "U-"].contains { label.hasPrefix($0) } }
    }

    /// The position and the bare name of a tag.
    func parse(_ tag: String) -> (position: TagPosition, name: String) {
        if tag.hasPrefix("B-") { return (.begin, String(tag.dropFirst(2))) }
        if tag.hasPrefix("I-") { return (.inside, String(tag.dropFirst(2))) }
        guard marksEnds else { return (.inside, tag) }
        switch tag.prefix(2) {
        case "M-": return (.inside, String(tag.dropFirst(2)))
        case "E-", "L-": return (.end, String(tag.dropFirst(2)))
        case "S-", "U-": return (.single, String(tag.dropFirst(2)))
        default: return (.inside, tag)
        }
    }

    /// Whether a token with tag `next` goes on with the entity that `last` belongs to.
    func continues(_ last: String, _ next: String) -> Bool {
        let (lastPosition, lastName) = parse(last)
        let (position, name) = parse(next)
        guard name == lastName, position != .begin, position != .single else { return false }
        return lastPosition != .end && lastPosition != .single
    }

    /// The kind of an entity, from the tag of its first token: what follows the first hyphen.
    func group(_ tag: String) -> String {
        guard let hyphen = tag.firstIndex(of: "-") else { return tag }
        return String(tag[tag.index(after: hyphen)...])
    }
}
