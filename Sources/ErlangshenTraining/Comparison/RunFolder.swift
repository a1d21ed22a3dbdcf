/// The folder that a command writes into.
public enum RunFolder {
    /// Makes a folder and those above it, as far as they are missing.
    ///
    /// - Throws: `TrainingError.system`.
    public static func make(_ path: String) throws(TrainingError) { try FileWork.makeFolders(path) }
}
