//! Becoming somebody: a seed, an invitation, a request, an enrolment.

use crate::base::{Handheld, Identity, Own};
use crate::object::{Work, piece};
use crate::out::{Out, Say};
use crate::refusal::Refusal;
use crate::settings::Kind;
use crate::stock::Memory;
use embedded_storage::nor_flash::NorFlash;
use medlot_core::crypto::{SoftwareKey, Suite};
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
        let (identity, again) = (self.identity()?, Invitation::parse(work.object())?);
        if identity.parent != again.parent || identity.facility.as_str() != again.facility {
            return Err(Refusal::own("joined_elsewhere"));
        }
        if self.log.is_none() {
            let own = Own::of(&identity.key()?, &identity.parent, &identity.facility)?;
            let (parent, facility) = (identity.parent, identity.facility.as_str());
            self.begin_log(&LogHead { parent, suite: Suite::Ed25519, key: &own.public, facility })?;
        }
        if self.log_mut()?.tip().count() == 0 {
            self.append(Entry::Introduce(Introduce { roles, label: None, extensions: None }))?;
        }
        self.request(work.all(), out)
    }

    #[inline(never)] // its shelf must not stand under what follows
    fn become_somebody(&mut self, invitation: &Invitation<'_>) -> Result<(), Refusal> {
        let facility = FacilityCode::parse(invitation.facility)?;
        let mut shelf = FixedShelf::<4, 4>::new(&invitation.anchor);
        elements(&invitation.anchor, invitation.path, &mut shelf)?;
        let invites = |kind: &FactKind<'_>| matches!(kind, FactKind::Enrol { line, .. } if *line == invitation.parent);
        let known = invitation.parent == invitation.anchor.id() || shelf.facts().iter().any(|f| invites(&f.kind));
        if !known {
            return Err(Refusal::own("invitation_without_path"));
        }
        let seed = self.seed.ok_or(Refusal::own("seed_missing"))?;
        SoftwareKey::from_seed(Suite::Ed25519, &seed)?;
        let (anchor, mut root) = (invitation.anchor.log(), [0; 256]);
        let front = header(ObjectType::Root);
        let body = invitation.anchor.authentic().body();
        let element = Element::Keyed { suite: anchor.suite.number(), key: anchor.key, body };
        let (head, rest) = root.split_at_mut(front.len());
        head.copy_from_slice(&front);
        let length = front.len() + write_element(&element, rest)?;
        let root = root.get(..length).unwrap_or_default();
        let page = Identity::write(&seed, &invitation.parent, facility.as_str(), root);
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
        let (seal, identity) = (self.sealed()?, self.identity()?);
        let own = Own::of(&identity.key()?, &identity.parent, &identity.facility)?;
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
        let element = Element::Keyed { suite: Suite::Ed25519.number(), key: &own.public, body };
        at += write_element(&element, object.get_mut(at..).unwrap_or_default())?;
        let mut say = Say(out);
        say.text("request").object(object.get(..at).unwrap_or_default()).end();
        Ok(())
    }
}
