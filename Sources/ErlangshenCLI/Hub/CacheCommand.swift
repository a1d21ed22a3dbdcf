import ArgumentParser
import ErlangshenHub

/// `erlangshen cache`.
struct CacheCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "cache",
        abstract: "List, check and remove models that were fetched from the hub. 管理模型缓存。",
        discussion: """
            The cache is that of Python's huggingface_hub: HF_HUB_CACHE, else hub in HF_HOME, else \
            ~/.cache/huggingface/hub.

            EXAMPLES
              erlangshen cache ls
              erlangshen cache verify
              erlangshen cache rm ORG/NAME

            中文:列出、校验或删除缓存中的模型。
            """,
        subcommands: [CacheList.self, CacheRemove.self, CacheVerify.self])

    /// The cache that the environment names.
    static func cache() throws(HubError) -> HubCache { try HubCache(environment: POSIX.environment) }
}
