// swift-tools-version: 6.2
import PackageDescription

// A package of its own, so that nobody who depends on ImJoy builds it. `make fuzz` builds and runs it; what is fuzzed
// stands in Targets/, which belongs to the main package so that its tests can replay what was found.
let package = Package(
    name: "imjoy-fuzzing",
    dependencies: [.package(name: "imjoy-swift", path: "..")],
    targets: [
        .target(name: "CLibFuzzer"),
        .executableTarget(
            name: "fuzz",
            dependencies: [
                "CLibFuzzer",
                .product(name: "ImJoyFuzzTargets", package: "imjoy-swift"),
                .product(name: "ImJoyRPCFuzzTargets", package: "imjoy-swift"),
                .product(name: "ImJoyWebSocketFuzzTargets", package: "imjoy-swift"),
            ],
            swiftSettings: [
                .enableUpcomingFeature("ExistentialAny"),
                .enableUpcomingFeature("InternalImportsByDefault"),
                .enableUpcomingFeature("MemberImportVisibility"),
            ]),
    ]
)
