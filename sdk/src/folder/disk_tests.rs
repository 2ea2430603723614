//! Power cuts on a model of a file system that loses and reorders what wasn't synchronised, and on the real disk.
//!
//! Between a write and the end of its synchronisation the disk holds any of the blocks written, the others as they were
//! before the file grew (zeros) or as a file deleted long ago left them; and the file has any length in between. Before
//! and after that, it holds exactly what was synchronised.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]
use super::*;
use medlot_core::crypto::SoftwareKey;
use medlot_core::log::recover;
use std::fs;

/// What one unit made of the file: before it, after it, and the records acknowledged before it.
struct Write {
    before: Vec<u8>,
    after: Vec<u8>,
    acknowledged: usize,
}

/// A day at the counter: every kind of unit, a group in several frames among them.
fn day(path: &Path, vault: &Vault) -> Vec<Write> {
    let key = SoftwareKey::from_seed(Suite::Ed25519, &[3; 32]).unwrap();
    let public = key.public_key(&mut [0; 33]).to_vec();
    let head = LogHead { parent: Hash([9; 32]), suite: Suite::Ed25519, key: public, facility: "01C55".into() };
    let mut log = LogFile::create(path, head, &Medium::Disk, vault).unwrap();
    let delivery: Vec<Vec<u8>> = (0..60u8).map(|line| vec![line; 90]).collect();
    let now = || fs::read(path).unwrap();
    // The file after each synchronisation, and the records acknowledged by then.
    let mut synced = vec![(now(), 0)];
    let append = |log: &mut LogFile, records: &[Vec<u8>], synced: &mut Vec<(Vec<u8>, usize)>| {
        assert!(log.append(records).is_ok());
        synced.push((now(), log.records().len()));
    };
    let seal = |log: &mut LogFile, synced: &mut Vec<(Vec<u8>, usize)>| {
        let records = log.records().len();
        // When there is something to sign, the mark is on the disk.
        let sign = |message: &[u8; 84]| {
            synced.push((now(), records));
            key.sign(message)
        };
        assert!(log.seal(sign).is_ok());
        synced.push((now(), records));
    };
    append(&mut log, &[b"sale".to_vec()], &mut synced);
    seal(&mut log, &mut synced);
    append(&mut log, &[b"two".to_vec(), b"in one".to_vec()], &mut synced);
    append(&mut log, &delivery, &mut synced);
    seal(&mut log, &mut synced);
    append(&mut log, &[b"the last sale".to_vec()], &mut synced);
    let writes = synced.iter().zip(synced.iter().skip(1));
    writes
        .map(|(earlier, later)| Write { before: earlier.0.clone(), after: later.0.clone(), acknowledged: earlier.1 })
        .collect()
}

/// What the disk may hold when the power fails in this write.
fn images(write: &Write, stale: u8) -> impl Iterator<Item = Vec<u8>> {
    let grown = write.after.len() - write.before.len();
    let block = grown.div_ceil(8).max(4);
    let blocks = grown.div_ceil(block);
    let (before, after) = (write.before.clone(), write.after.clone());
    (0..1u32 << blocks).flat_map(move |there| {
        let (before, after) = (before.clone(), after.clone());
        (0..=blocks).map(move |length| {
            let mut image = after[..(before.len() + length * block).min(after.len())].to_vec();
            for (number, bytes) in image[before.len()..].chunks_mut(block).enumerate() {
                if there >> number & 1 == 0 {
                    bytes.fill(stale);
                }
            }
            image
        })
    })
}

#[test]
fn a_disk_that_loses_and_reorders_what_was_not_synchronised_loses_nothing_acknowledged() {
    let path = std::env::temp_dir().join(format!("medlot-disk-{}", std::process::id()));
    for vault in [Vault::plain(), Vault::keyed(&StorageKey::new([5; 32]))] {
        let _ = fs::remove_file(&path);
        let mut tried = 0u32;
        for (step, write) in day(&path, &vault).iter().enumerate() {
            let whole = vault.open_log(&path, write.after.clone()).unwrap().plain;
            let after = recover(&whole).unwrap().recovery.tip().count() as usize;
            for stale in [0, 0x4d] {
                for image in images(write, stale) {
                    let real = tried.is_multiple_of(997);
                    if real {
                        fs::write(&path, &image).unwrap();
                    }
                    let is_whole = image == write.after;
                    let opened = vault.open_log(&path, image).unwrap();
                    let found = recover(&opened.plain).unwrap();
                    let count = found.recovery.tip().count() as usize;
                    assert!(count == write.acknowledged || count == after && is_whole, "step {step}: {count}");
                    if real {
                        let mut log = LogFile::open(&path, &Medium::Disk, &vault).unwrap();
                        assert_eq!(log.records().len(), count);
                        assert_eq!(log.append(&[b"goes on".to_vec()]).unwrap() as usize, count);
                        let again = LogFile::open(&path, &Medium::Disk, &vault).unwrap();
                        assert_eq!((again.records().len(), again.dropped()), (count + 1, 0));
                    }
                    tried += 1;
                }
            }
        }
        assert!(tried > 20_000, "{tried} images of the disk");
        fs::remove_file(&path).unwrap();
    }
}

#[test]
fn an_object_written_halfway_is_not_there_and_the_one_before_it_is() {
    let place = std::env::temp_dir().join(format!("medlot-replace-{}", std::process::id()));
    let _ = fs::remove_dir_all(&place);
    let text = format!("layout = {LAYOUT}\nfacility = \"01C55\"\nlog = \"{0}\"\nline = \"{0}\"\n", "00".repeat(32));
    let folder = Folder::create(&place, toml::from_str(&text).unwrap(), b"root").unwrap();
    let first = folder.keep(b"first object").unwrap();
    // The cut fell before the rename: what stands beside has any length and any bytes.
    for end in 0..=12 {
        fs::write(first.with_extension("new"), &b"other object"[..end]).unwrap();
        assert_eq!(folder.kept().unwrap(), [b"first object".to_vec()], "cut after {end} bytes");
    }
    assert_eq!(folder.keep(b"first object").unwrap(), first);
    fs::remove_dir_all(place).unwrap();
}
