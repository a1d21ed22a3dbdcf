/// x
public enum DemoCheckpoint {
    public static func directory() throws(PipelineError) -> String { "" }
}
