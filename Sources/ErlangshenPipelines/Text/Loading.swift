import ErlangshenCompute
import ErlangshenModel

/// Runs a step of loading and wraps the model's error.
func loading<Value>(_ step: () throws(ModelError) -> Value) throws(PipelineError) -> Value {
    do {
        return try step()
    } catch {
        throw .model(error)
    }
}

/// The processor with all its cores.
func standardDevice() throws(PipelineError) -> Device {
    do {
        return try Device.cpu()
    } catch {
        throw .compute(error)
    }
}

/// Splits texts into packed batches of at most `maximumTokens` tokens, or of one longer text.
func batches(_ texts: [EncodedText], maximumTokens: Int) -> [Range<Int>] {
    var batches: [Range<Int>] = []
    var (start, tokens) = (0, 0)
    for (index, text) in texts.enumerated() {
        if tokens + text.ids.count > maximumTokens, index > start {
            batches.append(start..<index)
            (start, tokens) = (index, 0)
        }
        tokens += text.ids.count
    }
    if start < texts.count { batches.append(start..<texts.count) }
    return batches
}
