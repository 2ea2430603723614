//! Running other programs: each is printed before it runs, and its output goes straight to the person.
use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// An outcome with a message for a person.
pub type Done<T = ()> = Result<T, String>;

/// The folder of the workspace.
pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap_or(Path::new(".")).to_owned()
}

/// A program with its arguments.
pub struct Sh {
    command: Command,
    shown: String,
    quiet: bool,
}

impl Sh {
    /// A program found on PATH or by its path; it runs in the workspace's folder.
    pub fn new(program: impl AsRef<OsStr>) -> Self {
        let program = program.as_ref();
        let mut command = Command::new(program);
        command.current_dir(root());
        // `cargo run` leaves these for its child; another toolchain's cargo and compiler must not see them.
        for inherited in ["LD_LIBRARY_PATH", "DYLD_FALLBACK_LIBRARY_PATH", "CARGO_MANIFEST_DIR", "CARGO_PKG_NAME"] {
            command.env_remove(inherited);
        }
        Self { command, shown: program.to_string_lossy().into_owned(), quiet: false }
    }

    /// The cargo that runs this xtask.
    pub fn cargo() -> Self {
        let mut cargo = Self::new(std::env::var_os("CARGO").unwrap_or_else(|| OsString::from("cargo")));
        cargo.shown = "cargo".into();
        cargo
    }

    /// Adds arguments.
    pub fn args<I, A>(mut self, args: I) -> Self
    where
        I: IntoIterator<Item = A>,
        A: AsRef<OsStr>,
    {
        for arg in args {
            let arg = arg.as_ref();
            self.command.arg(arg);
            self.shown.push(' ');
            self.shown.push_str(&arg.to_string_lossy());
        }
        self
    }

    /// Sets a variable of the environment, and shows it.
    pub fn env(mut self, name: &str, value: impl AsRef<OsStr>) -> Self {
        let value = value.as_ref();
        self.command.env(name, value);
        self.shown = format!("{name}={} {}", value.to_string_lossy(), self.shown);
        self
    }

    /// Sets PATH without showing it.
    pub fn path(mut self, path: impl AsRef<OsStr>) -> Self {
        self.command.env("PATH", path);
        self
    }

    /// Takes a variable out of the environment.
    pub fn without_env(mut self, name: &str) -> Self {
        self.command.env_remove(name);
        self
    }

    /// Runs in a folder of the workspace.
    pub fn dir(mut self, folder: &str) -> Self {
        self.command.current_dir(root().join(folder));
        self.shown = format!("(in {folder}) {}", self.shown);
        self
    }

    /// Does not print the command: for looking whether something is there.
    pub fn quiet(mut self) -> Self {
        self.quiet = true;
        self
    }

    /// Sends what it prints to standard error: an installer's words are not the result.
    pub fn aside(mut self) -> Self {
        self.command.stdout(std::io::stderr());
        self
    }

    fn show(&self) {
        if !self.quiet {
            // Not to standard output: `size --json` keeps that for its figures.
            eprintln!("$ {}", self.shown.replace(&*root().to_string_lossy(), "."));
        }
    }

    fn failed(&self, how: &str) -> String {
        format!("{} {how}", self.shown)
    }

    /// Runs it to its end, its output unchanged.
    pub fn run(mut self) -> Done {
        self.show();
        let status = self.command.status().map_err(|error| self.failed(&format!("could not be started: {error}")))?;
        if status.success() { Ok(()) } else { Err(self.failed(&format!("ended with {status}"))) }
    }

    /// Runs it and returns what it wrote to its standard output; its errors go to the person.
    pub fn read(mut self) -> Done<String> {
        self.show();
        let output = self
            .command
            .stdin(Stdio::null())
            .stderr(Stdio::inherit())
            .output()
            .map_err(|error| self.failed(&format!("could not be started: {error}")))?;
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        if output.status.success() {
            Ok(text)
        } else {
            Err(format!("{}\n{text}", self.failed(&format!("ended with {}", output.status))))
        }
    }

    /// Whether it runs and succeeds; says nothing.
    pub fn works(mut self) -> bool {
        let command = self.command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        command.status().is_ok_and(|status| status.success())
    }
}
