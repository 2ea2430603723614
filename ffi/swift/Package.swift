// swift-tools-version:5.9
// Not compiled by this project's tests: see README.md.
import PackageDescription

let package = Package(
    name: "Medlot",
    platforms: [.iOS(.v15), .macOS(.v12)],
    products: [.library(name: "Medlot", targets: ["Medlot"])],
    targets: [
        // Both are written by build-xcframework.sh.
        .binaryTarget(name: "MedlotFFI", path: "build/MedlotFFI.xcframework"),
        .target(name: "Medlot", dependencies: ["MedlotFFI"], path: "build/Sources"),
    ]
)
