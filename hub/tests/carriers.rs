//! Synchronisation over what carries it: HTTP, a serial line, pictures of codes.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]
mod world;
use serde_json::Value;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Child, Stdio};
use world::World;
use world::meet::pieces;

/// A running `medlot sync --listen`, ended with the test.
struct Listening {
    child: Child,
    address: String,
}

impl Drop for Listening {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn listen(w: &World, who: &str, args: &[&str]) -> Listening {
    let mut child = w
        .command(who, &[&["--json", "sync", "--listen", "127.0.0.1:0"], args].concat())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut said = String::new();
    BufReader::new(child.stderr.take().unwrap()).read_line(&mut said).unwrap();
    let address = said.split("http://").nth(1).and_then(|rest| rest.split('/').next());
    Listening { address: address.unwrap_or_else(|| panic!("{said}")).to_owned(), child }
}

#[test]
fn a_hub_over_http_gathers_from_one_device_and_gives_to_the_next() {
    let w = World::enrolled("http");
    w.begin_hub("hub");
    w.hand_over("distributor", "01C55", "delivery.mlt");
    let hub = listen(&w, "hub", &[]);
    let url = format!("http://{}", hub.address);
    for who in ["province", "distributor"] {
        let said = w.json(who, &["sync", &url], 0);
        assert!(said["done"] == true && pieces(&said).0 > 0, "{who}: {said}");
    }
    let said = w.json("01C55", &["sync", &url], 0);
    assert!(pieces(&said).1 > 0, "{said}");
    // What was sent to it came by the network, not by its code: the shipment is known here.
    assert!(w.json("01C55", &["movements"], 0).to_string().contains("PX-7"));
    // Again, nothing goes over.
    let said = w.json("01C55", &["sync", &url], 0);
    assert_eq!(said["stored"]["pieces"], 0, "{said}");
    let said = w.json("distributor", &["sync", &url], 0);
    assert_eq!(pieces(&said).0, 0, "{said}");
}

#[test]
fn a_server_tells_a_second_caller_to_wait_and_what_it_is_not_asked_by_post() {
    let w = World::enrolled("busy");
    w.begin_hub("hub");
    let server = listen(&w, "hub", &["--origin", "https://stock.example.org"]);
    let ask = |request: &str| {
        let mut stream = TcpStream::connect(&server.address).unwrap();
        stream.write_all(request.as_bytes()).unwrap();
        let mut said = Vec::new();
        stream.read_to_end(&mut said).unwrap();
        String::from_utf8_lossy(&said).into_owned()
    };
    let post = |header: &str, body: &str| {
        ask(&format!(
            "POST /v1/sync HTTP/1.1\r\nhost: x\r\nconnection: close\r\n{header}content-length: {}\r\n\r\n{body}",
            body.len()
        ))
    };
    assert!(ask("GET /v1/sync HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n").starts_with("HTTP/1.1 404"));
    let options = ask("OPTIONS /v1/sync HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n");
    assert!(options.contains("access-control-allow-origin: https://stock.example.org"), "{options}");
    let first = post("", "");
    assert!(first.starts_with("HTTP/1.1 200") && first.contains("medlot-session: "), "{first}");
    assert!(post("", "").starts_with("HTTP/1.1 503"), "one session at a time");
    assert!(post("medlot-session: 00\r\n", "").starts_with("HTTP/1.1 409"));
    // Bytes that are no frames are passed over; the session goes on.
    let session = first.split("medlot-session: ").nth(1).unwrap().lines().next().unwrap().to_owned();
    assert!(post(&format!("medlot-session: {session}\r\n"), "\0not a frame\0").starts_with("HTTP/1.1 200"));
    assert!(
        w.ends("01C55", &["sync", &format!("http://{}", server.address), "--patience", "1"], 2).err.contains("503")
    );
    assert!(w.ends("01C55", &["sync", "http://127.0.0.1:9"], 2).err.contains("synchronise again"));
    assert!(w.ends("01C55", &["sync", "https://hub.example.org"], 3).err.contains("proxy"));
}

#[test]
fn two_screens_that_face_each_other_synchronise_turn_by_turn() {
    let w = World::enrolled("codes");
    w.hand_over("distributor", "01C55", "delivery.mlt");
    std::fs::create_dir(w.folder.join("pictures")).unwrap();
    let args = ["sync", "--codes", "pictures"];
    let other = w.command("distributor", &args).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let said = w.json("01C55", &args, 0);
    let other = other.wait_with_output().unwrap();
    assert!(other.status.success(), "{}", String::from_utf8_lossy(&other.stderr));
    assert!(said["done"] == true && pieces(&said).1 > 0, "{said}");
    assert!(w.json("01C55", &["movements"], 0).to_string().contains("PX-7"));
    let pictures = std::fs::read_dir(w.folder.join("pictures")).unwrap().count();
    assert!(pictures >= 4, "{pictures} pictures");
}

#[test]
fn who_received_and_who_took_it_back_stays_in_the_own_facility() {
    let w = World::enrolled("staff");
    w.hand_over("distributor", "01C55", "delivery.mlt");
    let received = w.json("01C55", &["receive", "delivery.mlt", "--got", "1=118", "--operator", "DS01"], 0);
    let index = received["records"][0]["index"].to_string();
    w.ok("01C55", &["reverse", &index, "--total", "1", "--operator", "DS02"]);
    w.begin_hub("hub");
    w.ok("distributor", &["sync", "hub"]);
    w.ok("01C55", &["sync", "hub"]);
    w.ok("distributor", &["sync", "hub"]);
    let there = w.ok("distributor", &["--json", "movements"]);
    assert!(there.contains("118") && there.contains("reversal"), "{there}");
    assert!(!there.contains("DS01") && !there.contains("DS02"), "{there}");
    let mine = w.ok("01C55", &["--json", "movements"]);
    assert!(mine.contains("DS01") && mine.contains("DS02"), "{mine}");
}

/// Passes bytes on as they come.
fn pump(from: &mut impl Read, to: &mut impl Write) {
    let mut chunk = [0; 4_096];
    while let Ok(n @ 1..) = from.read(&mut chunk) {
        if to.write_all(&chunk[..n]).and_then(|()| to.flush()).is_err() {
            return;
        }
    }
}

#[cfg(unix)]
#[test]
fn a_handheld_on_a_line_synchronises_and_text_between_frames_is_shown() {
    use std::os::unix::net::UnixListener;
    let w = World::enrolled("line");
    w.hand_over("distributor", "01C55", "delivery.mlt");
    let listener = UnixListener::bind(w.folder.join("line")).unwrap();
    // The device at the other end: the same frames, and a line for the person first.
    let mut device = w
        .command("distributor", &["sync", "-"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let (mut to, mut from) = (device.stdin.take().unwrap(), device.stdout.take().unwrap());
    let line = std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        stream.write_all(b"READY\n").unwrap();
        let mut back = stream.try_clone().unwrap();
        let out = std::thread::spawn(move || {
            pump(&mut from, &mut back);
            let _ = back.shutdown(std::net::Shutdown::Write);
        });
        pump(&mut stream, &mut to);
        drop(to);
        out.join().unwrap();
    });
    let ended = w.ends("01C55", &["--json", "sync", "--port", "unix:line"], 0);
    line.join().unwrap();
    device.wait().unwrap();
    let said: Value = serde_json::from_str(ended.out.trim()).unwrap();
    assert!(said["done"] == true && pieces(&said).1 > 0, "{said}");
    assert!(ended.err.contains("READY"), "{}", ended.err);
    assert!(w.ends("01C55", &["sync", "--port", "/dev/no-such-port"], 3).err.contains("no-such-port"));
}
