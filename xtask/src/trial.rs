//! `cargo xtask trial`: the first minutes of a new user, language by language.
//!
//! What is done is what a README says under "First minutes": its files and its commands, read from there, in an empty
//! folder outside the repository, with nothing of medlot's but the built package.
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Instant;

use crate::bindings::{self, copy, read, write};
use crate::browser;
use crate::sh::{Done, Sh, root};

/// How long the first minutes may be.
const GOAL_SECONDS: u32 = 300;
/// Where the packages are put, a folder for each language.
const PACKAGES: &str = "target/trial";
/// A trust anchor and what somebody sent: the programs verify it.
const TESTDATA: [&str; 2] = ["ffi/testdata/root.mlt", "ffi/testdata/sales.mlt"];

struct Language {
    name: &'static str,
    readme: &'static str,
    /// Installs what the language itself needs, and what builds the package.
    setup: fn() -> Done,
    /// Builds the package; the file that a user is given.
    package: fn(&Path) -> Done,
}

const LANGUAGES: [Language; 3] = [
    Language {
        name: "kotlin",
        readme: "ffi/kotlin/README.md",
        setup: bindings::kotlin_setup,
        package: bindings::release_jar,
    },
    Language {
        name: "python",
        readme: "ffi/python/README.md",
        setup: crate::setup::python_itself,
        package: bindings::release_wheel,
    },
    Language { name: "node", readme: "wasm/npm/README.md", setup: browser::node_setup, package: browser::release },
];

/// What a README tells a new user to do.
#[derive(Debug, PartialEq)]
struct Told<'a> {
    /// Name and content.
    files: Vec<(&'a str, String)>,
    commands: Vec<&'a str>,
    /// What the last command prints.
    printed: String,
}

/// Reads the section: a fenced block with a name behind its language is a file, `console` is what is typed, `text` is what
/// the last command prints.
fn told(readme: &str) -> Done<Told<'_>> {
    let section = readme.split_once("\n## First minutes\n").ok_or("no section \"First minutes\"")?.1;
    let section = section.split_once("\n## ").map_or(section, |(section, _)| section);
    let mut told = Told { files: Vec::new(), commands: Vec::new(), printed: String::new() };
    let mut lines = section.lines();
    while let Some(line) = lines.next() {
        let Some(info) = line.strip_prefix("```") else { continue };
        let block: Vec<&str> = lines.by_ref().take_while(|line| *line != "```").collect();
        let text = block.iter().flat_map(|line| [*line, "\n"]).collect();
        match info.split_once(' ') {
            Some((_, name)) => told.files.push((name, text)),
            None if info == "console" => told.commands.extend(block),
            None if info == "text" => told.printed = text,
            None => return Err(format!("a block of {info} has no name")),
        }
    }
    if told.files.is_empty() || told.commands.is_empty() || told.printed.is_empty() {
        return Err("\"First minutes\" has no file, no command, or doesn't say what is printed".into());
    }
    Ok(told)
}

/// A folder outside the repository that is gone afterwards, unless something failed.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Done<Self> {
        let path = std::env::temp_dir().join(format!("medlot-trial-{name}-{}", std::process::id()));
        if path.starts_with(root()) {
            return Err(format!("{}: is in the repository; TMPDIR names another folder", path.display()));
        }
        fs::create_dir_all(path.join("project")).map_err(|error| format!("{}: {error}", path.display()))?;
        Ok(Self(path))
    }

    fn project(&self) -> PathBuf {
        self.0.join("project")
    }

    /// A line as a person types it; caches of package managers are empty ones.
    fn typed(&self, line: &str) -> Sh {
        let cache = |name: &str| self.0.join(name).display().to_string();
        let given = std::env::var("MAVEN_OPTS").unwrap_or_default();
        Sh::new("sh")
            .args(["-c", line])
            .dir(&self.project().to_string_lossy())
            .env("PIP_CACHE_DIR", cache("pip"))
            .env("PIP_DISABLE_PIP_VERSION_CHECK", "1")
            .env("npm_config_cache", cache("npm"))
            .env("npm_config_update_notifier", "false")
            .env("MAVEN_OPTS", format!("{given} -Dmaven.repo.local={}", cache("maven")))
            .quiet()
    }
}

/// The packages that stand in a folder.
fn packages(folder: &Path) -> Vec<PathBuf> {
    fs::read_dir(folder).map(|all| all.flatten().map(|entry| entry.path()).collect()).unwrap_or_default()
}

/// Without what Maven sends to a terminal even where there is none.
fn uncoloured(said: &str) -> String {
    let mut pieces = said.split("\u{1b}[");
    let first = pieces.next().unwrap_or_default().to_owned();
    pieces.fold(first, |text, piece| text + piece.split_once('m').map_or(piece, |(_, rest)| rest))
}

impl Language {
    /// Builds the package anew, or takes that of the last trial.
    fn packaged(&self, built: bool) -> Done<Vec<PathBuf>> {
        let folder = root().join(PACKAGES).join(self.name);
        if !built {
            (self.setup)()?;
            if folder.exists() {
                fs::remove_dir_all(&folder).map_err(|error| format!("{}: {error}", folder.display()))?;
            }
            fs::create_dir_all(&folder).map_err(|error| format!("{}: {error}", folder.display()))?;
            println!("\n== {}: building the package, which isn't counted", self.name);
            (self.package)(&folder)?;
        }
        match packages(&folder) {
            none if none.is_empty() => {
                Err(format!("{PACKAGES}/{} holds no package: cargo xtask trial {}", self.name, self.name))
            }
            packages => Ok(packages),
        }
    }

    /// Does what its README says; the seconds until the first verified record.
    fn tried(&self, built: bool) -> Done<f64> {
        let readme = read(&root().join(self.readme))?;
        let told = told(&readme).map_err(|error| format!("{}: {error}", self.readme))?;
        let packages = self.packaged(built)?;
        let folder = Folder::new(self.name)?;
        println!("\n== {}: {}, in {}, caches empty", self.name, self.readme, folder.project().display());
        for file in TESTDATA.iter().map(|file| root().join(file)).chain(packages) {
            copy(&file, &folder.project())?;
        }
        for (name, content) in &told.files {
            println!("  {name}: {} lines", content.lines().count());
            write(&folder.project().join(name), content)?;
        }
        let mut all = 0.0;
        for (at, line) in told.commands.iter().enumerate() {
            println!("$ {line}");
            let from = Instant::now();
            let said = uncoloured(&folder.typed(line).read()?);
            let seconds = from.elapsed().as_secs_f64();
            all += seconds;
            print!("{said}");
            println!("  {seconds:.1} s");
            if at + 1 == told.commands.len() && said != told.printed {
                return Err(format!("{line} should have printed, by {}:\n{}", self.readme, told.printed));
            }
        }
        let path = &folder.0;
        fs::remove_dir_all(path).map_err(|error| format!("{}: {error}", path.display()))?;
        Ok(all)
    }
}

/// Tries each language, or those named.
pub fn run(names: &[String], built: bool) -> Done {
    let known: Vec<&str> = LANGUAGES.iter().map(|language| language.name).chain(["swift"]).collect();
    if let Some(unknown) = names.iter().find(|name| !known.contains(&name.as_str())) {
        return Err(format!("no language {unknown}; there are: {}", known.join(", ")));
    }
    let wanted = |name: &str| names.is_empty() || names.iter().any(|given| given == name);
    let mut lines = Vec::new();
    for language in LANGUAGES.iter().filter(|language| wanted(language.name)) {
        let seconds = language.tried(built).map_err(|error| format!("{}: {error}", language.name))?;
        let met = if seconds <= f64::from(GOAL_SECONDS) { "" } else { ": not met" };
        lines.push(format!("{}: first verified record after {seconds:.0} s (goal {GOAL_SECONDS}{met})", language.name));
    }
    if wanted("swift") {
        lines.push(
            "swift: not tried: it needs Swift's compiler, which the project's machines lack (ffi/swift/README.md)"
                .into(),
        );
    }
    println!("\n{}", lines.join("\n"));
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_readme_says_files_commands_and_what_is_printed() {
        let readme = "# x\n\n```js\nelsewhere\n```\n\n## First minutes\n\nIn a folder:\n\n```python first.py\na = 1\n\nprint(a)\n```\n\n\
            ```console\npip install x\npython first.py\n```\n\n```text\n1\n```\n\n## Then\n\n```console\nrm x\n```\n";
        let wanted = Told {
            files: vec![("first.py", "a = 1\n\nprint(a)\n".into())],
            commands: vec!["pip install x", "python first.py"],
            printed: "1\n".into(),
        };
        assert_eq!(told(readme), Ok(wanted));
    }

    #[test]
    fn a_readme_that_leaves_something_out_is_refused() {
        let readme = "\n## First minutes\n\n```console\nx\n```\n\n```text\n1\n```\n";
        assert!(told(readme).is_err_and(|error| error.contains("no file")));
        assert!(told("\n## Use\n").is_err_and(|error| error.contains("First minutes")));
        assert!(
            told("\n## First minutes\n\n```python\nx\n```\n").is_err_and(|error| error.contains("python has no name"))
        );
    }

    #[test]
    fn colours_are_no_part_of_what_is_printed() {
        assert_eq!(uncoloured("\u{1b}[0mtime 5 ms\n\u{1b}[1;31mred\u{1b}[0m"), "time 5 ms\nred");
    }

    #[test]
    fn every_language_has_its_first_minutes() {
        for language in &LANGUAGES {
            let readme = read(&root().join(language.readme)).unwrap_or_default();
            let told = told(&readme);
            assert!(told.as_ref().is_ok_and(|told| told.printed.contains("LOT000")), "{}: {told:?}", language.readme);
        }
    }
}
