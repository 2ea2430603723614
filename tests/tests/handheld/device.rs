//! A handheld that takes lines: the host's model, and the firmware in the emulator.
use medlot_handheld::{FixedLedger, Handheld, Layout, Out};
use medlot_tests::chip::{Area, Chip};
use std::cell::RefCell;
use std::io::{Read, Write};
use std::net::{Shutdown, SocketAddr, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::rc::Rc;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::{Duration, Instant};

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
    /// Rings for other devices' logs, and the length of one.
    pub fellows: usize,
    pub fellow: usize,
    pub layout: Layout,
    pub buffer: usize,
    machine: &'static [&'static str],
    chip_at: usize,
    image: &'static str,
}

/// Cortex-M4.
pub const AN386: Board = Board {
    name: "mps2-an386",
    settings: 10 * 2_048,
    log: 64 * 2_048,
    fellows: 3,
    fellow: 24 * 2_048,
    layout: Layout { sector: 2_048, blob: 20_480 },
    buffer: 8_192,
    machine: &["-M", "mps2-an386"],
    chip_at: 0x2020_0000,
    image: "MEDLOT_FIRMWARE_M4",
};

/// Cortex-M0, with 64 KiB of RAM and 512 KiB of flash.
pub const MICROBIT: Board = Board {
    name: "microbit",
    settings: 10 * 1_024,
    log: 40 * 1_024,
    fellows: 2,
    fellow: 12 * 1_024,
    layout: Layout { sector: 1_024, blob: 11_264 },
    buffer: 6_144,
    machine: &["-M", "microbit", "-global", "nrf51-soc.sram-size=65536", "-global", "nrf51-soc.flash-size=524288"],
    chip_at: 0x0006_d800,
    image: "MEDLOT_FIRMWARE_M0",
};

impl Board {
    /// A chip that was never used: not erased.
    pub fn new_chip(&self) -> Vec<u8> {
        (0..self.settings + self.log + self.fellows * self.fellow).map(|i| (i * 7) as u8).collect()
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
    pub device: Handheld<Area<W, E>, Area<W, E>, Stock>,
    pub chip: Rc<RefCell<Chip>>,
    pub work: Vec<u8>,
}

impl<const W: usize, const E: usize> Model<W, E> {
    /// Switches on with a chip; gives what it says first.
    pub fn boot(board: &Board, bytes: &[u8], power: Option<usize>) -> (Self, Vec<String>) {
        let chip = Rc::new(RefCell::new(Chip { bytes: bytes.to_vec(), power, ..Chip::default() }));
        let area = |from, length| Area { chip: chip.clone(), from, length };
        let fellows = (0..board.fellows).map(|at| area(board.settings + board.log + at * board.fellow, board.fellow));
        let settings = area(0, board.settings);
        let device = Handheld::new(area(board.settings, board.log), board.layout, fellows, settings, Stock::new());
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

/// One connection to a board, or its pipes.
struct Plug {
    to: Box<dyn Write>,
    bytes: Receiver<Vec<u8>>,
    /// Ends it.
    pull: Box<dyn Fn()>,
}

impl Plug {
    fn of(to: impl Write + 'static, from: impl Read + Send + 'static, pull: impl Fn() + 'static) -> Self {
        let (sender, bytes) = channel();
        std::thread::spawn(move || listen(from, &sender));
        Self { to: Box::new(to), bytes, pull: Box::new(pull) }
    }
    /// Connects; waits until the emulator is there.
    fn into(socket: SocketAddr) -> Self {
        let begun = Instant::now();
        loop {
            match TcpStream::connect(socket) {
                Ok(stream) => {
                    let clone = || stream.try_clone().unwrap();
                    let (to, from, end) = (clone(), clone(), clone());
                    return Self::of(to, from, move || drop(end.shutdown(Shutdown::Both)));
                }
                Err(e) => assert!(begun.elapsed() < PATIENCE, "{socket}: {e}"),
            }
            std::thread::sleep(Duration::from_millis(20));
        }
    }
}

/// The firmware in the emulator.
pub struct Machine {
    child: Child,
    socket: Option<SocketAddr>,
    plug: Option<Plug>,
    heard: Vec<u8>,
    folder: PathBuf,
}

/// Longest wait for one answer.
const PATIENCE: Duration = Duration::from_secs(60);

fn listen(mut from: impl Read, to: &Sender<Vec<u8>>) {
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
        Self::boot_on(board, bytes, folder, counting, None)
    }
    /// The same with its UART at a socket, and connected to it.
    pub fn boot_on(
        board: &Board,
        bytes: &[u8],
        folder: &Path,
        counting: bool,
        socket: Option<SocketAddr>,
    ) -> (Self, Vec<String>) {
        std::fs::create_dir_all(folder).unwrap();
        std::fs::write(folder.join("chip.bin"), bytes).unwrap();
        let _ = std::fs::remove_file(folder.join("flash.bin"));
        let image = std::env::var(board.image).unwrap_or_else(|_| {
            panic!("{} doesn't name the image: run `cargo xtask test firmware`, which builds it", board.image)
        });
        let mut command = Command::new("qemu-system-arm");
        command.args(board.machine).args(["-display", "none", "-monitor", "none", "-serial"]);
        // It waits for the first to connect, so that nobody misses what it says first. (Of a unix socket that is closed QEMU
        // drops what was sent before.)
        command.arg(match &socket {
            None => "stdio".into(),
            Some(socket) => format!("tcp:{socket},server=on,wait=on"),
        });
        command.args(["-semihosting-config", "enable=on,target=native", "-kernel", &image]);
        command.arg("-device").arg(format!("loader,file=chip.bin,addr={:#x},force-raw=on", board.chip_at));
        if counting {
            command.args(["-icount", "shift=0"]);
        }
        command.current_dir(folder).stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = command.spawn().expect("qemu-system-arm");
        let plug = match &socket {
            None => Plug::of(child.stdin.take().unwrap(), child.stdout.take().unwrap(), || {}),
            Some(socket) => Plug::into(*socket),
        };
        let mut machine = Self { child, socket, plug: Some(plug), heard: Vec::new(), folder: folder.to_owned() };
        let said = machine.answer().expect("the firmware says that it is there");
        (machine, said)
    }
    /// Sends bytes as they are.
    pub fn send(&mut self, bytes: &[u8]) {
        // A machine that has ended doesn't read any more; that shows in its answer.
        let to = &mut self.plug.as_mut().expect("plugged in").to;
        let _ = to.write_all(bytes).and_then(|()| to.flush());
    }
    /// Leaves the socket, so that another may connect.
    pub fn unplug(&mut self) {
        (self.plug.take().expect("plugged in").pull)();
        self.heard.clear();
    }
    /// Comes back to the socket, and waits until the board answers; `Err` where it doesn't run any more.
    pub fn plug(&mut self) -> Result<(), NoAnswer> {
        if self.child.try_wait().unwrap().is_some() {
            return Err(NoAnswer);
        }
        self.plug = Some(Plug::into(self.socket.expect("a socket")));
        self.send(b"status\n");
        // What it says of a session may come before it.
        while self.answer()?.last().is_none_or(|last| last != "ok status") {}
        Ok(())
    }
    /// The next bytes that it sends.
    pub fn receive(&mut self) -> Result<Vec<u8>, NoAnswer> {
        use std::sync::mpsc::RecvTimeoutError::{Disconnected, Timeout};
        match self.plug.as_ref().expect("plugged in").bytes.recv_timeout(PATIENCE) {
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
