// swift-tools-version: 6.2
import PackageDescription

// A package of its own, so that nobody who depends on ImJoy builds it. `make bench` runs it beside its peers.
let package = Package(
    name: "imjoy-benchmarks",
    dependencies: [.package(name: "imjoy-swift", path: "..")],
    targets: ["array-bench", "manifest-bench"].map { name in
        .executableTarget(
            name: name,
            dependencies: [.product(name: "ImJoyCore", package: "imjoy-swift")],
            swiftSettings: [
                .enableUpcomingFeature("ExistentialAny"),
                .enableUpcomingFeature("InternalImportsByDefault"),
                .enableUpcomingFeature("MemberImportVisibility"),
            ])
    }
)
