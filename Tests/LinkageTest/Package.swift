// swift-tools-version: 6.2
import PackageDescription

// A program that imports only ImJoyCore; Scripts/check-linkage.sh looks at what it needs.
let package = Package(
    name: "LinkageTest",
    dependencies: [.package(name: "imjoy-swift", path: "../..")],
    targets: [
        .executableTarget(
            name: "LinkageTest", dependencies: [.product(name: "ImJoyCore", package: "imjoy-swift")],
            swiftSettings: [
                .enableUpcomingFeature("InternalImportsByDefault"), .enableUpcomingFeature("MemberImportVisibility"),
            ])
    ]
)
