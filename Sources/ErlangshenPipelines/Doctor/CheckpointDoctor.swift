import ErlangshenCheckpoint
import ErlangshenModel
import ErlangshenTokenizer

/// Says why a model folder would misbehave, before it does.
///
/// Reads configuration, tokenizer and every tensor, and compares them with each other: tensors that are missing, left
/// over, of another shape, not finite or all zero; heads that are missing or do not fit the labels; a decoder that is
/// not the embeddings; a vocabulary that does not fit the embeddings.
public enum CheckpointDoctor {
    /// Examines a folder. Whatever is wrong with it is a finding; nothing is thrown.
    public static func examine(directory: String) -> CheckpointReport {
        var findings: [CheckpointFinding] = []
        var config: EncoderConfig?
        var checkpoint: Checkpoint?
        do { config = try EncoderConfig(directory: directory) } catch {
            findings.append(.init(.error, "config", "\(error)", advice: "correct config.json or download it again"))
        }
        do { checkpoint = try Checkpoint(directory: directory) } catch {
            findings.append(.init(.error, "weights", "\(error)", advice: "download the weights again"))
        }
        do {
            let tokenizer = try BertTokenizer(directory: directory)
            if let config { findings += vocabulary(tokenizer, config) }
        } catch {
            findings.append(
                .init(.error, "tokenizer", "\(error)", advice: "download vocab.txt and tokenizer_config.json again"))
        }
        var uses: [String] = []
        if let checkpoint {
            findings += checkpoint.notes.map { .init(.note, "file", $0) }
            findings += numbers(checkpoint)
            if let config {
                let parts = CheckpointParts(checkpoint, config)
                findings += parts.findings
                uses = parts.uses
            }
        }
        let order: [CheckpointFinding.Severity] = [.error, .warning, .note]
        return CheckpointReport(
            path: directory, findings: order.flatMap { severity in findings.filter { $0.severity == severity } },
            uses: uses, tensorCount: checkpoint?.tensors.count ?? 0)
    }

    /// The vocabulary beside the embeddings.
    private static func vocabulary(_ tokenizer: BertTokenizer, _ config: EncoderConfig) -> [CheckpointFinding] {
        let (entries, rows) = (tokenizer.vocabulary.count, config.vocabSize)
        var findings: [CheckpointFinding] = []
        if entries > rows {
            findings.append(
                .init(
                    .error, "vocabulary-size", "vocab.txt has \(entries) entries and vocab_size is \(rows)",
                    advice: "take vocab.txt and the weights from the same model"))
        } else if entries < rows {
            findings.append(
                .init(
                    .warning, "vocabulary-size",
                    "vocab.txt has \(entries) entries and vocab_size is \(rows): \(rows - entries) ids have no token",
                    advice: "harmless if the embeddings were padded; otherwise take vocab.txt from the same model"))
        }
        if Int(tokenizer.padTokenId) != config.padTokenId {
            findings.append(
                .init(
                    .warning, "pad-token",
                    "pad_token_id is \(config.padTokenId) and [PAD] has id \(tokenizer.padTokenId) in vocab.txt",
                    advice: "check that vocab.txt belongs to this model"))
        }
        return findings
    }

    /// NaN, infinity, zeros and the like in every tensor.
    private static func numbers(_ checkpoint: Checkpoint) -> [CheckpointFinding] {
        var findings: [CheckpointFinding] = []
        for info in checkpoint.tensors {
            defer { checkpoint.release(info.name) }
            do {
                guard let scan = TensorScan(try checkpoint.bytes(of: info.name)) else { continue }
                findings += numbers(scan, info)
            } catch {
                findings.append(.init(.error, "damaged", "\(error)", advice: "download the weights again"))
            }
        }
        return findings
    }

    /// Magnitudes beyond this do not come from training.
    private static let plausibleMagnitude = 1e4

    private static func numbers(_ scan: TensorScan, _ info: TensorInfo) -> [CheckpointFinding] {
        if let first = scan.firstNonFinite {
            let cause =
                info.dtype == .f16 ? "; F16 ends at 65,504, larger numbers overflow when they are converted" : ""
            return [
                .init(
                    .error, "not-finite",
                    "\(info.name): \(scan.nonFiniteCount) of \(info.elementCount) numbers are NaN or infinite, "
                        + "the first at \(first)\(cause)",
                    advice: info.dtype == .f16
                        ? "convert again from the float32 weights, to bf16" : "download the weights again")
            ]
        }
        if scan.largest > plausibleMagnitude {
            return [
                .init(
                    .warning, "magnitude", "\(info.name): the largest magnitude is \(scan.largest)",
                    advice: "trained weights stay far below; check where the file comes from")
            ]
        }
        // A new bias is zero and may have stayed so; a matrix or a LayerNorm's weight has not.
        guard scan.isZero, info.elementCount > 0, info.shape.count > 1 || info.name.hasSuffix("LayerNorm.weight")
        else { return [] }
        return [
            .init(
                .warning, "all-zero", "\(info.name): every number is zero",
                advice: "the weights were not saved or not trained; download or save them again")
        ]
    }
}
