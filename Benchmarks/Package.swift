// swift-tools-version: 6.2
import PackageDescription

// A package of its own, so that nobody who depends on ImJoy builds it. `make bench` and `make bench-rpc` run it beside its
// peers; the first leaves all but ImJoyCore out (`IMJOY_ONLY=core`).
var libraries = ["array-bench": ["ImJoyCore"], "manifest-bench": ["ImJoyCore"]]
if Context.environment["IMJOY_ONLY"] != "core" { libraries["rpc-bench"] = ["ImJoyCore", "ImJoyRPC", "ImJoyWebSocket"] }

let package = Package(
    name: "imjoy-benchmarks",
    dependencies: [
        .package(name: "imjoy-swift", path: ".."),
        .package(url: "https://github.com/apple/swift-numerics", from: "1.1.1"),
        .package(url: "https://github.com/apple/swift-system", from: "1.8.1"),
    ],
    targets: libraries.sorted { $0.key < $1.key }.map { name, libraries in
        .executableTarget(
            name: name,
            dependencies: libraries.map { .product(name: $0, package: "imjoy-swift") }
                + (name == "array-bench"
                    ? [
                        .product(name: "ComplexModule", package: "swift-numerics"),
                        .product(name: "SystemPackage", package: "swift-system"),
                    ] : []),
            swiftSettings: [
                .enableUpcomingFeature("ExistentialAny"),
                .enableUpcomingFeature("InternalImportsByDefault"),
                .enableUpcomingFeature("MemberImportVisibility"),
            ])
    }
)
