// swift-tools-version: 6.2
import PackageDescription

/// Every Swift target: Swift 6 mode, imports are internal unless said otherwise, warnings are errors.
let house: [SwiftSetting] = [
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("ExistentialAny"),
    .treatAllWarnings(as: .error),
]

/// The page that the server shows at `/`; `PageFile.standard` lists the same files.
let pageFiles = [
    "index.html", "page.css", "icon.svg", "page.js", "answer.js", "characters.js", "dom.js", "examples.js", "fill.js",
    "labels.js", "server.js", "tasks.js", "texts.js",
]

let package = Package(
    name: "swift-erlangshen",
    platforms: [.macOS(.v15)],
    products: [
        .library(name: "Erlangshen", targets: ["Erlangshen"]),
        .library(name: "ErlangshenHub", targets: ["ErlangshenHub"]),
        .library(name: "ErlangshenTraining", targets: ["ErlangshenTraining", "ErlangshenTasks"]),
        .executable(name: "erlangshen", targets: ["ErlangshenCLI"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
        .package(url: "https://github.com/swift-server/async-http-client", from: "1.37.0"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
        .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.6"),
        // Without traits neither configuration files nor all of Foundation come along.
        .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1", traits: []),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-metrics", from: "2.13.0"),
        .package(url: "https://github.com/apple/swift-http-types", from: "1.8.0"),
        .package(url: "https://github.com/apple/swift-nio-extras", from: "1.35.2"),
    ],
    targets: [
        // Layer 0: know nothing of each other.
        .target(
            name: "CErlangshenKernels",
            cSettings: [.define("_GNU_SOURCE"), .define("NDEBUG", .when(configuration: .release))],
            linkerSettings: [.linkedLibrary("m")]),
        .target(name: "CErlangshenChecksum"),
        .target(name: "CErlangshenCompression", linkerSettings: [.linkedLibrary("dl", .when(platforms: [.linux]))]),
        .target(name: "ErlangshenJSON", swiftSettings: house),
        .target(name: "ErlangshenRandom", swiftSettings: house),
        .target(name: "ErlangshenTokenizer", dependencies: ["ErlangshenJSON"], swiftSettings: house),
        .target(
            name: "ErlangshenCheckpoint",
            dependencies: ["CErlangshenChecksum", "ErlangshenJSON"],
            swiftSettings: house),

        .target(name: "ErlangshenSegmentation", dependencies: ["CErlangshenChecksum"], swiftSettings: house),

        .target(name: "CErlangshenParallel", linkerSettings: [.linkedLibrary("dl", .when(platforms: [.linux]))]),
        .target(name: "ErlangshenParallel", dependencies: ["CErlangshenParallel"], swiftSettings: house),

        // Layer 1: memory and devices; data of tasks, their figures and submissions.
        .target(name: "ErlangshenCompute", dependencies: ["CErlangshenKernels"], swiftSettings: house),

        .target(
            name: "ErlangshenTasks",
            dependencies: ["ErlangshenTokenizer", "ErlangshenCheckpoint", "ErlangshenJSON", "ErlangshenRandom"],
            swiftSettings: house),

        .target(
            name: "ErlangshenMasking",
            dependencies: ["ErlangshenTokenizer", "ErlangshenSegmentation", "ErlangshenRandom"],
            swiftSettings: house),

        .target(
            name: "ErlangshenCorpus",
            dependencies: [
                "ErlangshenTokenizer", "ErlangshenSegmentation", "ErlangshenCheckpoint", "CErlangshenChecksum",
                "CErlangshenCompression", "ErlangshenJSON",
            ],
            swiftSettings: house),

        .target(
            name: "ErlangshenHub",
            dependencies: [
                "ErlangshenCheckpoint", "CErlangshenChecksum", "ErlangshenJSON",
                .product(name: "AsyncHTTPClient", package: "async-http-client"),
                .product(name: "NIOCore", package: "swift-nio"), .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
            ],
            swiftSettings: house),

        // Layer 2: layers, encoder, heads.
        .target(
            name: "ErlangshenModel",
            dependencies: ["ErlangshenCompute", "ErlangshenCheckpoint", "ErlangshenJSON"],
            swiftSettings: house),

        // Layer 3: text in, values out.
        .target(
            name: "ErlangshenPipelines",
            dependencies: [
                "ErlangshenTokenizer", "ErlangshenModel", "ErlangshenCheckpoint", "ErlangshenCompute", "ErlangshenJSON",
            ],
            swiftSettings: house),

        .target(
            name: "ErlangshenTraining",
            dependencies: [
                "ErlangshenModel", "ErlangshenTasks", "ErlangshenCompute", "ErlangshenTokenizer",
                "ErlangshenCheckpoint", "ErlangshenParallel", "ErlangshenRandom",
                "CErlangshenChecksum", "ErlangshenJSON",
            ],
            swiftSettings: house),

        // Layer 4: the run of masked-language pretraining.
        .target(
            name: "ErlangshenPretraining",
            dependencies: [
                "ErlangshenTraining", "ErlangshenModel", "ErlangshenTasks", "ErlangshenCompute", "ErlangshenMasking",
                "ErlangshenCorpus", "ErlangshenTokenizer", "ErlangshenSegmentation", "ErlangshenCheckpoint",
                "ErlangshenParallel", "ErlangshenRandom", "ErlangshenJSON", .product(name: "Yams", package: "Yams"),
            ],
            swiftSettings: house),

        .target(
            name: "ErlangshenServer",
            dependencies: [
                "ErlangshenPipelines", "ErlangshenCompute", "ErlangshenJSON",
                .product(name: "Hummingbird", package: "hummingbird"),
                .product(name: "HummingbirdCore", package: "hummingbird"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "CoreMetrics", package: "swift-metrics"),
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOHTTPTypes", package: "swift-nio-extras"),
                .product(name: "NIOHTTPTypesHTTP1", package: "swift-nio-extras"),
            ],
            resources: pageFiles.map { .embedInCode("Page/Files/\($0)") },
            swiftSettings: house),

        // Layer 5: what users import, and what they run.
        .target(
            name: "Erlangshen",
            dependencies: [
                "ErlangshenPipelines", "ErlangshenModel", "ErlangshenTokenizer", "ErlangshenCheckpoint",
                "ErlangshenCompute", "ErlangshenJSON",
            ],
            swiftSettings: house),
        .executableTarget(
            name: "ErlangshenCLI",
            dependencies: [
                "ErlangshenPipelines", "ErlangshenPretraining", "ErlangshenTraining", "ErlangshenModel",
                "ErlangshenTasks", "ErlangshenTokenizer", "ErlangshenSegmentation", "ErlangshenCorpus",
                "ErlangshenMasking", "ErlangshenParallel", "ErlangshenHub", "ErlangshenServer",
                "ErlangshenCheckpoint", "ErlangshenCompute", "ErlangshenJSON",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "Logging", package: "swift-log"),
            ],
            swiftSettings: house),

        // Tests mirror the sources, same folder, same stem.
        .target(
            name: "ErlangshenTestSupport",
            dependencies: [
                "ErlangshenParallel", "ErlangshenCompute", "ErlangshenModel", "ErlangshenCheckpoint", "ErlangshenJSON",
                "CErlangshenChecksum",
            ],
            swiftSettings: house),
        .testTarget(name: "ErlangshenJSONTests", dependencies: ["ErlangshenJSON"], swiftSettings: house),
        .testTarget(name: "ErlangshenRandomTests", dependencies: ["ErlangshenRandom"], swiftSettings: house),
        .testTarget(
            name: "ErlangshenTokenizerTests", dependencies: ["ErlangshenTokenizer", "ErlangshenJSON"],
            resources: [.copy("Goldens")], swiftSettings: house),
        .testTarget(
            name: "ErlangshenSegmentationTests", dependencies: ["ErlangshenSegmentation", "ErlangshenJSON"],
            resources: [.copy("Goldens"), .copy("Tiny")], swiftSettings: house),
        .testTarget(
            name: "ErlangshenParallelTests",
            dependencies: ["ErlangshenParallel", "CErlangshenParallel", "ErlangshenTestSupport"],
            swiftSettings: house),
        .testTarget(
            name: "ErlangshenCheckpointTests",
            dependencies: ["ErlangshenCheckpoint", "ErlangshenJSON", "CErlangshenChecksum"],
            resources: [.copy("Goldens")], swiftSettings: house),
        .testTarget(
            name: "ErlangshenTasksTests",
            dependencies: [
                "ErlangshenTasks", "ErlangshenTokenizer", "ErlangshenCheckpoint", "ErlangshenJSON", "ErlangshenRandom",
            ],
            swiftSettings: house),
        .testTarget(
            name: "ErlangshenMaskingTests",
            dependencies: [
                "ErlangshenMasking", "ErlangshenTokenizer", "ErlangshenSegmentation", "ErlangshenRandom",
                "ErlangshenJSON",
            ],
            resources: [.copy("Goldens")], swiftSettings: house),
        .testTarget(
            name: "ErlangshenCorpusTests",
            dependencies: [
                "ErlangshenCorpus", "ErlangshenTokenizer", "ErlangshenSegmentation", "ErlangshenCheckpoint",
                "ErlangshenJSON",
            ],
            resources: [.copy("Goldens")], swiftSettings: house),
        .testTarget(
            name: "ErlangshenHubTests",
            dependencies: ["ErlangshenHub", "ErlangshenJSON", "ErlangshenTestSupport"],
            swiftSettings: house),
        .testTarget(
            name: "ErlangshenComputeTests", dependencies: ["ErlangshenCompute", "ErlangshenTestSupport"],
            swiftSettings: house),
        .testTarget(
            name: "ErlangshenModelTests",
            dependencies: [
                "ErlangshenModel", "ErlangshenCompute", "ErlangshenCheckpoint", "ErlangshenJSON",
                "ErlangshenTestSupport",
            ],
            resources: [.copy("Goldens")], swiftSettings: house),
        .testTarget(
            name: "ErlangshenPipelinesTests",
            dependencies: [
                "ErlangshenPipelines", "ErlangshenModel", "ErlangshenTokenizer", "ErlangshenCheckpoint",
                "ErlangshenCompute", "ErlangshenJSON",
            ],
            resources: [.copy("Goldens")], swiftSettings: house),
        .testTarget(
            name: "ErlangshenTrainingTests",
            dependencies: [
                "ErlangshenTraining", "ErlangshenModel", "ErlangshenTasks", "ErlangshenCompute", "ErlangshenTokenizer",
                "ErlangshenCheckpoint", "ErlangshenJSON", "ErlangshenRandom", "CErlangshenChecksum",
                "ErlangshenParallel", "ErlangshenTestSupport",
            ],
            resources: [.copy("Goldens")], swiftSettings: house),
        .testTarget(
            name: "ErlangshenPretrainingTests",
            dependencies: [
                "ErlangshenPretraining", "ErlangshenTraining", "ErlangshenModel", "ErlangshenTasks",
                "ErlangshenCompute", "ErlangshenMasking", "ErlangshenCorpus", "ErlangshenTokenizer",
                "ErlangshenSegmentation", "ErlangshenCheckpoint", "ErlangshenRandom", "ErlangshenJSON",
                "ErlangshenParallel", "ErlangshenTestSupport",
            ],
            swiftSettings: house),
        .testTarget(
            name: "ErlangshenServerTests",
            dependencies: [
                "ErlangshenServer", "ErlangshenPipelines", "ErlangshenCompute", "ErlangshenJSON",
                .product(name: "Logging", package: "swift-log"),
                .product(name: "CoreMetrics", package: "swift-metrics"),
                .product(name: "HTTPTypes", package: "swift-http-types"),
            ],
            swiftSettings: house),
        .testTarget(
            name: "ErlangshenCLITests",
            dependencies: [
                "ErlangshenCLI", "ErlangshenPipelines", "ErlangshenPretraining", "ErlangshenTraining",
                "ErlangshenModel", "ErlangshenTasks", "ErlangshenCheckpoint", "ErlangshenCompute", "ErlangshenJSON",
                "ErlangshenHub", "ErlangshenTestSupport",
            ],
            swiftSettings: house),
        .testTarget(name: "ErlangshenEndToEndTests", dependencies: ["Erlangshen"], swiftSettings: house),
    ],
    swiftLanguageModes: [.v6],
    cLanguageStandard: .c17
)
