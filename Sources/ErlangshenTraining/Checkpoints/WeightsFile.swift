import ErlangshenCheckpoint

/// Writes arrays as a safetensors file.
package enum WeightsFile {
    /// Writes a file that appears under its name only when it is whole.
    package static func write(_ arrays: [NamedArray], to path: String) throws(TrainingError) {
        var (infos, contents): ([TensorInfo], [String: NamedArray]) = ([], [:])
        for array in arrays {
            do {
                infos.append(try TensorInfo(name: array.name, dtype: .f32, shape: array.shape))
            } catch {
                throw .checkpoint(.writing(path: path, .shape(tensor: array.name, error)))
            }
            contents[array.name] = array
        }
        var failure: TrainingError?
        do {
            try SafetensorsWriter.write(to: path, tensors: infos) { sink throws(CheckpointError) in
                do throws(TrainingError) {
                    try contents[sink.info.name]?.write(to: sink)
                } catch {
                    failure = error
                    if case .checkpoint(let reason) = error { throw reason }
                    // Ends the writing; `failure` is what the caller gets.
                    throw .system(operation: "read", path: path, code: 0)
                }
            }
        } catch {
            throw failure ?? .checkpoint(error)
        }
    }
}
