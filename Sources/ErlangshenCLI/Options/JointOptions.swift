import ArgumentParser
import ErlangshenPipelines

/// How masks are filled together.
struct JointOptions: ParsableArguments {
    @Flag(help: "Fill all masks of a text together.")
    var joint = false

    @Flag(help: "Fill the blank (____) also where the text has a [MASK], which then stays masked.")
    var blank = false

    @Flag(help: "Compare the words of --targets whole, however many tokens they have.")
    var wholeTargets = false

    @Option(help: "Which mask is decided first, with --joint.")
    var order = MaskOrder.leftToRight

    @Option(help: ArgumentHelp("Unfinished fillings kept after each choice; more finds more.", valueName: "n"))
    var beam = 16

    @Option(help: ArgumentHelp("The most tokens to try for a blank.", valueName: "n"))
    var maxLength = 4

    @Option(help: "How words of different lengths are ranked: mean or sum of the log-probabilities of their tokens.")
    var by = LengthNormalization.mean

    mutating func validate() throws {
        if !(1...4096).contains(beam) { throw ValidationError("--beam is \(beam); it takes a number from 1 to 4096") }
        if !(1...FillMaskPipeline.maximumJointMasks).contains(maxLength) {
            throw ValidationError(
                "--max-length is \(maxLength); it takes a number from 1 to \(FillMaskPipeline.maximumJointMasks)")
        }
    }

    /// Whether a text is to be filled at its blank: it has one, and no mask unless --blank says so.
    func isBlank(_ text: String, maskToken: String) -> Bool {
        guard FillMaskPipeline.hasBlank(text) else { return blank }
        return blank || !text.contains(maskToken)
    }

    /// Whether all these texts take the ordinary call.
    func isPlain(for texts: [String], maskToken: String) -> Bool {
        !joint && !wholeTargets && !texts.contains { isBlank($0, maskToken: maskToken) }
    }
}
