//! Backups, restored folders and encrypted ones, through the command.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]
mod world;
use serde_json::Value;
use std::fs;
use std::path::Path;
use world::{PACK, World};

#[test]
fn a_restored_folder_is_read_only_and_goes_on_with_a_new_key_and_all_its_records() {
    let world = World::enrolled("restore");
    world.hand_over("distributor", "01C55", "delivery.png");
    world.ok("01C55", &["receive", "delivery.png"]);
    let said = world.json("01C55", &["backup", "--out", "backup.tar"], 0);
    assert!(said["files"].as_u64().unwrap() >= 4 && said["records"].as_u64().unwrap() >= 3, "{said}");
    let before = world.json("01C55", &["movements"], 0);
    // What was written after the backup is what a second history would contradict.
    world.ok("01C55", &["record", "out", "--reason", "retail", "--scan", PACK, "--quantity", "5"]);
    world.ok("01C55", &["seal"]);

    let said = world.json("new", &["restore", "backup.tar"], 0);
    assert_eq!((&said["read_only"], &said["facility"]), (&true.into(), &"01C55".into()));
    assert!(!world.folder.join("new/keys").read_dir().unwrap().any(|_| true), "a backup holds no private key");
    assert_eq!(world.json("new", &["movements"], 0), before);
    for args in [
        &["record", "out", "--reason", "retail", "--scan", PACK, "--quantity", "5"][..],
        &["seal"],
        &["handover", "--to", "facility:01C56", "--line", &format!("5={PACK}"), "--out", "x.mlt"],
    ] {
        let refused = world.ends("new", args, 4);
        assert!(refused.err.contains("device init --invitation"), "{}", refused.err);
    }
    // The way on: a new key in the same folder.
    world.join("province", "new", "01C55", "move", "own", "ed25519");
    world.ok("new", &["record", "out", "--reason", "retail", "--scan", PACK, "--quantity", "2"]);
    let after = world.json("new", &["movements"], 0);
    let (before, after) = (before["movements"].as_array().unwrap(), after["movements"].as_array().unwrap());
    assert_eq!(after.len(), before.len() + 1);
    assert_ne!(world.log("new"), world.log("01C55"));
}

#[test]
fn a_restore_overwrites_nothing_and_takes_nothing_but_a_whole_backup() {
    let world = World::enrolled("norestore");
    world.ok("01C55", &["backup", "--out", "backup.tar"]);
    assert!(world.ends("01C56", &["restore", "backup.tar"], 3).err.contains("is there already"));
    let whole = fs::read(world.folder.join("backup.tar")).unwrap();
    for end in (0..whole.len() - 1_024).step_by(509) {
        fs::write(world.folder.join("cut.tar"), &whole[..end]).unwrap();
        let refused = world.run("cut", &["restore", "cut.tar"]);
        assert!([1, 3].contains(&refused.code), "cut after {end} bytes: {} {}", refused.code, refused.err);
        assert!(!world.folder.join("cut").exists() && !world.folder.join("cut.restoring").exists());
    }
    // A changed byte of the log: the backup is refused, not restored in part.
    let at = whole.windows(4).position(|w| w == b"MLOG").unwrap() + 150;
    let mut changed = whole.clone();
    changed[at] ^= 1;
    fs::write(world.folder.join("changed.tar"), &changed).unwrap();
    assert_ne!(world.run("changed", &["restore", "changed.tar"]).code, 0);
    // Names that lead elsewhere.
    for name in ["../evil", "/etc/evil", "logs/../../evil", "keys/a.key", "other.txt", "logs/a/b"] {
        let mut archive = tar::Builder::new(Vec::new());
        let mut header = tar::Header::new_old();
        header.as_old_mut().name[..name.len()].copy_from_slice(name.as_bytes());
        header.set_size(4);
        header.set_cksum();
        archive.append(&header, &b"evil"[..]).unwrap();
        fs::write(world.folder.join("evil.tar"), archive.into_inner().unwrap()).unwrap();
        let refused = world.ends("evil", &["restore", "evil.tar"], 1);
        assert!(refused.err.contains("no file of a folder's"), "{name}: {}", refused.err);
    }
}

#[test]
fn an_encrypted_folder_works_like_any_other_and_says_nothing_without_its_key() {
    let world = World::enrolled("encrypted");
    fs::write(world.folder.join("storage.key"), "5a".repeat(32)).unwrap();
    fs::write(world.folder.join("other.key"), "5b".repeat(32)).unwrap();
    fn keyed<'a>(args: &[&'a str]) -> Vec<&'a str> {
        [&["--storage-key", "storage.key"], args].concat()
    }
    let ok = |args: &[&str]| world.ok("phone", &keyed(args));
    world.ok("province", &["authority", "invite", "--facility", "01C58", "--roles", "move", "--out", "i.mlt"]);
    ok(&["device", "init", "--invitation", "i.mlt", "--out", "r.mlt"]);
    world.ok("province", &["authority", "enrol", "r.mlt", "--out", "e.mlt"]);
    ok(&["device", "accept", "e.mlt"]);
    ok(&[
        "record",
        "in",
        "--reason",
        "supplier",
        "--from",
        "available",
        "--counterparty",
        "tax:0123456789",
        "--scan",
        PACK,
        "--quantity",
        "50",
    ]);
    ok(&["seal"]);
    assert!(ok(&["movements"]).contains("241021VA"));
    for (key, says) in [(None, "give the storage key"), (Some("other.key"), "another storage key")] {
        let args = key.map(|key| vec!["--storage-key", key]).unwrap_or_default();
        let refused = world.ends("phone", &[&args[..], &["movements"]].concat(), 3);
        assert!(refused.err.contains(says), "{}", refused.err);
    }
    let mut open = Vec::new();
    for part in ["logs", "extracts", "keys", "."] {
        for file in fs::read_dir(world.folder.join("phone").join(part)).unwrap() {
            let path = file.unwrap().path();
            let bytes = if path.is_file() { fs::read(&path).unwrap() } else { Vec::new() };
            if bytes.windows(8).any(|w| w == b"241021VA" || w == b"01234567") {
                open.push(path);
            }
        }
    }
    assert_eq!(open, Vec::<std::path::PathBuf>::new(), "readable without the key");
    // A backup of it is encrypted too, and comes back under the same key.
    ok(&["backup", "--out", "b.tar"]);
    assert!(world.ends("again", &["restore", "b.tar"], 3).err.contains("give the storage key"));
    world.ok("again", &keyed(&["restore", "b.tar"]));
    assert!(world.ok("again", &keyed(&["movements"])).contains("241021VA"));
}

#[test]
fn a_folder_of_the_first_layout_is_read_as_it_was_and_written_on() {
    let world = World::empty("layout");
    let kept = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/data/folder-1");
    world::copy(&kept.join("01C55"), &world.folder.join("01C55"));
    for question in ["stock", "movements"] {
        let said: Value =
            serde_json::from_slice(&fs::read(kept.join(question).with_extension("json")).unwrap()).unwrap();
        assert_eq!(world.json("01C55", &[question], 0), said, "{question}");
    }
    world.ok("01C55", &["record", "out", "--reason", "retail", "--scan", PACK, "--quantity", "5"]);
    world.ok("01C55", &["seal", "--out", "all.mlt"]);
    let said = world.json("01C55", &["verify", "all.mlt"], 0);
    assert_eq!(said["verdict"], "valid", "{said}");
    assert_eq!(world.json("01C55", &["stock"], 0)["stock"][0]["on_hand"], 98);
    // A draft of the bytes is refused, and said to be one.
    let mut draft = fs::read(world.folder.join("all.mlt")).unwrap();
    draft[2] = 0;
    fs::write(world.folder.join("draft.mlt"), draft).unwrap();
    assert!(world.ends("01C55", &["verify", "draft.mlt"], 2).out.contains("3910"));
}
