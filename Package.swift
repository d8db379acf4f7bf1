// swift-tools-version: 6.2
import PackageDescription

/// Warnings are errors in our own targets only: a dependency's warning is not ours to fix.
let house: [SwiftSetting] = [.treatAllWarnings(as: .error)]

let httpTypes: Target.Dependency = .product(name: "HTTPTypes", package: "swift-http-types")
let logging: Target.Dependency = .product(name: "Logging", package: "swift-log")
let arguments: Target.Dependency = .product(name: "ArgumentParser", package: "swift-argument-parser")
let lifecycle: Target.Dependency = .product(name: "ServiceLifecycle", package: "swift-service-lifecycle")
let unixSignals: Target.Dependency = .product(name: "UnixSignals", package: "swift-service-lifecycle")

let package = Package(
    name: "remote-ui",
    products: [
        .executable(name: "remote-ui", targets: ["remote-ui"]),
        .executable(name: "practice-ca", targets: ["practice-ca"]),
        .library(name: "PKI", targets: ["PKI"]),
        .library(name: "HTTP", targets: ["HTTP"]),
        .library(name: "SCEP", targets: ["SCEP"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-http-types", exact: "1.8.0"),
        .package(url: "https://github.com/apple/swift-log", exact: "1.16.2"),
        .package(url: "https://github.com/apple/swift-argument-parser", exact: "1.8.2"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", exact: "2.13.0"),
        // What swift-service-lifecycle brings along; it asks for a range, and the newest would come.
        .package(url: "https://github.com/apple/swift-async-algorithms", exact: "1.1.4"),
        .package(url: "https://github.com/apple/swift-collections", exact: "1.6.0"),
    ],
    targets: [
        // Floor 0: the C libraries, module maps and nothing else.
        .systemLibrary(name: "COpenSSL", pkgConfig: "openssl", providers: [.apt(["libssl-dev"])]),
        .systemLibrary(name: "CSQLite", pkgConfig: "sqlite3", providers: [.apt(["libsqlite3-dev"])]),
        .systemLibrary(name: "CLinux"),
        .target(name: "PKI", dependencies: ["COpenSSL"], swiftSettings: house),
        // Floor 1
        .target(name: "HTTP", dependencies: ["CLinux", "COpenSSL", "PKI", httpTypes, logging], swiftSettings: house),
        // Floor 2
        .target(name: "SCEP", dependencies: ["PKI", "HTTP", httpTypes], swiftSettings: house),
        // Floor 3
        .target(name: "PracticeCA", dependencies: ["SCEP", "HTTP", "PKI", httpTypes, logging], swiftSettings: house),
        .target(name: "Machine", dependencies: ["SCEP", "HTTP", "PKI", "CSQLite", logging], swiftSettings: house),
        // Floor 4
        .target(
            name: "RemoteUI", dependencies: ["Machine", "SCEP", "HTTP", "PKI", httpTypes, logging], swiftSettings: house
        ),
        // Floor 5
        .target(
            name: "RemoteUIProgram",
            dependencies: [
                "RemoteUI", "Machine", "HTTP", "PKI", httpTypes, arguments, lifecycle, unixSignals, logging,
            ],
            swiftSettings: house),
        .executableTarget(name: "remote-ui", dependencies: ["RemoteUIProgram", arguments], swiftSettings: house),
        .executableTarget(
            name: "practice-ca",
            dependencies: ["PracticeCA", "SCEP", "HTTP", "PKI", arguments, lifecycle, unixSignals, logging],
            swiftSettings: house),
        .testTarget(name: "PKITests", dependencies: ["PKI"], swiftSettings: house),
        .testTarget(name: "HTTPTests", dependencies: ["HTTP", "PKI", httpTypes, logging], swiftSettings: house),
        .testTarget(
            name: "SCEPTests", dependencies: ["SCEP", "HTTP", "PKI", httpTypes, logging], exclude: ["Made"],
            swiftSettings: house),
        .testTarget(
            name: "PracticeCATests", dependencies: ["PracticeCA", "SCEP", "HTTP", "PKI", httpTypes, logging],
            swiftSettings: house),
        .testTarget(
            name: "MachineTests", dependencies: ["Machine", "PracticeCA", "SCEP", "HTTP", "PKI", logging],
            swiftSettings: house),
        .testTarget(
            name: "RemoteUITests", dependencies: ["RemoteUI", "Machine", "SCEP", "HTTP", "PKI", httpTypes, logging],
            swiftSettings: house),
        // The same program on a clock that a test steers, for those that wait for set times; no product.
        .executableTarget(
            name: "remote-ui-steered-clock", dependencies: ["RemoteUIProgram", "Machine", arguments],
            path: "Tests/SteeredClock", swiftSettings: house),
        // Simulates many machines with one start time for Docs/request-load.md; no product.
        .executableTarget(
            name: "request-load", dependencies: ["Machine", "PracticeCA", "SCEP", "PKI", arguments, logging],
            path: "Benchmarks/load", exclude: ["run"], swiftSettings: house),
        // A machine and the practice CA through thirty simulated days; `scripts/test soak` decides how many.
        .testTarget(
            name: "SoakTests", dependencies: ["Machine", "PracticeCA", "SCEP", "HTTP", "PKI", httpTypes, logging],
            swiftSettings: house),
        // Servers that others wrote; `scripts/test peers` starts them.
        .testTarget(name: "InteropTests", dependencies: ["SCEP", "HTTP", "PKI"], swiftSettings: house),
    ],
    swiftLanguageModes: [.v6]
)
