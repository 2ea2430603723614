//! Becoming somebody: a seed, an invitation, a request, an enrolment.

use crate::base::{Handheld, Identity, MAX_IDENTITY, key_of, public_of};
use crate::object::{Work, piece};
use crate::out::{Out, Say};
use crate::refusal::Refusal;
use crate::settings::Kind;
use crate::stock::Memory;
use embedded_storage::nor_flash::NorFlash;
use medlot_core::crypto::Suite;
use medlot_core::ident::FacilityCode;
use medlot_core::log::LogHead;
use medlot_core::record::{Element, Entry, Introduce, ObjectType, header, write_element};
use medlot_core::trust::{FactKind, FixedShelf, Invitation, Shelf, elements};

impl<L: NorFlash + Clone, S: NorFlash, M: Memory> Handheld<L, S, M> {
    /// Takes an invitation: verifies its way from its root, keeps who this device is from now on, and begins its log.
    ///
    /// Cut off in between, the same invitation goes on where it stopped.
    #[inline(never)]
    pub(crate) fn join(&mut self, work: &mut Work<'_>, out: &mut dyn Out) -> Result<(), Refusal> {
        self.time()?;
        let roles = {
            let invitation = Invitation::parse(work.object())?;
            if self.settings.find(Kind::Identity)?.is_none() {
                self.become_somebody(&invitation)?;
            }
            invitation.roles
        };
        self.begin(work)?;
        if self.log_mut()?.tip().count() == 0 {
            self.append(Entry::Introduce(Introduce { roles, label: None, extensions: None }))?;
        }
        self.request(work.all(), out)
    }

    /// Begins the log of who this device is, which the invitation must be for, where there is none.
    #[inline(never)] // what it reads must not stand under what follows
    fn begin(&mut self, work: &Work<'_>) -> Result<(), Refusal> {
        let mut room = [0; MAX_IDENTITY];
        let (identity, _) = self.identity(&mut room)?;
        let again = Invitation::parse(work.object())?;
        if identity.parent != again.parent || identity.facility != again.facility {
            return Err(Refusal::own("joined_elsewhere"));
        }
        if self.log.is_some() {
            return Ok(());
        }
        let public = public_of(&key_of(identity.seed)?)?;
        let (parent, facility) = (identity.parent, identity.facility);
        self.begin_log(&LogHead { parent, suite: Suite::Ed25519, key: &public, facility })
    }

    #[inline(never)] // its shelf must not stand under what follows
    fn become_somebody(&mut self, invitation: &Invitation<'_>) -> Result<(), Refusal> {
        let facility = FacilityCode::parse(invitation.facility)?;
        let mut shelf = FixedShelf::<4, 4>::new(&invitation.anchor);
        elements(&invitation.anchor, invitation.path, &mut shelf)?;
        let invites = |kind: &FactKind<'_>| matches!(kind, FactKind::Enrol { line, .. } if *line == invitation.parent);
        let known = shelf.with_facts(|facts| facts.iter().any(|fact| invites(&fact.kind)))?
            || invitation.parent == invitation.anchor.id();
        if !known {
            return Err(Refusal::own("invitation_without_path"));
        }
        let seed = self.seed.ok_or(Refusal::own("seed_missing"))?;
        key_of(&seed)?;
        let (anchor, mut root) = (invitation.anchor.log(), [0; 256]);
        let front = header(ObjectType::Root);
        let body = invitation.anchor.authentic().body();
        let element = Element::Keyed { suite: anchor.suite.number(), key: anchor.key, body };
        let (head, rest) = root.split_at_mut(front.len());
        head.copy_from_slice(&front);
        let length = front.len() + write_element(&element, rest)?;
        let root = root.get(..length).unwrap_or_default();
        let identity = Identity { seed: &seed, parent: invitation.parent, facility: facility.as_str(), root };
        let page = identity.write();
        self.settings.keep(Kind::Identity, &page.ok_or(Refusal::own("object_too_long"))?)?;
        self.seed = None;
        Ok(())
    }

    /// Prints the request to be enrolled: record 0 under a seal of its own.
    #[inline(never)]
    pub(crate) fn request(&mut self, work: &mut [u8], out: &mut dyn Out) -> Result<(), Refusal> {
        let log = self.log_mut()?;
        // The first seal vouches for record 0 alone, so a request can be made again only until the second record.
        if log.tip().count() != 1 {
            return Err(Refusal::own("request_made"));
        }
        let seal = self.sealed()?;
        let mut room = [0; MAX_IDENTITY];
        let (identity, _) = self.identity(&mut room)?;
        let public = public_of(&key_of(identity.seed)?)?;
        let (body, object) = work.split_at_mut_checked(512).ok_or(Refusal::own("buffer_full"))?;
        let length = piece(self.log_mut()?, 0, 1, &seal, body)?;
        let body = body.get(..length).unwrap_or_default();
        let mut at = 0;
        let facility = [u8::try_from(identity.facility.len()).unwrap_or(0)];
        for part in [&header(ObjectType::Request)[..], &identity.parent.0, &facility, identity.facility.as_bytes()] {
            let room = object.get_mut(at..at + part.len()).ok_or(Refusal::own("buffer_full"))?;
            room.copy_from_slice(part);
            at += part.len();
        }
        let element = Element::Keyed { suite: Suite::Ed25519.number(), key: &public, body };
        at += write_element(&element, object.get_mut(at..).unwrap_or_default())?;
        let mut say = Say(out);
        say.text("request").object(object.get(..at).unwrap_or_default()).end();
        Ok(())
    }
}
