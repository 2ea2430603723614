//! The holdings as a session asks for them.
use super::holdings::{Holdings, Keeper, bundle_of};
use medlot_core::record::ObjectType;
use medlot_core::sync::{Archive, Offer, Opened, Peer, Piece, PieceForm, Point, SyncError, Taken};

impl<K: Keeper> Archive for Holdings<K> {
    fn offer(&mut self, peer: &Peer, nth: u32) -> std::result::Result<Option<Offer>, SyncError> {
        let own = self.own.map(|own| own.log16());
        let is_own = |offer: &Offer| own.is_some() && offer.log() == own;
        if self.offers.is_none() {
            let mut offers = self.list(peer);
            if self.own_held {
                offers.retain(|offer| !is_own(offer));
                self.own_late = true;
            }
            self.offers = Some(offers);
        }
        if self.own_late && !self.own_held {
            self.own_late = false;
            let late: Vec<Offer> = self.list(peer).into_iter().filter(is_own).collect();
            self.offers.get_or_insert_default().extend(late);
        }
        Ok(self.offers.as_ref().and_then(|offers| offers.get(nth as usize)).copied())
    }

    fn own(&mut self) -> std::result::Result<Option<Offer>, SyncError> {
        Ok(self.own.map(|own| {
            let (count, head) = self.logs.get(&own.log16()).map_or((0, own), |held| held.tip(own));
            let beyond = u32::try_from(self.own_tail.len().saturating_sub(1)).unwrap_or(0);
            let head = self.own_tail.last().copied().unwrap_or(head);
            Offer::Whole { log: own.log16(), end: count + beyond, head: head.log16() }
        }))
    }

    fn on_chain(&mut self, offer: &Offer, point: &Point) -> std::result::Result<bool, SyncError> {
        let Some(log) = offer.log() else { return Ok(false) };
        let (Some(known), Some(held)) = (self.keys.get(&log), self.logs.get(&log)) else { return Ok(false) };
        let key = known.key();
        let value = match offer {
            Offer::Range { index, end, head, .. } => match held.extra(*index, *end, head) {
                Some(seg) => seg.value(&key, point.count),
                None => held.value(&key, point.count),
            },
            _ => {
                let (sealed, _) = held.tip(known.id);
                match point.count.checked_sub(sealed) {
                    Some(beyond) if beyond > 0 => self.own_tail.get(beyond as usize).copied(),
                    _ => held.value(&key, point.count),
                }
            }
        };
        Ok(value.is_some_and(|value| value.log_id() == point.head))
    }

    fn wants(&mut self, _: &Peer, offer: &Offer) -> std::result::Result<bool, SyncError> {
        let Some(log) = offer.log() else {
            let Offer::Object { kind, id, .. } = offer else { return Ok(false) };
            let known = matches!(kind, ObjectType::StateList | ObjectType::ForkProof);
            return Ok(known && !self.objects.contains_key(id));
        };
        let head = offer.tip().map(|_| match offer {
            Offer::Whole { head, .. } | Offer::Range { head, .. } => *head,
            Offer::Object { id, .. } => *id,
        });
        let wanted = match self.keys.get(&log) {
            Some(known) => {
                let has = self
                    .logs
                    .get(&log)
                    .zip(head)
                    .is_some_and(|(held, head)| held.has(&known.key(), offer.index(), offer.end(), &head));
                // A batch is offered only where it concerns somebody that is asked for.
                let kept = self.keeps_whole(known) || matches!(offer, Offer::Range { .. });
                !has && kept
            }
            // Nobody enrolled it here yet: it is taken once, and waits.
            None => log.first_chunk().is_none_or(|id| !self.keeper.waits(id)),
        };
        if wanted {
            self.wanted.insert(log);
        }
        Ok(wanted)
    }

    fn held(&mut self, offer: &Offer, nth: u32) -> std::result::Result<Option<Point>, SyncError> {
        let (Some(log), Offer::Whole { .. }) = (offer.log(), offer) else { return Ok(None) };
        if self.points.as_ref().is_none_or(|(of, _)| *of != log) {
            let held = self.keys.get(&log).zip(self.logs.get(&log));
            let points = held.map(|(known, held)| held.points(&known.key())).unwrap_or_default();
            self.points = Some((log, points));
        }
        Ok(self.points.as_ref().and_then(|(_, points)| points.get(nth as usize)).copied())
    }

    fn open(&mut self, offer: &Offer, from: u32, longest: u32) -> std::result::Result<Opened, SyncError> {
        if let Offer::Object { id, .. } = offer {
            let Some(object) = self.objects.get(id) else { return Ok(Opened::Nothing) };
            self.opened.clone_from(&object.bytes);
            let length = u32::try_from(self.opened.len()).unwrap_or(u32::MAX);
            let form = PieceForm::Object;
            return Ok(if length > longest { Opened::TooLong } else { Opened::Piece { form, end: 1, length } });
        }
        let log = offer.log().unwrap_or_default();
        let (Some(known), Some(held)) = (self.keys.get(&log), self.logs.get(&log)) else { return Ok(Opened::Nothing) };
        let on_main = || held.main_at(offer.end().saturating_sub(1)).filter(|seg| seg.end == offer.end());
        let seg = match offer {
            Offer::Range { index, end, head, .. } => held.extra(*index, *end, head).or_else(on_main),
            _ => held.main_at(from),
        };
        let Some(seg) = seg else { return Ok(Opened::Nothing) };
        // A batch begins where what concerns the peer does; a whole log's piece goes as it is.
        let cut = match offer {
            Offer::Range { index, .. } if *index > seg.index => seg.cut(&known.key(), *index),
            _ => None,
        };
        let body: &[u8] = cut.as_deref().unwrap_or(&seg.body);
        let suite = known.head.suite.number();
        self.opened.clear();
        let form = if known.next_root && seg.index == 0 {
            self.opened.push(suite);
            // Keys of the suites that are built are shorter than 128 bytes: their length is one byte.
            self.opened.push(u8::try_from(known.head.key.len()).unwrap_or(0));
            self.opened.extend(&known.head.key);
            PieceForm::Keyed
        } else {
            self.opened.extend(known.id.log_id());
            self.opened.push(suite);
            PieceForm::OwnId
        };
        self.opened.extend(body);
        let (end, length) = (seg.end, u32::try_from(self.opened.len()).unwrap_or(u32::MAX));
        Ok(if length > longest { Opened::TooLong } else { Opened::Piece { form, end, length } })
    }

    fn read(&mut self, at: u32, out: &mut [u8]) -> std::result::Result<(), SyncError> {
        let at = at as usize;
        let bytes = at.checked_add(out.len()).and_then(|end| self.opened.get(at..end)).ok_or(SyncError::Storage)?;
        out.copy_from_slice(bytes);
        Ok(())
    }

    fn take(&mut self, _: &Peer, piece: &Piece<'_>) -> std::result::Result<Taken, SyncError> {
        match piece {
            Piece::Object(object) => self.take_object(object),
            Piece::Segment { element, .. } => {
                let bundle = bundle_of(element);
                let bundle = self.failed(bundle)?;
                self.take_segment(element, &bundle)
            }
        }
    }
}
