//! A handheld that takes lines: the host's model, and the firmware in the emulator.
use crate::chip::{Area, Chip};
use medlot_handheld::{FixedLedger, Handheld, Layout, Out};
use std::cell::RefCell;
use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::rc::Rc;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::Duration;

/// The model's table. A checkpoint carries what is in it, so the smaller board's may have less room.
type Stock = FixedLedger<128, 3_072, 8>;

/// The supply failed before the answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NoAnswer;

/// What answers lines.
pub trait Device {
    /// Sends a line; its answer, of which the last line begins with `ok` or `err`.
    fn line(&mut self, line: &str) -> Result<Vec<String>, NoAnswer>;
    /// Sets the supply: it fails after so many bytes.
    fn power(&mut self, bytes: usize);
    /// Switches off; what the chip then holds.
    fn off(self) -> Vec<u8>;
}

/// A board: its name, its chip, its image.
#[derive(Debug, Clone, Copy)]
pub struct Board {
    pub name: &'static str,
    pub settings: usize,
    pub log: usize,
    pub layout: Layout,
    pub buffer: usize,
    machine: &'static [&'static str],
    chip_at: usize,
    image: &'static str,
}

/// Cortex-M4.
pub const AN386: Board = Board {
    name: "mps2-an386",
    settings: 6 * 2_048,
    log: 64 * 2_048,
    layout: Layout { sector: 2_048, blob: 20_480 },
    buffer: 8_192,
    machine: &["-M", "mps2-an386"],
    chip_at: 0x2020_0000,
    image: "MEDLOT_FIRMWARE_M4",
};

/// Cortex-M0, with 64 KiB of RAM and 512 KiB of flash.
pub const MICROBIT: Board = Board {
    name: "microbit",
    settings: 6 * 1_024,
    log: 40 * 1_024,
    layout: Layout { sector: 1_024, blob: 11_264 },
    buffer: 4_096,
    machine: &["-M", "microbit", "-global", "nrf51-soc.sram-size=65536", "-global", "nrf51-soc.flash-size=524288"],
    chip_at: 0x0007_4000,
    image: "MEDLOT_FIRMWARE_M0",
};

impl Board {
    /// A chip that was never used: not erased.
    pub fn new_chip(&self) -> Vec<u8> {
        (0..self.settings + self.log).map(|i| (i * 7) as u8).collect()
    }
}

/// Text that a device says.
#[derive(Default)]
pub struct Heard(Vec<u8>);

impl Out for Heard {
    fn put(&mut self, bytes: &[u8]) {
        self.0.extend_from_slice(bytes);
    }
}

impl Heard {
    fn lines(&self) -> Vec<String> {
        String::from_utf8(self.0.clone()).unwrap().lines().map(str::to_owned).collect()
    }
}

/// The host's model of a board with words of `W` bytes and sectors of `E`.
pub struct Model<const W: usize, const E: usize> {
    device: Handheld<Area<W, E>, Area<W, E>, Stock>,
    pub chip: Rc<RefCell<Chip>>,
    work: Vec<u8>,
}

impl<const W: usize, const E: usize> Model<W, E> {
    /// Switches on with a chip; gives what it says first.
    pub fn boot(board: &Board, bytes: &[u8], power: Option<usize>) -> (Self, Vec<String>) {
        let chip = Rc::new(RefCell::new(Chip { bytes: bytes.to_vec(), power, ..Chip::default() }));
        let area = |from, length| Area { chip: chip.clone(), from, length };
        let device =
            Handheld::new(area(board.settings, board.log), board.layout, area(0, board.settings), Stock::new());
        let mut model = Self { device, chip: chip.clone(), work: vec![0; board.buffer] };
        let mut heard = Heard::default();
        model.device.boot(&mut model.work, &mut heard);
        (model, heard.lines())
    }
}

impl<const W: usize, const E: usize> Device for Model<W, E> {
    fn line(&mut self, line: &str) -> Result<Vec<String>, NoAnswer> {
        let mut heard = Heard::default();
        if self.chip.borrow().is_dead {
            return Err(NoAnswer);
        }
        self.work[..line.len()].copy_from_slice(line.as_bytes());
        self.device.line(&mut self.work, line.len(), &mut heard);
        // A board whose supply fails stops in the middle of the write: it says nothing any more.
        if self.chip.borrow().is_dead { Err(NoAnswer) } else { Ok(heard.lines()) }
    }
    fn power(&mut self, bytes: usize) {
        self.chip.borrow_mut().power = Some(bytes);
    }
    fn off(self) -> Vec<u8> {
        self.chip.borrow().bytes.clone()
    }
}

/// The firmware in the emulator.
pub struct Machine {
    child: Child,
    to: Option<ChildStdin>,
    bytes: Receiver<Vec<u8>>,
    heard: Vec<u8>,
    folder: PathBuf,
}

/// Longest wait for one answer.
const PATIENCE: Duration = Duration::from_secs(60);

fn listen(mut from: ChildStdout, to: &Sender<Vec<u8>>) {
    let mut chunk = [0; 4_096];
    while let Ok(length @ 1..) = from.read(&mut chunk) {
        if to.send(chunk[..length].to_vec()).is_err() {
            return;
        }
    }
}

impl Machine {
    /// Switches on with a chip, in a folder of its own; gives what it says first.
    pub fn boot(board: &Board, bytes: &[u8], folder: &Path, counting: bool) -> (Self, Vec<String>) {
        std::fs::create_dir_all(folder).unwrap();
        std::fs::write(folder.join("chip.bin"), bytes).unwrap();
        let _ = std::fs::remove_file(folder.join("flash.bin"));
        let image = std::env::var(board.image).unwrap_or_else(|_| {
            panic!("{} doesn't name the image: run `cargo xtask test firmware`, which builds it", board.image)
        });
        let mut command = Command::new("qemu-system-arm");
        command.args(board.machine).args(["-display", "none", "-monitor", "none", "-serial", "stdio"]);
        command.args(["-semihosting-config", "enable=on,target=native", "-kernel", &image]);
        command.arg("-device").arg(format!("loader,file=chip.bin,addr={:#x},force-raw=on", board.chip_at));
        if counting {
            command.args(["-icount", "shift=0"]);
        }
        command.current_dir(folder).stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = command.spawn().expect("qemu-system-arm");
        let (from, to) = (child.stdout.take().unwrap(), child.stdin.take());
        let (sender, bytes) = channel();
        std::thread::spawn(move || listen(from, &sender));
        let mut machine = Self { child, to, bytes, heard: Vec::new(), folder: folder.to_owned() };
        let said = machine.answer().expect("the firmware says that it is there");
        (machine, said)
    }
    /// Sends bytes as they are.
    pub fn send(&mut self, bytes: &[u8]) {
        // A machine that has ended doesn't read any more; that shows in its answer.
        let _ = self.to.as_mut().unwrap().write_all(bytes);
    }
    /// The next bytes that it sends.
    pub fn receive(&mut self) -> Result<Vec<u8>, NoAnswer> {
        use std::sync::mpsc::RecvTimeoutError::{Disconnected, Timeout};
        match self.bytes.recv_timeout(PATIENCE) {
            Ok(bytes) => Ok(bytes),
            Err(Disconnected) => Err(NoAnswer),
            Err(Timeout) => panic!("no answer within {PATIENCE:?}; so far: {:?}", String::from_utf8_lossy(&self.heard)),
        }
    }
    /// Gives back text that came with other bytes.
    pub fn hear(&mut self, text: &[u8]) {
        self.heard.extend_from_slice(text);
    }
    fn next_line(&mut self) -> Result<String, NoAnswer> {
        loop {
            if let Some(end) = self.heard.iter().position(|b| *b == b'\n') {
                let line = self.heard.drain(..=end).take(end).collect();
                return Ok(String::from_utf8(line).expect("text"));
            }
            let more = self.receive()?;
            self.heard.extend(more);
        }
    }
    /// Lines up to one that begins with `ok` or `err`.
    pub fn answer(&mut self) -> Result<Vec<String>, NoAnswer> {
        let mut said = Vec::new();
        loop {
            let line = self.next_line()?;
            let last = line.starts_with("ok") || line.starts_with("err");
            said.push(line);
            if last {
                return Ok(said);
            }
        }
    }
    /// Sends a line that the board answers with a figure.
    pub fn ask(&mut self, line: &str) -> u64 {
        self.send(format!("{line}\n").as_bytes());
        self.figure()
    }
    /// The figure that stands behind an answer: after `cost`, each has one.
    pub fn figure(&mut self) -> u64 {
        let line = self.next_line().expect("a figure");
        line.split_once(' ').expect("name and value").1.parse().expect("a number")
    }
    /// After the supply failed: what the chip holds.
    pub fn chip(mut self) -> Vec<u8> {
        let ended = self.child.wait().unwrap();
        assert!(ended.success(), "the emulator ended with {ended}");
        std::fs::read(self.folder.join("flash.bin")).expect("the chip as the board left it")
    }
}

impl Device for Machine {
    fn line(&mut self, line: &str) -> Result<Vec<String>, NoAnswer> {
        self.send(format!("{line}\n").as_bytes());
        self.answer()
    }
    fn power(&mut self, bytes: usize) {
        assert_eq!(self.line(&format!("power {bytes}")).unwrap(), ["ok power"]);
    }
    fn off(mut self) -> Vec<u8> {
        self.send(b"off\n");
        self.chip()
    }
}

impl Drop for Machine {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
