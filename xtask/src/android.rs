//! The handheld scanner app: compiled against Android's API, its screens run on the JVM.
use std::fs;
use std::sync::atomic::Ordering;

use crate::bindings::{self, Maven};
use crate::parts;
use crate::setup::{apt, found};
use crate::sh::{Done, Sh, root};

const APP: &str = "android-example";
/// The build of the app for the JVM.
pub const BUILD: Maven = Maven { pom: "android-example/check/pom.xml", target: "target/android" };
const SCREENS: &str = "android-example/screens";

/// JDK, Maven, and aapt2, which reads Android's resources.
pub fn setup() -> Done {
    bindings::kotlin_setup()?;
    if found("aapt2") || apt(&["aapt"])? {
        return Ok(());
    }
    Err("aapt2 is missing: install Debian's aapt, or put build-tools of Android's SDK on PATH".into())
}

/// Runs Maven up to its tests, given the native library, and the command that makes authorities for them.
fn maven(args: &[String]) -> Done {
    let library = format!("-Dmedlot.library={}", bindings::generate()?.display());
    let command = format!("-Dmedlot.command={}", parts::command()?.display());
    let mut all = vec!["test", &library, &command];
    all.extend(args.iter().map(String::as_str));
    BUILD.maven(&all, |mvn| mvn)
}

/// Compiles the app, runs its tests, and looks at its style.
pub fn test() -> Done {
    let long = parts::LONG.load(Ordering::Relaxed);
    maven(&[format!("-Dmedlot.scans={}", if long { 1_000 } else { 200 })])?;
    BUILD.say_tests()?;
    figures()?;
    style()
}

/// What the tests measured.
fn figures() -> Done {
    let path = root().join(BUILD.target).join("surefire-reports/org.medlot.scanner.FiguresTest-output.txt");
    let text = fs::read_to_string(&path).map_err(|error| format!("{}: {error}", path.display()))?;
    text.lines().filter_map(|line| line.strip_prefix("figure: ")).for_each(|figure| println!("{figure}"));
    Ok(())
}

/// ktlint and detekt, which Maven has put into `target/android/tools`.
fn style() -> Done {
    let tool =
        |name: &str| Sh::new("java").args(["-jar"]).args([root().join(BUILD.target).join("tools").join(name)]).dir(APP);
    let ktlint = ["--relative", "--log-level=error", "app/src/**/*.kt", "check/src/**/*.kt", "**/*.kts"];
    tool("ktlint-cli-all.jar").args(ktlint).run()?;
    let detekt = ["--input", "app/src", "--config", "detekt.yml", "--build-upon-default-config"];
    tool("detekt-cli-all.jar").args(detekt).run()
}

/// Draws the pictures of the screens anew.
pub fn screens() -> Done {
    let folder = root().join(SCREENS);
    maven(&["-Dtest=ScreensTest".into(), format!("-Dmedlot.screens={}", folder.display())])?;
    println!("{SCREENS}");
    Sh::new("du").args(["-sh", SCREENS]).run()
}
