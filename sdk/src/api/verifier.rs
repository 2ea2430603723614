//! Verifying what others sent, with nothing but the trust anchor; and what follows from what was kept.
use super::asking;
use super::{Answer, Failure, Js, Verdict, give};
use crate::account::Account;
use crate::evidence::{Evidence, Library};
use crate::verify::{Question, verify_with};
use medlot_core::time::Timestamp;
use medlot_core::trust::Anchor;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// Verifies bundles under one trust anchor, without a network, a device or a key; answers for every facility of which
/// something is kept. It is what a national system, an inspector or a page that only looks begins with.
#[derive(Debug)]
#[cfg_attr(feature = "uniffi", derive(uniffi::Object))]
#[cfg_attr(all(feature = "wasm", target_arch = "wasm32"), wasm_bindgen::prelude::wasm_bindgen)]
pub struct Verifier {
    inner: Mutex<Inner>,
}

#[derive(Debug)]
struct Inner {
    library: Library,
    /// Worked out from what is kept; none since something more was kept.
    account: Option<Box<Account>>,
}

impl Verifier {
    fn inner(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Inner {
    fn account(&mut self, now: i64) -> Answer<&mut Account> {
        let now = moment(now)?;
        let mut known = self.account.take();
        let looks = known.as_mut().is_some_and(|account| account.look_at(now));
        let account = match known.filter(|_| looks) {
            Some(account) => account,
            None => Box::new(Account::of_nobody(&Evidence::of(&self.library)?, now)?),
        };
        Ok(self.account.insert(account))
    }
}

#[cfg_attr(feature = "uniffi", uniffi::export)]
#[cfg_attr(all(feature = "wasm", target_arch = "wasm32"), wasm_bindgen::prelude::wasm_bindgen)]
impl Verifier {
    /// Begins with the trust anchor: the bytes of a root object.
    ///
    /// # Errors
    /// Bytes that are no trust anchor.
    #[cfg_attr(feature = "uniffi", uniffi::constructor)]
    #[cfg_attr(all(feature = "wasm", target_arch = "wasm32"), wasm_bindgen::prelude::wasm_bindgen(constructor))]
    pub fn new(anchor: Vec<u8>) -> Answer<Self> {
        Anchor::parse(&anchor).map_err(crate::error::Error::from)?;
        Ok(Self { inner: Mutex::new(Inner { library: Library::of_root(anchor), account: None }) })
    }

    /// Keeps what is known: news of authorities, State lists, what facilities hand in. Gives how many objects are kept. The
    /// same bytes twice are kept once. What doesn't verify is kept too, adds nothing, and may come to count with the next.
    ///
    /// # Errors
    /// Bytes that are none of medlot's objects.
    pub fn keep(&self, object: Vec<u8>) -> Answer<u32> {
        medlot_core::record::read_header(&object).map_err(crate::error::Error::from)?;
        let mut inner = self.inner();
        if !inner.library.objects.contains(&object) {
            inner.library.objects.push(object);
            inner.account = None;
        }
        Ok(u32::try_from(inner.library.objects.len()).unwrap_or(u32::MAX))
    }

    /// Verifies an object with what is kept; it isn't kept itself. `now` in seconds since 1970, none where no clock is
    /// set; `facility`: the own one, what is addressed to another is said.
    ///
    /// # Errors
    /// 4001: `now` is before 2020 or behind 2156. What is wrong with the object is the answer.
    pub fn verify(&self, object: Vec<u8>, now: Option<i64>, facility: Option<String>) -> Answer<Js<Verdict>> {
        let now = now.map(moment).transpose()?;
        give(judged(&mut self.inner().library, object, Question { now, max_age_days: None, facility })?)
    }
}

asking::answers!(Verifier);

/// Judges an object with what a library holds, which stays as it is.
pub(super) fn judged(library: &mut Library, object: Vec<u8>, question: Question) -> Answer<Verdict> {
    library.objects.push(object);
    let object = library.objects.last().map_or(&[][..], Vec::as_slice);
    let answer = Evidence::of(library).and_then(|evidence| verify_with(&evidence, object, &question));
    library.objects.pop();
    serde_json::from_value(answer?.json).map_err(|e| Failure::argument(&e.to_string()))
}

/// An instant from seconds since 1970.
pub(super) fn moment(seconds: i64) -> Answer<Timestamp> {
    Timestamp::from_unix(seconds).ok_or_else(|| {
        Failure::argument(&format!("now: {seconds} isn't an instant of 2020 to 2156, in seconds since 1970"))
    })
}
