/// The folder of the Python package jieba, of which `dict.txt` and the tables of `finalseg` are read.
enum JiebaFolder {
    static let dictionary = "dict.txt"
    static let tables = ["finalseg/prob_start.py", "finalseg/prob_trans.py", "finalseg/prob_emit.py"]

    /// The folder that is named, or that `ERLANGSHEN_JIEBA` names, or the first of the usual places that has one.
    static func find(_ named: String?) throws(SegmentationError) -> String {
        if let folder = named ?? FileBytes.environment("ERLANGSHEN_JIEBA") {
            for name in [dictionary] + tables where !FileBytes.isFile(folder + "/" + name) {
                throw .missingFile(folder: folder, name: name, isFromEnvironment: named == nil)
            }
            return folder
        }
        let places = usualPlaces()
        for folder in places where FileBytes.isFile(folder + "/" + dictionary) {
            guard tables.allSatisfy({ FileBytes.isFile(folder + "/" + $0) }) else { continue }
            return folder
        }
        throw .noJieba(lookedIn: places)
    }

    /// An active environment first, then the user's own packages, Debian's, and what pip installs for all.
    static func usualPlaces() -> [String] {
        let environments = ["VIRTUAL_ENV", "CONDA_PREFIX"].compactMap(FileBytes.environment)
        let home = FileBytes.environment("HOME").map { [$0 + "/.local"] } ?? []
        let versioned = (environments + home + ["/usr/local", "/usr"]).flatMap { root in
            FileBytes.names(in: root + "/lib", prefix: "python3").flatMap { version in
                ["site-packages", "dist-packages"].map { "\(root)/lib/\(version)/\($0)/jieba" }
            }
        }
        let debian = "/usr/lib/python3/dist-packages/jieba"
        return versioned.filter { !$0.hasPrefix("/usr/") } + [debian]
            + versioned.filter {
                $0.hasPrefix("/usr/") && $0 != debian
            }
    }
}
