// The Android library (AAR). Needs Google's Maven repository, the Android SDK and NDK, and cargo-ndk: this project's own
// tests build the same Kotlin sources for the JVM, and not this file. See ../README.md.
plugins {
    id("com.android.library") version "8.7.3"
    id("org.jetbrains.kotlin.android") version "2.1.21"
}

val workspace = rootDir.resolve("../../..")
val bindings = workspace.resolve("target/bindings")

android {
    namespace = "org.medlot"
    compileSdk = 34
    defaultConfig {
        // java.time and HexFormat-free code; StrongBox came with 28 and is asked for only where it is.
        minSdk = 26
        consumerProguardFiles("consumer-rules.pro")
    }
    sourceSets["main"].apply {
        kotlin.srcDirs("src/main/kotlin", "../src/main/kotlin", bindings.resolve("kotlin"))
        jniLibs.srcDir(layout.buildDirectory.dir("jniLibs"))
    }
    compileOptions {
        sourceCompatibility = JavaVersion.VERSION_17
        targetCompatibility = JavaVersion.VERSION_17
    }
    kotlinOptions { jvmTarget = "17" }
}

dependencies {
    implementation("net.java.dev.jna:jna:5.17.0@aar")
    implementation("org.jetbrains.kotlinx:kotlinx-coroutines-android:1.10.2")
}

// The sources come from a library of this machine: `cargo xtask bindings` first. This builds those of phones.
val cargoNdk by tasks.registering(Exec::class) {
    workingDir = workspace
    val out = layout.buildDirectory.dir("jniLibs").get().asFile.path
    commandLine(
        "cargo", "ndk", "-t", "arm64-v8a", "-t", "armeabi-v7a", "-t", "x86_64", "-o", out,
        "build", "--release", "--locked", "-p", "medlot-ffi",
    )
}
tasks.named("preBuild") { dependsOn(cargoNdk) }
