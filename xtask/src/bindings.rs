//! Kotlin, Python and Swift: sources generated from the built library, and the tests of the first two.
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use crate::conformance::AGREED;
use crate::sh::{Done, Sh, root};
use crate::{parts, setup};

const BINDINGS: &str = "target/bindings";
pub const REQUIREMENTS: &str = "ffi/python/requirements.txt";
/// A committed file, and what gives the public surface as it is now.
type Surface = (&'static str, fn() -> Done<String>);
const KOTLIN: Surface = ("ffi/golden/medlot.kt", kotlin_surface);
const PYTHON: Surface = ("ffi/golden/medlot.pyi", python_surface);

pub fn read(path: &Path) -> Done<String> {
    fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()))
}

pub fn write(path: &Path, bytes: impl AsRef<[u8]>) -> Done {
    path.parent()
        .map_or(Ok(()), fs::create_dir_all)
        .and_then(|()| fs::write(path, bytes))
        .map_err(|error| format!("{}: {error}", path.display()))
}

/// Copies a file into a folder.
pub fn copy(file: &Path, folder: &Path) -> Done {
    let target = folder.join(file.file_name().unwrap_or_default());
    fs::copy(file, target).map(drop).map_err(|error| format!("{}: {error}", file.display()))
}

/// What this system calls the library, and where JNA looks for it in a jar.
fn library() -> (&'static str, &'static str) {
    match (std::env::consts::OS, std::env::consts::ARCH) {
        ("macos", "aarch64") => ("libmedlot_ffi.dylib", "darwin-aarch64"),
        ("macos", _) => ("libmedlot_ffi.dylib", "darwin-x86-64"),
        ("windows", _) => ("medlot_ffi.dll", "win32-x86-64"),
        (_, "aarch64") => ("libmedlot_ffi.so", "linux-aarch64"),
        _ => ("libmedlot_ffi.so", "linux-x86-64"),
    }
}

/// Builds the library and the program that reads it; writes each language's sources to `target/bindings`.
pub fn generate() -> Done<PathBuf> {
    // Cargo builds the library with its test: the one that every other part builds too.
    parts::tests(&["--quiet", "--test", "library", "--no-run"]).aside().run()?;
    generate_from(root().join("target/debug/deps"))
}

/// The library as it is shipped, and the sources to it.
pub fn release() -> Done<PathBuf> {
    Sh::cargo().args(["build", "--quiet", "--release", "--locked", "-p", "medlot-ffi"]).aside().run()?;
    generate_from(root().join("target/release"))
}

/// Writes each language's sources from the library that stands there; its path.
fn generate_from(built: PathBuf) -> Done<PathBuf> {
    let folder = root().join("target/bindgen-ffi");
    Sh::cargo()
        .args(["build", "--quiet", "--locked", "--manifest-path", "ffi/bindgen/Cargo.toml", "--target-dir"])
        .args([&folder])
        .aside()
        .run()?;
    let (name, platform) = library();
    let built = built.join(name);
    Sh::new(folder.join("debug/medlot-bindgen")).args([built.as_os_str(), BINDINGS.as_ref()]).aside().run()?;
    let bytes = fs::read(&built).map_err(|error| format!("{}: {error}", built.display()))?;
    write(&root().join(BINDINGS).join("native").join(platform).join(name), bytes)?;
    Ok(built)
}

/// JDK and Maven.
pub fn kotlin_setup() -> Done {
    if (setup::found("mvn") && setup::found("javac")) || setup::apt(&["openjdk-17-jdk-headless", "maven"])? {
        return Ok(());
    }
    Err("mvn or javac is missing: install a JDK 17 or newer and Maven 3.8 or newer".into())
}

/// Tests from Kotlin, on the JVM.
pub fn kotlin() -> Done {
    generate()?;
    unchanged(KOTLIN)?;
    KOTLIN_BUILD.maven(&["package"], |mvn| mvn)?;
    KOTLIN_BUILD.say_tests()
}

/// A Maven build.
pub struct Maven {
    /// Its `pom.xml`.
    pub pom: &'static str,
    /// Where it writes.
    pub target: &'static str,
}

const KOTLIN_BUILD: Maven = Maven { pom: "ffi/kotlin/pom.xml", target: "target/kotlin" };

impl Maven {
    /// Says how many tests ran: Maven says nothing where all is well.
    pub fn say_tests(&self) -> Done {
        let reports = root().join(self.target).join("surefire-reports");
        let mut lines = Vec::new();
        for entry in fs::read_dir(&reports).map_err(|error| format!("{}: {error}", reports.display()))?.flatten() {
            if entry.path().extension().is_some_and(|end| end == "txt") {
                let text = read(&entry.path())?;
                lines.extend(text.lines().filter(|line| line.starts_with("Tests run:")).map(str::to_owned));
            }
        }
        lines.sort();
        if lines.is_empty() {
            return Err("Maven ran no test".into());
        }
        println!("{}", lines.join("\n"));
        Ok(())
    }

    /// Runs it; `with` says what else it is given.
    pub fn maven(&self, args: &[&str], with: impl FnOnce(Sh) -> Sh) -> Done {
        let pom = read(&root().join(self.pom))?;
        let stamp = root().join(self.target).join("fetched.xml");
        // It asks its servers again and again; once everything is there it need not.
        let offline: &[&str] = if read(&stamp).is_ok_and(|fetched| fetched == pom) { &["--offline"] } else { &[] };
        let mvn = Sh::new("mvn").args(offline).args(["-q", "-B", "--no-transfer-progress", "-f", self.pom]);
        with(mvn.args(args)).run()?;
        write(&stamp, pom)
    }
}

/// Puts the jar as it is shipped into a folder.
pub fn release_jar(folder: &Path) -> Done {
    release()?;
    KOTLIN_BUILD.maven(&["package", "-Dmaven.test.skip=true"], |mvn| mvn.aside())?;
    copy(&root().join(KOTLIN_BUILD.target).join("medlot-0.1.0.jar"), folder)
}

/// The committed vectors from Kotlin; how many agree is written to a file.
pub fn kotlin_vectors(agreed: &Path) -> Done {
    generate()?;
    KOTLIN_BUILD.maven(&["test", "-Dgroups=vectors"], |mvn| mvn.env(AGREED, agreed).aside())
}

/// Python with pytest, and a software token.
pub fn python_setup() -> Done {
    setup::python("bindings", REQUIREMENTS)?;
    if !setup::found("softhsm2-util") && !setup::apt(&["softhsm2"])? {
        eprintln!("softhsm2 is missing: the test of PKCS#11 keys will say that it is left out");
    }
    Ok(())
}

/// Tests from Python: of the wheel as it is shipped, but with the library of the tests.
pub fn python() -> Done {
    let built = generate()?;
    unchanged(PYTHON)?;
    let bin = wheel(&built)?;
    for what in [["-p", "medlot"].as_slice(), &["ffi/python/tests/example.py"]] {
        Sh::new(bin.join("python")).args(["-m", "mypy", "--strict"]).args(what).run()?;
    }
    // The command is the authority of the tests.
    let pytest = Sh::new(bin.join("python")).args(["-m", "pytest", "ffi/python"]).env("MEDLOT", parts::command()?);
    pytest.env("PYTHONDONTWRITEBYTECODE", "1").run()
}

/// Installs the wheel with this library.
pub fn install(python: &Path, library: &Path) -> Done {
    let pip = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-deps", "--force-reinstall"];
    let wheel = Sh::new(python).args(pip).args(["--no-index", "ffi/python"]);
    wheel.env("MEDLOT_LIBRARY", library).aside().run()
}

/// Installs the wheel with this library for tests; where Python then is.
fn wheel(library: &Path) -> Done<PathBuf> {
    let bin = setup::python("bindings", REQUIREMENTS)?;
    install(&bin.join("python"), library)?;
    Ok(bin)
}

/// Puts the wheel as it is shipped into a folder.
pub fn release_wheel(folder: &Path) -> Done {
    let library = release()?;
    let build = "import sys, wheel_of; wheel_of.build_wheel(sys.argv[1])";
    let python = Sh::new("python3").args(["-B", "-c", build]).args([folder]).dir("ffi/python");
    python.env("MEDLOT_LIBRARY", library).aside().run()
}

/// The committed vectors from Python; how many agree is written to a file.
pub fn python_vectors(agreed: &Path) -> Done {
    let bin = wheel(&generate()?)?;
    let tests = ["test_vectors", "test_line_vectors"].map(|test| format!("ffi/python/tests/{test}.py"));
    let pytest = Sh::new(bin.join("python")).args(["-m", "pytest", "-q"]).args(tests);
    pytest.env("PYTHONDONTWRITEBYTECODE", "1").env(AGREED, agreed).aside().run()
}

fn python_surface() -> Done<String> {
    Sh::new("python3").args(["ffi/python/stubs.py", "target/bindings/python/medlot.py"]).quiet().read()
}

fn kotlin_surface() -> Done<String> {
    let text = read(&root().join("target/bindings/kotlin/org/medlot/medlot.kt"))?;
    Ok(surface_of(&text))
}

/// The declarations of generated Kotlin that people program against. The generator puts names that come from us between
/// backticks; what else it writes is its own machinery.
fn surface_of(text: &str) -> String {
    let ours = text.split_once("Public interface members begin here").map_or("", |(_, rest)| rest);
    let mut out = String::new();
    let mut in_enum = false;
    for line in ours.lines() {
        // What throws stands on the annotation's line, what doesn't on that where its comment ends.
        let line = &line.replace("@Throws(Failure::class) ", "").replace("     */ fun `", "fun `");
        let word = line.trim();
        in_enum = word.starts_with("enum class") || (in_enum && !line.starts_with('}'));
        let constant = in_enum && word.trim_end_matches([',', ';']).chars().all(|c| c.is_ascii_uppercase() || c == '_');
        let of_ours = ["fun `", "val `", "constructor(`"].iter().any(|start| word.starts_with(start));
        let class =
            ["data class ", "sealed class ", "enum class ", "class "].iter().any(|start| word.starts_with(start));
        let object = (word.starts_with("open class ") && word.contains("AutoCloseable"))
            || (word.starts_with("public interface ") && word.contains("Interface"));
        if of_ours || class || object || (constant && word.starts_with(|c: char| c.is_ascii_uppercase())) {
            let said = line.replace('`', "").replace("kotlin.", "").replace("org.medlot.", "");
            let said = said.split_once(") : ").map_or(&*said, |(said, _)| said);
            out.push_str(said.trim_end_matches([' ', ',', ';', '{', '=', ':', '(']));
            out.push('\n');
        }
    }
    out
}

fn unchanged((path, surface): Surface) -> Done {
    let now = surface()?;
    let committed = read(&root().join(path)).unwrap_or_default();
    if now == committed {
        return Ok(());
    }
    let before: BTreeMap<&str, ()> = committed.lines().map(|line| (line, ())).collect();
    let new = now.lines().find(|line| !before.contains_key(line)).unwrap_or("something is gone");
    Err(format!(
        "the public surface isn't that of {path}: {}; if the change is meant: cargo xtask bindings",
        new.trim()
    ))
}

/// Generates the sources, and writes `ffi/golden` anew.
pub fn run() -> Done {
    generate()?;
    for (path, surface) in [KOTLIN, PYTHON] {
        write(&root().join(path), surface()?)?;
        println!("{path}");
    }
    Ok(())
}
