import ArgumentParser
import ErlangshenCheckpoint
import ErlangshenJSON
import ErlangshenModel
import ErlangshenPipelines

/// `erlangshen logits`.
struct Logits: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Write the logits of given ids to a safetensors file, for comparisons. 导出 logits。",
        discussion: """
            Each line of --ids is a JSON list of token ids, one sequence. The file holds the tensor "logits", F32 \
            [tokens, vocabulary], the sequences end to end.

            EXAMPLES
              erlangshen tokenize --json --ids-only --file texts.txt > ids.jsonl
              erlangshen logits --model DIR --ids ids.jsonl --output logits.safetensors

            中文:把给定编号序列的 logits 写入 safetensors 文件,便于与其他实现比较。
            """)

    @OptionGroup(title: "Model Options") var model: ModelOptions

    @Option(
        help: ArgumentHelp("File of sequences, a JSON list of ids a line; - is standard input.", valueName: "path"),
        completion: .file())
    var ids: String

    @Option(
        name: .shortAndLong, help: ArgumentHelp("The file to write.", valueName: "path"), completion: .file())
    var output: String

    @Flag(name: .shortAndLong, help: "Write no remarks on standard error; errors only.")
    var quiet = false

    func run() throws {
        let talk = Talk(isQuiet: quiet)
        let device = try model.device()
        let folder = try model.folder(talk)
        let network = try EncoderForMaskedLM(
            directory: folder, device: device, precision: model.precision(of: folder, on: device, talk))
        let sequences = try sequences(network.config, talk)
        let rows = sequences.reduce(0) { $0 + $1.count }
        let tensor = try TensorInfo(name: "logits", dtype: .f32, shape: [rows, network.config.vocabSize])
        // The writer's closure throws its own errors alone: what the model throws is kept here.
        var failure: ModelError?
        do {
            try SafetensorsWriter.write(to: output, tensors: [tensor]) { sink throws(CheckpointError) in
                for sequence in sequences where failure == nil {
                    do {
                        let values = try network.logits(SequenceBatch([sequence])).values.map(\.bitPattern.littleEndian)
                        try Self.write(values, to: sink)
                    } catch let error as ModelError {
                        failure = error
                    } catch let error as CheckpointError {
                        throw error
                    } catch {}
                }
            }
        } catch {
            throw failure ?? error
        }
        if !quiet { StandardError.say("wrote \(rows) x \(network.config.vocabSize) logits to \(output.printable)") }
    }

    private static func write(_ values: [UInt32], to sink: TensorSink) throws(CheckpointError) {
        try values.withUnsafeBufferPointer { buffer throws(CheckpointError) in
            try sink.write(UnsafeRawBufferPointer(buffer))
        }
    }

    private func sequences(_ config: EncoderConfig, _ talk: Talk) throws -> [[Int32]] {
        let trained = config.maxPositionEmbeddings
        var sequences: [[Int32]] = []
        let input = TextInput(command: "logits", texts: [], files: [ids])
        try input.forEachBatch(64, progress: Progress(isQuiet: true)) { items in
            for item in items {
                let sequence = try Self.sequence(item, config.vocabSize)
                if sequence.count > trained, !config.positionBiasedInput {
                    talk.warn([.extrapolates(tokenCount: sequence.count, trainedOn: trained)], at: item.place)
                }
                sequences.append(sequence)
            }
        }
        guard !sequences.isEmpty else { throw CommandFailure.noSequences(path: ids) }
        return sequences
    }

    private static func sequence(_ item: TextItem, _ vocabularySize: Int) throws(CommandFailure) -> [Int32] {
        let reason = "not a JSON list of ids from 0 to \(vocabularySize - 1), such as [1, 17, 2]"
        guard let values = (try? JSONValue.parse(item.text))?.arrayValue, !values.isEmpty else {
            throw .badText(place: item.place, reason: reason, status: .badData)
        }
        let ids = values.compactMap { $0.intValue }.filter { (0..<vocabularySize).contains($0) }.map(Int32.init)
        guard ids.count == values.count else { throw .badText(place: item.place, reason: reason, status: .badData) }
        return ids
    }
}
