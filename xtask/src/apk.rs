//! The scanner app as an APK: shrunk by R8, with the arm64 library, aligned, signed with a debug key.
//!
//! Makers build it with Gradle and cargo-ndk (`android-example/README.md`). This shows that it can be put together from
//! Debian's packages, and how large it is.
use std::fs;
use std::path::{Path, PathBuf};

use crate::android::{self, BUILD};
use crate::bindings::{self, write};
use crate::cross;
use crate::setup::{apt, found};
use crate::sh::{Done, Sh, root};

/// Where it is put together.
const FOLDER: &str = "target/apk";
/// Google's compiler of Java's bytecode into Android's: only for this, never for tests.
const R8: &str = "com.android.tools:r8:9.5.28";
/// The classes of JNA are in its jar; the part of it that is no Java is in the one for Android.
const JNA: &str = "net.java.dev.jna:jna:5.17.0:aar";
const TARGET: &str = "aarch64-linux-android";
/// What the standard library asks for when it prints a backtrace, and only the NDK's libunwind has.
const UNWINDING: [&str; 8] = [
    "_Unwind_Backtrace",
    "_Unwind_GetIP",
    "_Unwind_FindEnclosingFunction",
    "_Unwind_GetCFA",
    "_Unwind_GetDataRelBase",
    "_Unwind_GetTextRelBase",
    "_Unwind_GetRegionStart",
    "_Unwind_GetIPInfo",
];

fn failed(path: &Path) -> impl Fn(std::io::Error) -> String + '_ {
    move |error| format!("{}: {error}", path.display())
}

/// Says what is missing here, all of it at once.
fn tools() -> Done {
    android::setup()?;
    let mut missing = Vec::new();
    for (program, package) in [("zipalign", "zipalign"), ("apksigner", "apksigner"), ("ar", "binutils")] {
        if !found(program) && !apt(&[package])? {
            missing.push(format!("{program} (Debian's {package}, or build-tools of Android's SDK)"));
        }
    }
    if !cross::debian() && !apt(&["rustc-web", "cargo-web", "rust-web-src"])? {
        missing.push("a compiler for arm64 Android (Debian's rustc-web; elsewhere use Gradle and cargo-ndk)".into());
    }
    if missing.is_empty() { Ok(()) } else { Err(format!("no APK can be made here; missing: {}", missing.join("; "))) }
}

/// Copies an artifact of Maven's into the folder.
fn fetch(artifact: &str) -> Done {
    Sh::new("mvn")
        .args(["-q", "-B", "--no-transfer-progress", "dependency:copy", "-Dmdep.stripVersion=true"])
        .args([format!("-Dartifact={artifact}"), format!("-DoutputDirectory={}", root().join(FOLDER).display())])
        .run()
        .map_err(|error| format!("no APK can be made here; missing: {artifact} from Maven's servers ({error})"))
}

/// What is linked with: instead of the NDK's clang, a few lines that hand its linker what rustc says to a C compiler.
fn linker() -> Done<PathBuf> {
    let lld = cross::linker_folder()?.join("rust-lld");
    let folder = root().join(FOLDER).join("linker");
    fs::create_dir_all(&folder).map_err(failed(&folder))?;
    // Empty libraries of the names that the phone has: what is in them is found there.
    let nothing = folder.join("nothing.ld");
    write(&nothing, "")?;
    for name in ["c", "dl", "log", "m"] {
        let file = format!("lib{name}.so");
        let of = ["-flavor", "gnu", "-m", "aarch64linux", "-shared", "-soname", &file, "-o"];
        Sh::new(&lld).args(of).args([&folder.join(&file), &nothing]).quiet().run()?;
    }
    for name in ["libunwind.a", "libgcc.a"] {
        Sh::new("ar").args(["rcs"]).args([folder.join(name)]).quiet().run()?;
    }
    let unwinding = UNWINDING.map(|symbol| format!("--defsym={symbol}=0")).join(" ");
    let script = format!(
        r#"#!/bin/sh
set -f
IFS=,
for arg; do
  shift
  case $arg in
    -Wl,*) set -- "$@" ${{arg#-Wl,}} ;;
    -nodefaultlibs | -nostartfiles | -fuse-ld=*) ;;
    *) set -- "$@" "$arg" ;;
  esac
done
IFS=' '
exec '{}' -flavor gnu -m aarch64linux --strip-all -z max-page-size=16384 {unwinding} '-L{}' "$@" --no-as-needed -lc -ldl
"#,
        lld.display(),
        folder.display()
    );
    let path = folder.join("cc");
    write(&path, &script)?;
    Sh::new("chmod").args(["+x"]).args([&path]).quiet().run()?;
    Ok(path)
}

/// The native library for arm64, in pages of 16 KB, which newer phones have. Here a panic ends the app, since unwinding needs
/// the NDK.
fn library() -> Done<PathBuf> {
    let build = cross::Build {
        folder: ".",
        package: "medlot-ffi",
        targets: &[TARGET],
        features: &[],
        profile: "release",
        library: &["-Zbuild-std=std,panic_abort"],
    };
    build.with(&[
        ("CARGO_TARGET_AARCH64_LINUX_ANDROID_LINKER", &linker()?.to_string_lossy()),
        ("CARGO_PROFILE_RELEASE_PANIC", "abort"),
    ])?;
    Ok(cross::folder().join(TARGET).join("release/libmedlot_ffi.so"))
}

/// Where Maven's JDK stands: R8 reads Java's own classes from it.
fn jdk() -> Done<String> {
    let said = Sh::new("mvn").args(["-B", "-v"]).quiet().read()?;
    let home = said.lines().find_map(|line| line.split_once("runtime: "));
    home.map(|(_, home)| home.trim().to_owned()).ok_or_else(|| "`mvn -v` doesn't name its runtime".into())
}

fn jars(folder: &Path) -> Done<Vec<PathBuf>> {
    let entries = fs::read_dir(folder).map_err(failed(folder))?;
    Ok(entries
        .flatten()
        .map(|entry| entry.path())
        .filter(|path| path.extension().is_some_and(|e| e == "jar"))
        .collect())
}

/// Puts it together.
pub fn run() -> Done {
    tools()?;
    let folder = root().join(FOLDER);
    fs::create_dir_all(&folder).map_err(failed(&folder))?;
    fetch(R8)?;
    fetch(JNA)?;
    bindings::generate()?;
    // What an older build left would be packed too.
    for stale in ["jars", "provided", "lib"].map(|name| folder.join(name)).iter().filter(|folder| folder.exists()) {
        fs::remove_dir_all(stale).map_err(failed(stale))?;
    }
    let libraries = folder.join("jars");
    let copy = format!("-DoutputDirectory={}", libraries.display());
    BUILD.maven(&["compile", "dependency:copy-dependencies", "-DincludeScope=runtime", &copy], |mvn| mvn)?;
    let android = folder.join("provided");
    let copy = format!("-DoutputDirectory={}", android.display());
    BUILD.maven(&["dependency:copy-dependencies", "-DincludeArtifactIds=android-all", &copy], |mvn| mvn)?;

    // Bytecode: what the app reaches, and nothing else.
    let classes = folder.join("app.jar");
    Sh::new("jar").args(["cf"]).args([&classes]).args(["-C", "target/android/classes", "."]).run()?;
    let rules = folder.join("rules.pro");
    let keep = "-keep class org.medlot.scanner.App\n-keep class * extends android.app.Activity\n\
                -keep class * extends android.content.ContentProvider\n-dontobfuscate\n-dontwarn **\n";
    write(&rules, keep)?;
    let r8 = Sh::new("java").args(["-cp"]).args([folder.join("r8.jar")]);
    let platform = [PathBuf::from(jdk()?)].into_iter().chain(jars(&android)?);
    r8.args(["com.android.tools.r8.R8", "--release", "--min-api", "26"])
        .args(platform.flat_map(|path| ["--lib".into(), path.into_os_string()]))
        .args(["--pg-conf", "ffi/kotlin/android/consumer-rules.pro", "--pg-conf"])
        .args([&rules])
        .args(["--output"])
        .args([&folder])
        .args([&classes])
        .args(jars(&libraries)?)
        .run()?;

    // Resources, bytecode, native libraries; compressed, since phones unpack them when they install.
    let native = folder.join("lib/arm64-v8a");
    fs::create_dir_all(&native).map_err(failed(&native))?;
    bindings::copy(&library()?, &native)?;
    let jna = "jni/arm64-v8a/libjnidispatch.so";
    Sh::new("jar").args(["xf", "jna.aar", jna]).dir(FOLDER).run()?;
    bindings::copy(&folder.join(jna), &native)?;
    let open = folder.join("open.apk");
    fs::copy(root().join("target/android/resources/res.ap_"), &open).map_err(failed(&open))?;
    Sh::new("jar").args(["uf"]).args([&open]).args(["-C"]).args([&folder]).args(["classes.dex"]).run()?;
    Sh::new("jar").args(["uf"]).args([&open]).args(["-C"]).args([&folder]).args(["lib"]).run()?;
    sign(&folder, &open)
}

/// Aligns and signs it, and says how large it is.
fn sign(folder: &Path, open: &Path) -> Done {
    let key = folder.join("debug.p12");
    if !key.is_file() {
        let of = ["-genkeypair", "-alias", "debug", "-keyalg", "RSA", "-validity", "10000", "-dname", "CN=debug"];
        let store = ["-storetype", "PKCS12", "-storepass", "android", "-keystore"];
        Sh::new("keytool").args(of).args(store).args([&key]).quiet().aside().run()?;
    }
    let apk = folder.join("medlot-debug.apk");
    Sh::new("zipalign").args(["-f", "-p", "4"]).args([open, &apk]).run()?;
    Sh::new("apksigner").args(["sign", "--ks-pass", "pass:android", "--ks"]).args([&key, &apk]).run()?;
    Sh::new("apksigner").args(["verify", "--verbose"]).args([&apk]).run()?;
    let bytes = fs::metadata(&apk).map_err(failed(&apk))?.len();
    println!("{FOLDER}/medlot-debug.apk: {bytes} bytes (goal: at most 4 MB); arm64, debug key");
    Ok(())
}
