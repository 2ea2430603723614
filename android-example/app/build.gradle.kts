// The app. Needs Google's Maven repository, the Android SDK and NDK, and cargo-ndk: this project's own tests compile the
// same sources with ../check/pom.xml, and not this file. See ../README.md.
plugins {
    id("com.android.application")
    id("org.jetbrains.kotlin.android")
}

val workspace: File = rootDir.resolve("..")
val library: File = workspace.resolve("ffi/kotlin")

android {
    namespace = "org.medlot.scanner"
    compileSdk = 34
    defaultConfig {
        applicationId = "org.medlot.scanner"
        // java.time; Keystore's StrongBox came with 28 and is asked for only where it is.
        minSdk = 26
        targetSdk = 34
        versionCode = 1
        versionName = "0.1.0"
        ndk { abiFilters += listOf("arm64-v8a", "armeabi-v7a", "x86_64") }
    }
    sourceSets["main"].apply {
        // medlot for Kotlin: as it stands, generated and hand-written.
        kotlin.srcDirs(
            "src/main/kotlin",
            library.resolve("src/main/kotlin"),
            library.resolve("android/src/main/kotlin"),
            workspace.resolve("target/bindings/kotlin")
        )
        jniLibs.srcDir(layout.buildDirectory.dir("jniLibs"))
    }
    sourceSets["test"].kotlin.srcDirs("src/test/kotlin")
    buildTypes {
        release {
            isMinifyEnabled = true
            isShrinkResources = true
            proguardFiles(
                getDefaultProguardFile("proguard-android-optimize.txt"),
                library.resolve("android/consumer-rules.pro")
            )
        }
    }
    compileOptions {
        sourceCompatibility = JavaVersion.VERSION_17
        targetCompatibility = JavaVersion.VERSION_17
    }
    kotlinOptions { jvmTarget = "17" }
    testOptions.unitTests.isIncludeAndroidResources = true
}

dependencies {
    implementation("net.java.dev.jna:jna:5.17.0@aar")
    implementation("org.jetbrains.kotlinx:kotlinx-coroutines-android:1.10.2")
    implementation("com.google.zxing:core:3.5.3")
    testImplementation("junit:junit:4.13.2")
    testImplementation("net.java.dev.jna:jna:5.17.0")
    testImplementation("org.robolectric:robolectric:4.16.1")
}

// The Kotlin sources come from a library of this machine: `cargo xtask bindings` first. This builds those of phones.
val cargoNdk by tasks.registering(Exec::class) {
    workingDir = workspace
    val out = layout.buildDirectory.dir("jniLibs").get().asFile.path
    commandLine(
        "cargo", "ndk", "-t", "arm64-v8a", "-t", "armeabi-v7a", "-t", "x86_64", "-o", out,
        "build", "--release", "--locked", "-p", "medlot-ffi"
    )
}
tasks.named("preBuild") { dependsOn(cargoNdk) }
