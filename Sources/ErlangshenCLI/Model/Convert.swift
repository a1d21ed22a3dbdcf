import ArgumentParser
import ErlangshenCheckpoint
import ErlangshenJSON

/// `erlangshen convert`.
struct Convert: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Rewrite weights in another format or element type. 转换权重格式。",
        discussion: """
            A folder becomes a folder, with its configuration and vocabulary; a file becomes a file. Numbers are rounded \
            to the nearest; those that leave the range of the new type are counted and reported.

            EXAMPLES
              erlangshen convert DIR OUT --format safetensors
              erlangshen convert DIR OUT --dtype f32
              erlangshen convert pytorch_model.bin model.safetensors

            中文:在 pytorch_model.bin 与 safetensors 之间转换,也可改变精度。
            """)

    @Argument(help: "A model folder, a weights file, or ORG/NAME as fetched by pull.", completion: .file())
    var source: String

    @Argument(help: "The folder or file to write.", completion: .file())
    var target: String

    @Option(help: "The format to write: safetensors or torch; by the target's name when left out.")
    var format: WeightsFormat?

    @Option(help: "The element type to write: f32, f16 or bf16; types stay when left out.")
    var dtype: WeightsType?

    @Flag(help: "Replace weights that stand at the target.")
    var overwrite = false

    @OptionGroup(title: "Output Options") var output: OutputOptions

    func run() throws {
        let source = ModelFolder.pathIfKnown(source)
        guard POSIX.exists(source) else { throw CommandFailure.sourceMissing(path: source) }
        let report = try convert(source)
        let standardOutput = StandardOutput()
        let talk = Talk(isQuiet: output.quiet)
        for note in report.notes { talk.once("note: \(note)") }
        if report.overflowCount > 0 {
            talk.once(
                "warning: \(NumberText.grouped(report.overflowCount)) numbers became infinite, in "
                    + report.overflowedTensors.prefix(4).joined(separator: ", ") + "; bf16 has the range of f32")
        }
        if output.json {
            try standardOutput.line(json(report).serialized(pretty: true))
        } else {
            try standardOutput.line(
                "\(report.path.printable): \(report.tensorCount) tensors, "
                    + NumberText.mebibytes(report.targetByteCount)
                    + (report.copiedFiles.isEmpty ? "" : "; copied \(report.copiedFiles.joined(separator: ", "))"))
        }
        try standardOutput.flush()
    }

    private func convert(_ source: String) throws -> ConversionReport {
        do {
            return try CheckpointConverter.convert(
                from: source, to: target, format: chosenFormat, dtype: dtype?.dtype, overwrite: overwrite)
        } catch CheckpointError.writing(let path, .exists) {
            throw CommandFailure.targetExists(path: path)
        }
    }

    private var chosenFormat: CheckpointFormat {
        if let format { return format.checkpointFormat }
        return target.hasSuffix(".bin") || target.hasSuffix(".pt") || target.hasSuffix(".pth") ? .torch : .safetensors
    }

    private func json(_ report: ConversionReport) -> JSONValue {
        [
            "path": .string(report.path), "tensors": .integer(Int64(report.tensorCount)),
            "source_bytes": .integer(Int64(report.sourceByteCount)), "bytes": .integer(Int64(report.targetByteCount)),
            "overflowed": .integer(Int64(report.overflowCount)), "underflowed": .integer(Int64(report.underflowCount)),
            "copied": .array(report.copiedFiles.map { .string($0) }),
            "configuration_updated": .bool(report.updatedConfiguration),
            "notes": .array(report.notes.map { .string($0) }),
        ]
    }
}

/// What `--format` takes.
enum WeightsFormat: String, CaseIterable, ExpressibleByArgument {
    case safetensors, torch

    var checkpointFormat: CheckpointFormat { self == .torch ? .torch : .safetensors }
}

/// What `--dtype` takes.
enum WeightsType: String, CaseIterable, ExpressibleByArgument {
    case f32, f16, bf16

    var dtype: DType {
        switch self {
        case .f32: .f32
        case .f16: .f16
        case .bf16: .bf16
        }
    }
}
