// Goldens: tools/goldens/make_dropout_goldens.py (transformers 5.23 in float64; its dropout draws from Philox as the kernels do).
import ErlangshenCheckpoint
import ErlangshenCompute
import ErlangshenModel
import ErlangshenTestSupport
import Testing

@Suite struct DropoutGoldenTests {
    static let cases = [
        "published", "untied", "c2p", "absolute", "conv_groups", "multiple_choice", "bert_sequence_classification",
        "bert_untied",
    ]
    static let seed: UInt64 = 20

    /// Dropout stands where transformers has it, and backward drops what forward dropped.
    @Test(arguments: cases) func dropoutIsTransformers(name: String) throws {
        let golden = try TrainingGolden(gradients: name)
        let truth = try Checkpoint(file: golden.folder + "/dropout.safetensors")
        let expected = Double(try TrainingGolden.read("loss", of: truth, as: Float.self)[0])
        #expect(abs(expected - Double(try golden.floats("loss")[0])) > 0.001, "dropout changes nothing")
        let norms = try truth.tensors.filter { $0.name != "loss" }.map { tensor in
            (tensor.name, try TrainingGolden.read(tensor.name, of: truth, as: Float.self))
        }
        let whole = norms.reduce(0) { $0 + Double($1.1[0]) * Double($1.1[0]) }.squareRoot()
        for recomputes in [false, true] {
            let model = try GradientGoldenTests.model(
                golden, device: try Device.cpu(threads: 2), recomputes: recomputes)
            let loss = try golden.microBatch().step(model, dropout: Self.seed)
            #expect(abs(loss - expected) <= Double(Tolerance.golden), "\(loss) \(expected)")
            let found = try model.store.gradients()
            for (name, truth) in norms {
                guard let gradient = found[name] else {
                    #expect(truth == [0, 0], "\(name) is no parameter")
                    continue
                }
                let size = Tolerance.gradient * Double(truth[0]) + Tolerance.gradientRounding * whole
                #expect(abs(norm(gradient) - Double(truth[0])) <= size, "\(name): \(norm(gradient)) \(truth[0])")
                let signed = gradient.indices.reduce(0.0) { $0 + Double($1 % 2 == 0 ? gradient[$1] : -gradient[$1]) }
                #expect(
                    abs(signed - Double(truth[1])) <= size * Double(gradient.count).squareRoot(),
                    "\(name): sum with signs \(signed) \(truth[1])")
            }
        }
    }
}
