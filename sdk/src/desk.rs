//! An open folder with its own log: append, seal, and make bundles of it.
mod renewal;

pub use renewal::Begun;

use crate::account::Account;
use crate::error::{Error, Kind, Result};
use crate::evidence::{Evidence, Library, body_of};
use crate::folder::{Config, Folder, Location, LogFile, LogHead, OwnKey, ReadOnly, hex, random};
use medlot_core::crypto::{Hash, SoftwareKey, Suite, check_key};
use medlot_core::ident::FacilityCode;
use medlot_core::limits::MAX_RECORD_BYTES;
use medlot_core::record::{Entry, Introduce, LogKey, ObjectType, Record, Roles, TipError, header, write_element};
use medlot_core::time::Timestamp;
use medlot_core::trust::{Counts, FactKind, Invitation};
use serde_json::{Value, json};

/// A device or an authority at work.
#[derive(Debug)]
pub struct Desk {
    folder: Folder,
    log: LogFile,
    /// None where the log takes no further record: a backup holds no keys.
    key: Option<OwnKey>,
    now: Timestamp,
    /// Worked out when it was asked for first.
    account: Option<Box<Account>>,
}

/// One record's bytes.
///
/// # Errors
/// A rule broken, a value over its limit.
pub fn encode(now: Timestamp, entry: Entry<'_>) -> Result<Vec<u8>> {
    encode_later(now, None, entry)
}

/// One record's bytes; `took_place` is when it took place, where that is written down later.
pub(crate) fn encode_later(now: Timestamp, took_place: Option<Timestamp>, entry: Entry<'_>) -> Result<Vec<u8>> {
    let mut out = [0; MAX_RECORD_BYTES];
    let effective = took_place.map(|at| now.as_secs().saturating_sub(at.as_secs()));
    let length = Record { effective, ..Record::new(now, entry) }.encode(&mut out)?;
    Ok(out.iter().copied().take(length).collect())
}

impl Desk {
    /// Opens a folder; `now` is written into records. A log that takes no further record can still be read.
    ///
    /// # Errors
    /// No such folder, a damaged log, a key that isn't here.
    pub fn open(at: impl Into<Location>, now: Timestamp) -> Result<Self> {
        let folder = Folder::open(at)?;
        let id = folder.log()?;
        let log = folder.open_log(&folder.log_path(&id))?;
        let key = folder.check_writable().is_ok().then(|| folder.own_key(&id.to_string())).transpose()?;
        let mut desk = Self { folder, log, key, now, account: None };
        if desk.key.is_some() {
            desk.write_waiting()?;
        }
        Ok(desk)
    }

    /// Begins a folder: a key, its log with record 0, and for all but a root the request to be enrolled.
    fn begin(
        at: Location,
        root: &[u8],
        head: LogHead,
        first: &[u8],
        seed: Option<&[u8; 32]>,
        now: Timestamp,
    ) -> Result<Self> {
        let id = head.id()?;
        let config = Config::new(&head.facility, &id.to_string());
        // What can't go on gets a new key beside what it holds: records and stock stay.
        let held = at.medium.has(&at.path.join("medlot.toml")).then(|| Folder::open(at.clone())).transpose()?;
        let folder = match held.filter(|folder| folder.check_writable().is_err()) {
            Some(folder) if folder.root()? == root => folder,
            Some(_) => return Err(Error::refused("the invitation is of another root than this folder's")),
            None => Folder::create(at, config, root)?,
        };
        let name = id.to_string();
        match seed {
            Some(seed) => folder.save_key(&name, head.suite, seed)?,
            None => folder.save_outside_key(&name, head.suite)?,
        }
        let key = folder.own_key(&name)?;
        let facility = head.facility.clone();
        let log = folder.create_log(head)?;
        let mut desk = Self { folder, log, key: Some(key), now, account: None };
        desk.append_here(&[first.to_vec()])?;
        desk.seal_if_here()?;
        if desk.folder.check_writable().is_err() {
            desk.folder.begin_again(&id, &facility)?;
        }
        Ok(desk)
    }

    /// Begins a root's folder. `first` is its record 0.
    ///
    /// # Errors
    /// A folder that is in use.
    pub(crate) fn begin_root(
        at: Location,
        suite: Suite,
        seed: &[u8; 32],
        first: &[u8],
        now: Timestamp,
    ) -> Result<Self> {
        let key = public_key(suite, seed)?;
        let head = LogHead {
            parent: medlot_core::crypto::root_parent(first),
            suite,
            key: key.clone(),
            facility: String::new(),
        };
        // The anchor is the sealed record: its log must be there first, so the anchor is written over an empty one.
        let desk = Self::begin(at, &[], head, first, Some(seed), now)?;
        let body = desk.piece(0, 1)?;
        desk.folder.save_root(&keyed(ObjectType::Root, &[], suite, &key, &body)?)?;
        Ok(desk)
    }

    /// Begins a device's or an authority's folder from its parent's invitation; gives the request to be enrolled.
    ///
    /// # Errors
    /// An invitation that isn't one, or whose path doesn't verify; a facility that isn't named.
    pub fn join(
        at: impl Into<Location>,
        invitation: &[u8],
        plan: &JoinPlan,
        now: Timestamp,
    ) -> Result<(Self, Vec<u8>)> {
        let given = Invitation::parse(invitation)?;
        let facility = match (plan.facility.as_deref(), given.facility) {
            (Some(own), "") => own,
            (None, "") => return Err(Error::argument("facility: the invitation names none; give --facility")),
            (Some(own), proposed) if own != proposed => {
                let text = format!("facility: the invitation is for {proposed}, not for {own}: ask for another");
                return Err(Error::refused(text));
            }
            (_, proposed) => proposed,
        };
        FacilityCode::parse(facility)?;
        // The path must lead from the root to the line that invites.
        let root = root_object(&given)?;
        let library = Library::of_root(root.clone());
        let mut evidence = Evidence::of(&library)?;
        evidence.add_elements(given.path)?;
        let known = given.parent == given.anchor.id()
            || evidence
                .all_facts()
                .iter()
                .any(|f| matches!(f.kind, FactKind::Enrol { line, .. } if line == given.parent));
        if !known {
            return Err(Error::unknown("the invitation doesn't show how its authority is enrolled: ask for a new one"));
        }
        let (seed, key) = match &plan.outside_key {
            Some(key) => {
                check_key(plan.suite, key)
                    .map_err(|e| Error::argument(format!("public_key: {} bytes: {e}", key.len())))?;
                (None, key.clone())
            }
            None => {
                let seed = random()?;
                (Some(seed), public_key(plan.suite, &seed)?)
            }
        };
        let head = LogHead { parent: given.parent, suite: plan.suite, key, facility: facility.to_owned() };
        let roles = plan.roles.unwrap_or(given.roles);
        let first = introduce(now, roles, plan.label.as_deref())?;
        let desk = Self::begin(at.into(), &root, head, &first, seed.as_ref(), now)?;
        if !given.path.is_empty() {
            let mut bundle = header(ObjectType::Bundle).to_vec();
            bundle.extend(given.path);
            desk.folder.keep(&bundle)?;
        }
        // Where the key is kept outside, the request waits for its signature.
        let request = if desk.log.seals().is_empty() { Vec::new() } else { desk.request()? };
        Ok((desk, request))
    }

    /// The request to be enrolled.
    ///
    /// # Errors
    /// The first record isn't sealed yet.
    pub fn request(&self) -> Result<Vec<u8>> {
        request(&self.log)
    }

    /// Goes on with a root's next log.
    pub(crate) fn go_on_as(mut self, head: LogHead, key_name: &str, first: &[u8]) -> Result<Self> {
        let id = head.id()?;
        self.folder.rename_key(key_name, &id.to_string())?;
        self.key = Some(self.folder.own_key(&id.to_string())?);
        self.log = self.folder.create_log(head)?;
        self.append_and_seal(&[first.to_vec()])?;
        self.folder.switch_log(&id)?;
        Ok(self)
    }

    /// Appends records together, durable when this returns; seals first where a seal is due. Gives the first's index.
    ///
    /// # Errors
    /// A record that is too long; a disk that is full.
    pub fn append(&mut self, records: &[Vec<u8>]) -> Result<u32> {
        self.folder.check_writable()?;
        if self.waiting()?.is_some() {
            return Err(Error::signature_due());
        }
        self.append_here(records)
    }

    fn append_here(&mut self, records: &[Vec<u8>]) -> Result<u32> {
        // A record that reaches before its log would count no everywhere, and nobody here would learn it.
        for (index, record) in (self.log.tip().count()..).zip(records) {
            Record::decode(record)?.check_place(index)?;
        }
        let due = Error::from(TipError::SealDue);
        match self.log.append(records) {
            Err(e) if e == due => {
                self.seal_here()?;
                self.log.append(records)
            }
            other => other,
        }
    }
    /// Appends one entry; gives its index.
    ///
    /// # Errors
    /// As [`Desk::append`], or a rule broken.
    pub fn write(&mut self, entry: Entry<'_>) -> Result<u32> {
        self.append(&[encode(self.now, entry)?])
    }
    /// Writes one record of what took place before; gives its index.
    ///
    /// # Errors
    /// As [`Self::write`].
    pub fn write_later(&mut self, took_place: Option<Timestamp>, entry: Entry<'_>) -> Result<u32> {
        self.append(&[encode_later(self.now, took_place, entry)?])
    }
    /// Seals what stands; gives the count and head under the seal.
    ///
    /// # Errors
    /// A log without a record; a disk that is full.
    pub fn seal(&mut self) -> Result<(u32, Hash)> {
        self.folder.check_writable()?;
        self.seal_here()
    }

    /// The first record of a log that is begun: in a folder whose log before takes no further one, too.
    fn append_and_seal(&mut self, records: &[Vec<u8>]) -> Result<()> {
        self.append_here(records)?;
        self.seal_here().map(drop)
    }

    fn seal_here(&mut self) -> Result<(u32, Hash)> {
        let seal = match self.key.as_ref().ok_or_else(|| Error::refused("the own log's key isn't here"))? {
            OwnKey::Here(key) => self.log.seal(|message| key.sign(message))?,
            OwnKey::Outside if self.log.tip().unsealed() > 0 => return Err(Error::signature_due()),
            OwnKey::Outside => *self.log.seals().last().ok_or_else(Error::signature_due)?,
        };
        Ok((seal.count, seal.head))
    }

    /// Seals what stands where the key is here; gives the count under the seal. `None` where the key is kept outside and
    /// something stands unsealed.
    ///
    /// # Errors
    /// As [`Desk::seal`].
    pub fn seal_if_here(&mut self) -> Result<Option<u32>> {
        match self.seal_here() {
            Err(e) if e.code == Error::signature_due().code => Ok(None),
            sealed => sealed.map(|(count, _)| Some(count)),
        }
    }

    /// What a key store outside is to sign, and up to which count it holds; `None` where nothing stands unsealed. The mark
    /// of it must be durable before it is signed.
    ///
    /// # Errors
    /// The own log takes no further record; a disk that is full.
    pub fn prepare_seal(&mut self) -> Result<Option<(u32, [u8; 84])>> {
        self.folder.check_writable()?;
        if self.log.tip().unsealed() == 0 {
            return Ok(None);
        }
        let offer = self.log.offer()?;
        Ok(Some((offer.mark().count, offer.durable())))
    }

    /// Takes the signature of what was prepared up to this count, and writes what waited for it.
    ///
    /// # Errors
    /// Never prepared; a signature that doesn't hold; a disk that is full.
    pub fn attach_seal(&mut self, count: u32, signature: &[u8; 64]) -> Result<()> {
        self.folder.check_writable()?;
        self.log.attach(count, signature)?;
        self.write_waiting()
    }

    /// Writes what waited for a seal that came. What of it stands in the log already, because the power failed on the way,
    /// isn't written again: nothing else is appended while something waits.
    fn write_waiting(&mut self) -> Result<()> {
        let Some(waiting) = self.waiting()? else { return Ok(()) };
        let sealed = self.log.tip().count() - self.log.tip().unsealed();
        let written = self.log.tip().unsealed() as usize;
        let Some((done, mut rest)) = waiting.split_at_checked(written) else { return Ok(()) };
        if !self.log.records().iter_from(sealed).eq(done) {
            return Ok(()); // the batch itself still waits for its seal
        }
        while let Some((record, later)) = rest.split_first() {
            match self.log.append(std::slice::from_ref(record)) {
                Err(e) if e == Error::from(TipError::SealDue) => return self.let_wait(rest),
                written => written?,
            };
            rest = later;
        }
        self.folder.medium().remove(&self.waits_at())
    }

    fn let_wait(&self, records: &[Vec<u8>]) -> Result<()> {
        // A record has at most 4,096 bytes.
        let length = |record: &Vec<u8>| u16::try_from(record.len()).unwrap_or(u16::MAX).to_le_bytes();
        let bytes: Vec<u8> = records.iter().flat_map(|record| [&length(record), record.as_slice()].concat()).collect();
        self.folder.write(&self.waits_at(), &bytes)
    }

    /// Where records stand that are written behind the next seal.
    fn waits_at(&self) -> std::path::PathBuf {
        self.folder.path().join("private").join("behind-seal")
    }

    /// What waits for the next seal, if anything does.
    fn waiting(&self) -> Result<Option<Vec<Vec<u8>>>> {
        let path = self.waits_at();
        if !self.folder.medium().has(&path) {
            return Ok(None);
        }
        let (mut bytes, mut records) = (self.folder.read(&path)?.into_iter(), Vec::new());
        while let (Some(low), Some(high)) = (bytes.next(), bytes.next()) {
            records.push(bytes.by_ref().take(usize::from(u16::from_le_bytes([low, high]))).collect());
        }
        Ok(Some(records))
    }

    /// Appends records behind the seal of what stands: at once where that is sealed, else once its signature comes.
    ///
    /// # Errors
    /// As [`Desk::append`].
    pub(crate) fn append_behind_seal(&mut self, records: &[Vec<u8>]) -> Result<()> {
        if self.log.tip().unsealed() == 0 {
            return records.iter().try_for_each(|record| self.append(std::slice::from_ref(record)).map(drop));
        }
        self.let_wait(records)
    }
    /// A segment of the own log.
    ///
    /// # Errors
    /// No seal at its end.
    pub fn piece(&self, from: u32, to: u32) -> Result<Vec<u8>> {
        body_of(&self.log, from, to)
    }
    /// The own log's key.
    #[must_use]
    pub fn log_key(&self) -> LogKey<'_> {
        let head = self.log.head();
        LogKey { id: self.log.id(), suite: head.suite, key: &head.key }
    }
    /// A bundle that leads from the root to the own log, and ends with one segment for each of its records from `from`
    /// to `to`: an authority seals after every entry.
    ///
    /// # Errors
    /// The own log isn't enrolled here.
    pub fn entries_bundle(&self, from: u32, to: u32) -> Result<Vec<u8>> {
        let library = self.library()?;
        let evidence = Evidence::of(&library)?;
        let mut path = evidence.path_to(&self.log.id())?;
        for index in from..to {
            path.follow(&self.log_key(), &self.piece(index, index + 1)?)?;
        }
        Ok(path.into_bundle())
    }
    /// Everything held.
    ///
    /// # Errors
    /// Files that can't be read.
    pub fn library(&self) -> Result<Library> {
        Library::of_desk(&self.folder, &self.log)
    }

    /// The account of everything held, at this desk's time. It is worked out once and then follows the own log; what comes
    /// from others works it out anew.
    ///
    /// # Errors
    /// As [`Account::of_desk`].
    pub fn account(&mut self) -> Result<&mut Account> {
        let account = match self.followed() {
            Some(account) => account,
            None => Box::new(Account::of_desk(self)?),
        };
        Ok(self.account.insert(account))
    }
    /// What was worked out, gone on with the own log; none where more than that changed.
    fn followed(&mut self) -> Option<Box<Account>> {
        let mut known = self.account.take();
        let follows = known.as_mut().is_some_and(|account| account.follow(self));
        known.filter(|_| follows)
    }
    /// The folder.
    #[must_use]
    pub const fn folder(&self) -> &Folder {
        &self.folder
    }
    /// The own log.
    #[must_use]
    pub const fn log(&self) -> &LogFile {
        &self.log
    }
    /// Lets the own log take no further record.
    ///
    /// # Errors
    /// `medlot.toml` can't be written.
    pub fn make_read_only(&mut self, why: ReadOnly) -> Result<()> {
        self.folder.make_read_only(why)
    }
    /// From now on this is written as the time of records.
    pub fn set_now(&mut self, now: Timestamp) {
        self.now = now;
    }
    /// What is written as the time of records.
    #[must_use]
    pub const fn now(&self) -> Timestamp {
        self.now
    }

    /// Takes objects that others sent: enrolments, cuts, recalls, State lists. Says what each changed; what can't be
    /// taken yet is kept aside with the reason.
    ///
    /// # Errors
    /// Files that can't be written. An object that is refused is said in the answer.
    pub fn accept(&mut self, objects: &[Vec<u8>]) -> Result<Value> {
        let mut taken = Vec::new();
        for object in objects {
            let before = self.library()?;
            let known = Evidence::of(&before)?;
            let mut now_library = self.library()?;
            now_library.objects.push(object.clone());
            let after = Evidence::of(&now_library)?;
            let problem = after.problems().iter().find(|p| p.object + 1 == now_library.objects.len());
            taken.push(match problem {
                Some(problem) => {
                    let error = Error::from(problem.error);
                    // What may be right is retried when more records come; what is wrong is kept to be looked at.
                    if error.kind == Kind::Unknown {
                        self.folder.keep(object)?;
                    } else {
                        self.folder.put_aside(object, &error.message)?;
                    }
                    json!({"taken": false, "error": {"code": error.code, "name": error.name, "message": error.message, "unknown": error.kind == Kind::Unknown}})
                }
                None => {
                    self.folder.keep(object)?;
                    json!({"taken": true, "changes": crate::changes::between(&known, &after)?})
                }
            });
        }
        // Everything is verified once for both questions.
        let library = self.library()?;
        let evidence = Evidence::of(&library)?;
        let closed = self.close_where_outdone(&evidence)?;
        let switched = self.switch_where_enrolled(&evidence)?;
        let mut answer = json!({"objects": taken, "enrolled": self.is_enrolled()?, "log": self.log.id().to_string()});
        if let (Some(error), Some(answer)) = (closed, answer.as_object_mut()) {
            answer.insert("read_only".into(), error.message.into());
        }
        if let (Some(log), Some(answer)) = (switched, answer.as_object_mut()) {
            answer.insert("goes_on_as".into(), log.to_string().into());
        }
        Ok(answer)
    }

    /// Whether an enrolment of the own log counts.
    ///
    /// # Errors
    /// Files that can't be read.
    pub fn is_enrolled(&self) -> Result<bool> {
        self.counts_as_enrolled(&self.log.id())
    }

    /// The same, by the account: it costs nothing while only the own log grows, and what it costs at first the next
    /// question needn't do again.
    ///
    /// # Errors
    /// As [`Desk::is_enrolled`].
    pub(crate) fn is_known_enrolled(&mut self) -> Result<bool> {
        let writes = self.account().is_ok_and(|account| account.may_write());
        if writes { Ok(true) } else { self.is_enrolled() }
    }

    fn counts_as_enrolled(&self, log: &Hash) -> Result<bool> {
        let library = self.library()?;
        let evidence = Evidence::of(&library)?;
        if *log == evidence.anchor().id() {
            return Ok(true);
        }
        let verdicts = evidence.judge(|e| e.verdicts().to_vec())?;
        let mut facts = evidence.all_facts().iter().zip(verdicts);
        Ok(facts.any(|(fact, verdict)| match fact.kind {
            FactKind::Enrol { child, .. } => child == *log && verdict.counts == Counts::Yes,
            FactKind::NextRoot { .. } => fact.at.log == *log && verdict.counts == Counts::Yes,
            _ => false,
        }))
    }
}

/// What a device says of itself when it joins.
#[derive(Debug, Clone)]
pub struct JoinPlan {
    /// Its facility, where the invitation names none.
    pub facility: Option<String>,
    /// The roles asked for; those of the invitation where not given.
    pub roles: Option<Roles>,
    /// What it is called, for the person who enrols it.
    pub label: Option<String>,
    /// The suite of its key.
    pub suite: Suite,
    /// The public key, where a key store outside keeps the private one.
    pub outside_key: Option<Vec<u8>>,
}

/// The public key of a seed.
pub(crate) fn public_key(suite: Suite, seed: &[u8; 32]) -> Result<Vec<u8>> {
    let key = SoftwareKey::from_seed(suite, seed).map_err(|e| Error::refused(e.to_string()))?;
    Ok(key.public_key(&mut [0; 33]).to_vec())
}

fn introduce(now: Timestamp, roles: Roles, label: Option<&str>) -> Result<Vec<u8>> {
    encode(now, Entry::Introduce(Introduce { roles, label, extensions: None }))
}

/// An object of some bytes and one keyed element.
pub(crate) fn keyed(kind: ObjectType, front: &[u8], suite: Suite, key: &[u8], body: &[u8]) -> Result<Vec<u8>> {
    let mut object = header(kind).to_vec();
    object.extend(front);
    let mut out = vec![0; body.len() + key.len() + 32];
    let element = medlot_core::record::Element::Keyed { suite: suite.number(), key, body };
    let length = write_element(&element, &mut out)?;
    object.extend(out.iter().take(length));
    Ok(object)
}

fn request(log: &LogFile) -> Result<Vec<u8>> {
    let head = log.head();
    let mut front = head.parent.0.to_vec();
    front.push(u8::try_from(head.facility.len()).unwrap_or(u8::MAX)); // ≤ 20: one byte of varint
    front.extend(head.facility.as_bytes());
    keyed(ObjectType::Request, &front, head.suite, &head.key, &body_of(log, 0, 1)?)
}

/// The root object of an invitation's anchor.
fn root_object(invitation: &Invitation<'_>) -> Result<Vec<u8>> {
    let log = invitation.anchor.log();
    keyed(ObjectType::Root, &[], log.suite, log.key, invitation.anchor.authentic().body())
}

/// A log's id for people and programs.
#[must_use]
pub fn log_json(log: &LogFile) -> Value {
    let head = log.head();
    json!({
        "log": log.id().to_string(), "suite": head.suite.number(), "key": hex(&head.key), "facility": head.facility,
        "records": log.tip().count(), "unsealed": log.tip().unsealed(),
    })
}
