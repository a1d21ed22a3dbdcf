// One import for users: everything public of these rooms is public here.

@_exported public import ErlangshenCheckpoint
@_exported public import ErlangshenCompute
@_exported public import ErlangshenJSON
@_exported public import ErlangshenModel
@_exported public import ErlangshenPipelines
@_exported public import ErlangshenTokenizer
