// swift-tools-version: 6.2
import PackageDescription

// `IMJOY_ONLY=core`, `rpc`, `websocket` or `host` leaves the layers above out, for quick sanitizer and fuzzing builds.
let layers = ["core", "rpc", "websocket", "host", "all"]
let top = layers.firstIndex(of: Context.environment["IMJOY_ONLY"] ?? "all") ?? 4
let hasRPC = top >= 1
let hasWebSocket = top >= 2
let hasHost = top >= 3
let hasAll = top >= 4

let package = Package(
    name: "imjoy-swift",
    products: [.library(name: "ImJoyCore", targets: ["ImJoyCore"])],
    dependencies: [
        .package(url: "https://github.com/apple/swift-numerics", from: "1.1.1"),
        .package(url: "https://github.com/apple/swift-system", from: "1.8.1"),
    ],
    targets: [
        // Function-pointer types only: OpenBLAS is opened at run time (Documentation/Decisions/0003-openblas.md).
        .target(name: "COpenBLAS"),
        // The same for Blosc, which only some Zarr chunks need (Documentation/Decisions/0018-zarr.md).
        .target(name: "CBlosc"),
        .target(name: "CImJoyShims"),
        .target(name: "CImJoyKernels"),
        .systemLibrary(
            name: "CLibTIFF", path: "Sources/CTIFF/system", pkgConfig: "libtiff-4",
            providers: [.apt(["libtiff-dev"]), .brew(["libtiff"])]),
        .target(name: "CTIFF", dependencies: ["CLibTIFF"], exclude: ["system"]),
        .systemLibrary(
            name: "CLibPNG", path: "Sources/CPNG/system", pkgConfig: "libpng",
            providers: [.apt(["libpng-dev"]), .brew(["libpng"])]),
        .target(name: "CPNG", dependencies: ["CLibPNG"], exclude: ["system"]),
        .systemLibrary(
            name: "CLibJPEG", path: "Sources/CJPEG/system", pkgConfig: "libjpeg",
            providers: [.apt(["libjpeg-dev"]), .brew(["jpeg-turbo"])]),
        .target(name: "CJPEG", dependencies: ["CLibJPEG"], exclude: ["system"]),
        .systemLibrary(
            name: "CLibDeflate", pkgConfig: "libdeflate",
            providers: [.apt(["libdeflate-dev"]), .brew(["libdeflate"])]),
        .systemLibrary(
            name: "CZlib", pkgConfig: "zlib",
            providers: [.apt(["zlib1g-dev"]), .brew(["zlib"])]),
        .systemLibrary(
            name: "CZstd", pkgConfig: "libzstd",
            providers: [.apt(["libzstd-dev"]), .brew(["zstd"])]),
        .systemLibrary(
            name: "CYAML", pkgConfig: "yaml-0.1",
            providers: [.apt(["libyaml-dev"]), .brew(["libyaml"])]),
        .target(
            name: "ImJoyCore",
            dependencies: [
                "CBlosc", "CImJoyKernels", "CImJoyShims", "COpenBLAS", "CTIFF", "CPNG", "CJPEG", "CLibDeflate", "CYAML",
                "CZlib", "CZstd",
                .product(name: "ComplexModule", package: "swift-numerics"),
                .product(name: "RealModule", package: "swift-numerics"),
                .product(name: "SystemPackage", package: "swift-system"),
            ]),
        .target(
            name: "ImJoyTestSupport",
            dependencies: [
                "ImJoyCore", "ImJoyFuzzTargets",
                .product(name: "ComplexModule", package: "swift-numerics"),
                .product(name: "SystemPackage", package: "swift-system"),
            ],
            path: "Tests/ImJoyTestSupport"),
        // What is fuzzed, for the tests that replay what was found and for the package in Fuzzing/.
        .target(name: "ImJoyFuzzTargets", dependencies: ["ImJoyCore"], path: "Fuzzing/Targets/Core"),
        .testTarget(
            name: "ImJoyCoreTests",
            dependencies: [
                "ImJoyCore", "ImJoyFuzzTargets", "ImJoyTestSupport",
                .product(name: "ComplexModule", package: "swift-numerics"),
                .product(name: "SystemPackage", package: "swift-system"),
            ],
            exclude: ["Fixtures"]),
    ]
)

if hasRPC {
    package.products.append(.library(name: "ImJoyRPC", targets: ["ImJoyRPC"]))
    package.dependencies += [
        .package(url: "https://github.com/apple/swift-collections", from: "1.6.0"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
    ]
    package.targets += [
        .target(
            name: "ImJoyRPC",
            dependencies: [
                "ImJoyCore",
                .product(name: "OrderedCollections", package: "swift-collections"),
                .product(name: "DequeModule", package: "swift-collections"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "SystemPackage", package: "swift-system"),
            ]),
        .target(
            name: "ImJoyRPCTestSupport",
            dependencies: [
                "ImJoyCore", "ImJoyRPC",
                .product(name: "OrderedCollections", package: "swift-collections"),
                .product(name: "SystemPackage", package: "swift-system"),
            ], path: "Tests/ImJoyRPCTestSupport"),
        .target(
            name: "ImJoyRPCFuzzTargets",
            dependencies: [
                "ImJoyCore", "ImJoyFuzzTargets", "ImJoyRPC",
                .product(name: "OrderedCollections", package: "swift-collections"),
            ],
            path: "Fuzzing/Targets/RPC"),
        .testTarget(
            name: "ImJoyRPCTests",
            dependencies: [
                "ImJoyCore", "ImJoyFuzzTargets", "ImJoyRPC", "ImJoyRPCFuzzTargets", "ImJoyRPCTestSupport",
                "ImJoyTestSupport",
                .product(name: "OrderedCollections", package: "swift-collections"),
                .product(name: "SystemPackage", package: "swift-system"),
            ]),
    ]
}

if hasWebSocket {
    package.products.append(.library(name: "ImJoyWebSocket", targets: ["ImJoyWebSocket"]))
    package.dependencies.append(.package(url: "https://github.com/apple/swift-nio", from: "2.101.2"))
    package.targets += [
        .target(
            name: "ImJoyWebSocket",
            dependencies: [
                "ImJoyCore", "ImJoyRPC",
                .product(name: "DequeModule", package: "swift-collections"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "NIOWebSocket", package: "swift-nio"),
            ]),
        .target(
            name: "ImJoyWebSocketTestSupport", dependencies: ["ImJoyRPC", "ImJoyRPCTestSupport", "ImJoyWebSocket"],
            path: "Tests/ImJoyWebSocketTestSupport"),
        .target(
            name: "ImJoyWebSocketFuzzTargets", dependencies: ["ImJoyCore", "ImJoyFuzzTargets", "ImJoyWebSocket"],
            path: "Fuzzing/Targets/WebSocket"),
        .testTarget(
            name: "ImJoyWebSocketTests",
            dependencies: [
                "ImJoyCore", "ImJoyFuzzTargets", "ImJoyRPC", "ImJoyRPCTestSupport", "ImJoyTestSupport",
                "ImJoyWebSocket",
                "ImJoyWebSocketFuzzTargets", "ImJoyWebSocketTestSupport",
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOEmbedded", package: "swift-nio"),
                .product(name: "OrderedCollections", package: "swift-collections"),
                .product(name: "SystemPackage", package: "swift-system"),
            ]),
    ]
}

// For the package in Fuzzing/ alone; nobody else needs products that only read bytes.
if Context.environment["IMJOY_FUZZ"] != nil {
    for name in ["ImJoyFuzzTargets", "ImJoyRPCFuzzTargets", "ImJoyWebSocketFuzzTargets"] {
        package.products.append(.library(name: name, targets: [name]))
    }
}

if hasHost {
    package.products.append(.library(name: "ImJoyHost", targets: ["ImJoyHost"]))
    package.dependencies += [
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
        // Without its default traits it needs no Foundation.
        .package(url: "https://github.com/swiftlang/swift-subprocess", from: "1.0.2", traits: []),
    ]
    package.targets += [
        .target(
            name: "ImJoyHost",
            dependencies: [
                "ImJoyCore", "ImJoyRPC",
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "Subprocess", package: "swift-subprocess"),
                .product(name: "SystemPackage", package: "swift-system"),
                .product(name: "OrderedCollections", package: "swift-collections"),
            ],
            resources: [
                .embedInCode("Python/imjoy_supervisor.py"),
                .embedInCode("Python/imjoy_worker.py"),
                .embedInCode("Python/imjoy_fetch.py"),
                .embedInCode("Python/imjoy_inventory.py"),
            ]),
        .testTarget(
            name: "ImJoyHostTests",
            dependencies: [
                "ImJoyCore", "ImJoyRPC", "ImJoyHost",
                .product(name: "OrderedCollections", package: "swift-collections"),
                .product(name: "SystemPackage", package: "swift-system"),
            ]),
    ]
}

if hasAll {
    package.products += [
        .library(name: "ImJoyTLS", targets: ["ImJoyTLS"]),
        .executable(name: "imjoy", targets: ["imjoy"]),
    ]
    package.dependencies += [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.6"),
    ]
    package.targets += [
        .target(
            name: "ImJoyTLS",
            dependencies: [
                "ImJoyRPC", "ImJoyWebSocket",
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
                .product(name: "SystemPackage", package: "swift-system"),
            ]),
        .testTarget(
            name: "ImJoyTLSTests",
            dependencies: [
                "ImJoyCore", "ImJoyRPC", "ImJoyRPCTestSupport", "ImJoyTLS", "ImJoyWebSocket",
                "ImJoyWebSocketTestSupport",
                .product(name: "SystemPackage", package: "swift-system"),
            ]),
        .executableTarget(
            name: "imjoy",
            dependencies: [
                "ImJoyCore", "ImJoyRPC", "ImJoyWebSocket", "ImJoyTLS", "ImJoyHost",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "SystemPackage", package: "swift-system"),
            ]),
        .executableTarget(
            name: "array-tour", dependencies: ["ImJoyCore"], path: "Examples/array-tour", exclude: ["README.md"]),
        .executableTarget(
            name: "array-mathematics", dependencies: ["ImJoyCore"], path: "Examples/array-mathematics",
            exclude: ["README.md"]),
        .executableTarget(
            name: "array-guide", dependencies: ["ImJoyCore"], path: "Examples/array-guide", exclude: ["README.md"]),
        .executableTarget(
            name: "image-tour", dependencies: ["ImJoyCore"], path: "Examples/image-tour", exclude: ["README.md"]),
        .executableTarget(
            name: "cell-segmentation",
            dependencies: ["ImJoyCore", .product(name: "SystemPackage", package: "swift-system")],
            path: "Examples/cell-segmentation", exclude: ["README.md"]),
        .executableTarget(
            name: "array-selection", dependencies: ["ImJoyCore"], path: "Examples/array-selection",
            exclude: ["README.md"]),
        .executableTarget(
            name: "plugin-tour", dependencies: ["ImJoyCore"], path: "Examples/plugin-tour", exclude: ["README.md"]),
        .executableTarget(
            name: "rpc-service", dependencies: ["ImJoyCore", "ImJoyRPC"], path: "Examples/rpc-service",
            exclude: ["README.md"]),
        .executableTarget(
            name: "hub-server", dependencies: ["ImJoyCore", "ImJoyRPC"], path: "Examples/hub-server",
            exclude: ["README.md"]),
        .executableTarget(
            name: "hub-client", dependencies: ["ImJoyCore", "ImJoyRPC"], path: "Examples/hub-client",
            exclude: ["README.md"]),
        .executableTarget(
            name: "websocket-service", dependencies: ["ImJoyRPC", "ImJoyWebSocket"],
            path: "Examples/websocket-service", exclude: ["README.md"]),
        .executableTarget(
            name: "secure-hub", dependencies: ["ImJoyRPC", "ImJoyTLS", "ImJoyWebSocket"], path: "Examples/secure-hub",
            exclude: ["README.md"]),
        .executableTarget(
            name: "embedded-host", dependencies: ["ImJoyHost", "ImJoyRPC"], path: "Examples/embedded-host",
            exclude: ["README.md", "Greeter.imjoy.html"]),
        .executableTarget(
            name: "plugin-chain", dependencies: ["ImJoyCore", "ImJoyHost", "ImJoyRPC"], path: "Examples/plugin-chain",
            exclude: ["README.md", "Smoother.imjoy.html", "SpotCounter.imjoy.html"]),
        // Runs the program itself, so it depends on it without importing it.
        .testTarget(
            name: "ImJoyCommandTests",
            dependencies: ["ImJoyCore", "ImJoyRPC", "imjoy", .product(name: "SystemPackage", package: "swift-system")]),
    ]
}

// One place for the language settings of every Swift target.
var swiftSettings: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
]
let sanitizer = Context.environment["IMJOY_SANITIZE"]
// For `swift test --sanitize=address`, which sees only memory that goes back to the system.
if sanitizer == "address" { swiftSettings.append(.define("IMJOY_ADDRESS_SANITIZER")) }
if sanitizer == "thread" {
    // For `swift test --sanitize=thread`, which does not see every kind of lock: ImJoyCore has one that it sees. Files that
    // use it import only the lock that it stands in for, so this build lets members of modules through that they do not.
    swiftSettings.append(.define("IMJOY_THREAD_SANITIZER"))
    // The other tests of arrays use one thread, and take a minute to compile.
    package.targets.first { $0.name == "ImJoyCoreTests" }?.sources = ["NDArray/SharedArrayTests.swift"]
} else {
    swiftSettings.append(.enableUpcomingFeature("MemberImportVisibility"))
}
// `IMJOY_STRICT` makes our own warnings errors (Scripts/ set it); packages that depend on us never see that.
let isStrict = Context.environment["IMJOY_STRICT"] != nil
for target in package.targets where target.type != .system {
    if target.name.hasPrefix("C") {
        if isStrict { target.cSettings = (target.cSettings ?? []) + [.treatAllWarnings(as: .error)] }
    } else {
        // Examples are compiled as a user's program is, with the language's own defaults.
        let isExample = target.path?.hasPrefix("Examples/") == true
        target.swiftSettings = (target.swiftSettings ?? []) + (isExample ? [] : swiftSettings)
        if isStrict { target.swiftSettings?.append(.treatAllWarnings(as: .error)) }
    }
}
