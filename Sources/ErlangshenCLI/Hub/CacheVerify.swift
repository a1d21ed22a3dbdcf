import ArgumentParser
import ErlangshenHub
import ErlangshenJSON

/// `erlangshen cache verify`.
struct CacheVerify: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify",
        abstract: "Compare every file in the cache with its sum. 校验缓存。",
        discussion: """
            Reads the files whole. Ends with 65 if one is not what its name says; pull fetches such a file again.

            EXAMPLES
              erlangshen cache verify
              erlangshen cache verify ORG/NAME --json

            中文:逐个文件计算校验和;有错误时退出码为 65。
            """)

    @Argument(help: "The models; all of them when left out.")
    var ids: [String] = []

    @OptionGroup(title: "Output Options") var output: OutputOptions

    func run() throws {
        let cache = try CacheCommand.cache()
        let models = ids.isEmpty ? cache.models().map(\.id) : try ids.map(RepositoryID.init)
        var (count, faults): (Int, [CacheFault]) = (0, [])
        for id in models {
            let found = try cache.verify(id)
            (count, faults) = (count + found.fileCount, faults + found.faults)
        }
        let standardOutput = StandardOutput()
        if output.json {
            try standardOutput.line(json(models, count, faults).serialized(pretty: true))
        } else {
            for fault in faults { try standardOutput.line("\(fault)".printable) }
            try standardOutput.line("\(count) files of \(models.count) models read, \(faults.count) faults")
        }
        try standardOutput.flush()
        if !faults.isEmpty { throw CommandFailure.damagedCache(count: faults.count, total: count) }
    }

    private func json(_ models: [RepositoryID], _ count: Int, _ faults: [CacheFault]) -> JSONValue {
        [
            "models": .array(models.map { .string($0.description) }), "files": .integer(Int64(count)),
            "faults": .array(
                faults.map { fault in
                    [
                        "id": .string(fault.id.description), "path": .string(fault.path),
                        "message": .string(fault.description),
                    ]
                }),
        ]
    }
}
