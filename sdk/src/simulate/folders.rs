//! The country as folders: one for each device, one for the hub, and `truth.json`. Each file is written once.

use super::log::SimLog;
use super::world::Device;
use super::{Country, Receiver};
use crate::error::{Error, Result};
use crate::folder::{Config, hex, name_of};
use medlot_core::record::Entry;
use medlot_core::record::{Element, ObjectType, Record, header, write_element};
use serde_json::{Value, json};
use std::fs;
use std::path::Path;

fn make(path: &Path) -> Result<()> {
    fs::create_dir_all(path).map_err(|e| Error::file(path, &e))
}

fn write(path: &Path, bytes: &[u8]) -> Result<()> {
    fs::write(path, bytes).map_err(|e| Error::file(path, &e))
}

impl Country {
    /// Writes `devices/<facility>/<log>/`, `hub/` and `truth.json` into a folder that isn't there yet. The second side of
    /// a copied device stands beside the first as `<log>-copy`.
    ///
    /// # Errors
    /// A folder that holds something already; files that can't be written.
    pub fn write(&self, out: &Path) -> Result<Value> {
        if fs::read_dir(out).is_ok_and(|mut entries| entries.next().is_some()) {
            return Err(Error::folder(out, "holds something already: give a new --out"));
        }
        let mut folders = 0;
        for device in &self.world.devices {
            let log = self.log(device.log)?;
            let base = out.join("devices").join(&log.head.facility);
            let first = base.join(log.id.to_string());
            let path = if first.exists() { base.join(format!("{}-copy", log.id)) } else { first };
            self.device_folder(&path, device, log)?;
            folders += 1;
        }
        let hub = out.join("hub");
        self.folder(&hub, &Config::new("", ""))?;
        for object in self.arrivals(Receiver::Hub, 0)?.objects {
            write(&hub.join("extracts").join(format!("{}.mlt", name_of(&object))), &object)?;
        }
        let truth = self.truth_json()?;
        let text = serde_json::to_string_pretty(&truth).map_err(|e| Error::invalid(e.to_string()))?;
        write(&out.join("truth.json"), format!("{text}\n").as_bytes())?;
        Ok(json!({
            "out": out.display().to_string(), "devices": folders, "records": self.records(),
            "faults": self.truth.injected.len(), "root": self.log(0)?.id.to_string(),
        }))
    }

    fn folder(&self, path: &Path, config: &Config) -> Result<()> {
        for name in ["keys", "logs", "extracts", "aside", "private"] {
            make(&path.join(name))?;
        }
        let text = toml::to_string(config).map_err(|e| Error::folder(path, e))?;
        write(&path.join("medlot.toml"), text.as_bytes())?;
        write(&path.join("root.mlt"), self.root())
    }

    fn device_folder(&self, path: &Path, device: &Device, log: &SimLog) -> Result<()> {
        let own: Vec<usize> = device.logs().collect();
        let first = self.log(*own.first().ok_or_else(super::world::missing)?)?;
        let config = Config { line: first.id.to_string(), ..Config::new(&log.head.facility, &log.id.to_string()) };
        self.folder(path, &config)?;
        let keep = |object: &[u8]| write(&path.join("extracts").join(format!("{}.mlt", name_of(object))), object);
        for log in &own {
            let log = self.log(*log)?;
            let key = format!("{}:{}\n", log.head.suite.number(), hex(&log.seed));
            let file = path.join("keys").join(format!("{}.key", log.id));
            write(&file, key.as_bytes())?;
            private(&path.join("keys"), &file)?;
            write(&path.join("logs").join(format!("{}.mlog", log.id)), &log.file()?)?;
            keep(&self.enrolments(log)?)?;
        }
        for object in self.received(Receiver::Facility(&log.head.facility), &own)? {
            keep(&object)?;
        }
        Ok(())
    }

    /// The enrolments that lead to a log, each a piece of its own: what the device accepted.
    fn enrolments(&self, log: &SimLog) -> Result<Vec<u8>> {
        let mut object = header(ObjectType::Bundle).to_vec();
        let (province, index) = self.enrolled_by(log)?;
        let (root, above) = self.enrolled_by(province)?;
        // A next root's key is nobody's enrolment: its first piece says it.
        let next = (root.id != self.log(0)?.id).then(|| root.object(0, 1)).transpose()?;
        object.extend(next.iter().flatten().skip(object.len()));
        for (of, index) in [(root, above), (province, index)] {
            let body = of.body(index, index + 1)?;
            let own = Element::OwnId { log: of.id.log_id(), suite: of.head.suite.number(), body: &body };
            let element = if of.id == root.id { own } else { Element::Under { body: &body } };
            let mut out = vec![0; body.len() + 128];
            let length = write_element(&element, &mut out)?;
            object.extend(out.iter().take(length));
        }
        Ok(object)
    }

    /// The log that enrols a log, and at which index.
    fn enrolled_by(&self, log: &SimLog) -> Result<(&SimLog, u32)> {
        let authority = self.world.authorities.iter().find(|authority| authority.line == log.head.parent);
        let logs = authority.into_iter().flat_map(|authority| &authority.logs).filter_map(|at| self.log(*at).ok());
        let enrols = |bytes: &Vec<u8>| {
            matches!(Record::decode(bytes).map(|r| r.entry), Ok(Entry::Enrol(enrol))
                if enrol.key.key == log.head.key && enrol.facility.as_str() == log.head.facility)
        };
        let mut found = logs.filter_map(|of| Some((of, of.records.iter().position(enrols)?)));
        let (of, index) = found.next_back().ok_or_else(super::world::missing)?;
        Ok((of, index as u32))
    }
}

#[cfg(unix)]
fn private(folder: &Path, key: &Path) -> Result<()> {
    use std::os::unix::fs::PermissionsExt;
    for (path, mode) in [(folder, 0o700), (key, 0o600)] {
        fs::set_permissions(path, fs::Permissions::from_mode(mode)).map_err(|e| Error::file(path, &e))?;
    }
    Ok(())
}

#[cfg(not(unix))]
fn private(_: &Path, _: &Path) -> Result<()> {
    Ok(()) // the user's own profile protects it there
}
