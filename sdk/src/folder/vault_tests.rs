//! What an encrypted folder lets nobody do without its key, and what a power cut does to it.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]
use super::*;
use medlot_core::crypto::SoftwareKey;
use std::fs;

struct Place(PathBuf);

impl Drop for Place {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

fn place(name: &str) -> Place {
    let path = std::env::temp_dir().join(format!("medlot-vault-{}-{name}", std::process::id()));
    let _ = fs::remove_dir_all(&path);
    fs::create_dir_all(path.join("logs")).unwrap();
    Place(path)
}

fn vault(seed: u8) -> Vault {
    Vault::keyed(&StorageKey::new([seed; 32]))
}

fn log(path: &Path, vault: &Vault) -> (LogFile, SoftwareKey) {
    let key = SoftwareKey::from_seed(Suite::Ed25519, &[3; 32]).unwrap();
    let public = key.public_key(&mut [0; 33]).to_vec();
    let head = LogHead { parent: Hash([9; 32]), suite: Suite::Ed25519, key: public, facility: "01C55".into() };
    (LogFile::create(path, head, &Medium::Disk, vault).unwrap(), key)
}

fn config() -> Config {
    let text = format!("layout = {LAYOUT}\nfacility = \"01C55\"\nlog = \"{0}\"\nline = \"{0}\"\n", "00".repeat(32));
    toml::from_str(&text).unwrap()
}

#[test]
fn a_log_comes_back_under_its_key_and_nothing_of_it_stands_readable() {
    let place = place("log");
    let path = place.0.join("logs/a.mlog");
    let (mut log, key) = log(&path, &vault(1));
    log.append(&[b"a secret supplier".to_vec(), b"second".to_vec()]).unwrap();
    let seal = log.seal(|m| key.sign(m)).unwrap();
    log.append(&[b"third".to_vec()]).unwrap();
    let bytes = fs::read(&path).unwrap();
    assert!(!bytes.windows(8).any(|w| w == b"supplier" || w == b"01C55\0\0\0"));
    let mut again = LogFile::open(&path, &Medium::Disk, &vault(1)).unwrap();
    assert_eq!((again.records(), again.seals(), again.dropped()), (log.records(), &[seal][..], 0));
    again.append(&[b"fourth".to_vec()]).unwrap();
    assert_eq!(LogFile::open(&path, &Medium::Disk, &vault(1)).unwrap().records().len(), 4);
    assert!(LogFile::open(&path, &Medium::Disk, &vault(2)).unwrap_err().message.contains("storage key"));
    assert!(LogFile::open(&path, &Medium::Disk, &Vault::plain()).unwrap_err().message.contains("give the storage key"));
}

#[test]
fn a_power_cut_after_any_byte_of_an_encrypted_log_loses_nothing_acknowledged() {
    let place = place("cut");
    let path = place.0.join("logs/a.mlog");
    let (mut log, key) = log(&path, &vault(1));
    log.append(&[b"first".to_vec()]).unwrap();
    log.seal(|m| key.sign(m)).unwrap();
    let acknowledged = fs::read(&path).unwrap().len();
    log.append(&[b"second".to_vec(), b"third".to_vec()]).unwrap();
    let whole = fs::read(&path).unwrap();
    for end in acknowledged..whole.len() {
        fs::write(&path, &whole[..end]).unwrap();
        let mut found = LogFile::open(&path, &Medium::Disk, &vault(1)).unwrap();
        assert_eq!((found.records().len(), found.dropped()), (1, end - acknowledged), "cut after {end} bytes");
        assert_eq!(found.append(&[b"again".to_vec()]).unwrap(), 1);
        assert_eq!(LogFile::open(&path, &Medium::Disk, &vault(1)).unwrap().records().len(), 2);
    }
}

#[test]
fn damage_before_the_end_of_an_encrypted_log_is_said_and_units_cannot_be_moved() {
    let place = place("damage");
    let path = place.0.join("logs/a.mlog");
    let (mut log, _) = log(&path, &vault(1));
    let mut ends = vec![fs::read(&path).unwrap().len()];
    for record in [b"first", b"other"] {
        log.append(&[record.to_vec()]).unwrap();
        ends.push(fs::read(&path).unwrap().len());
    }
    let whole = fs::read(&path).unwrap();
    for at in ends[0]..ends[1] {
        let mut bytes = whole.clone();
        bytes[at] ^= 1;
        fs::write(&path, &bytes).unwrap();
        let refused = LogFile::open(&path, &Medium::Disk, &vault(1)).unwrap_err();
        assert_eq!(refused.name, "log_damaged", "byte {at}");
        assert_eq!(fs::read(&path).unwrap(), bytes, "nothing is dropped of a damaged log");
    }
    // Two units of one length in each other's place.
    let swapped = [&whole[..ends[0]], &whole[ends[1]..], &whole[ends[0]..ends[1]]].concat();
    fs::write(&path, &swapped).unwrap();
    assert!(
        LogFile::open(&path, &Medium::Disk, &vault(1)).is_ok_and(|log| log.records().is_empty())
            || swapped.len() == whole.len()
    );
}

#[test]
fn files_of_an_encrypted_folder_need_the_key_and_cannot_be_swapped() {
    let place = place("files");
    let at = |key: Option<u8>| Location {
        path: place.0.join("d"),
        key: key.map(|k| StorageKey::new([k; 32])),
        medium: Medium::Disk,
    };
    let folder = Folder::create(at(Some(7)), config(), b"the root").unwrap();
    folder.save_key("k", Suite::Ed25519, &[5; 32]).unwrap();
    folder.rename_key("k", "log").unwrap();
    let (a, b) = (folder.keep(b"from a supplier").unwrap(), folder.keep(b"from another").unwrap());
    drop(folder);
    for refused in [at(None), at(Some(8))] {
        assert!(Folder::open(refused).unwrap_err().message.contains("storage key"));
    }
    let plain = Folder::create(&place.0.join("plain"), config(), b"root").unwrap();
    drop(plain);
    let key = Some(StorageKey::new([7; 32]));
    assert!(
        Folder::open(Location { path: place.0.join("plain"), key, medium: Medium::Disk })
            .unwrap_err()
            .message
            .contains("no storage key")
    );
    // Moved as a whole, it is still readable.
    fs::rename(place.0.join("d"), place.0.join("e")).unwrap();
    let folder =
        Folder::open(Location { path: place.0.join("e"), key: Some(StorageKey::new([7; 32])), medium: Medium::Disk })
            .unwrap();
    assert_eq!(folder.root().unwrap(), b"the root");
    assert_eq!(folder.kept().unwrap().len(), 2);
    assert!(folder.key("log").is_ok() && folder.key("k").is_err());
    let inside = |path: &Path| place.0.join("e/extracts").join(path.file_name().unwrap());
    fs::copy(inside(&a), inside(&b)).unwrap();
    assert!(folder.kept().unwrap_err().message.contains("changed"));
    fs::write(inside(&b), b"put there by somebody").unwrap();
    assert!(folder.kept().unwrap_err().message.contains("isn't encrypted"));
}

#[test]
fn a_log_that_takes_no_further_record_says_why_and_the_way_on() {
    let place = place("only");
    let mut folder = Folder::create(&place.0.join("d"), config(), b"root").unwrap();
    folder.check_writable().unwrap();
    for (why, says) in [(ReadOnly::Restored, "backup"), (ReadOnly::Ahead, "holds more")] {
        folder.make_read_only(why).unwrap();
        drop(folder);
        folder = Folder::open(&place.0.join("d")).unwrap();
        let refused = folder.check_writable().unwrap_err();
        assert!(refused.message.contains(says) && refused.message.contains("device init"), "{}", refused.message);
    }
    assert!(folder.begin_again(&Hash([1; 32]), "01C56").is_err());
    folder.begin_again(&Hash([1; 32]), "01C55").unwrap();
    folder.check_writable().unwrap();
    assert_eq!(folder.log().unwrap(), Hash([1; 32]));
}
