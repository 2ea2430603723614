//! What a session did, as JSON.
use super::holdings::{Aside, News};
use crate::error::Kind;
use crate::folder::hex;
use medlot_core::crypto::Hash;
use medlot_core::sync::{Standing, Totals};
use serde_json::{Value, json};

/// What a session did.
#[derive(Debug, Clone)]
pub struct Report {
    /// Whether both sides gave all that they had to give.
    pub done: bool,
    /// The peer's facilities, own first; `None` before it said hello, empty where it keeps everything.
    pub peer: Option<Vec<String>>,
    /// First 16 bytes of the h₀ of the log that the peer writes.
    pub peer_log: Option<[u8; 16]>,
    /// What went over.
    pub totals: Totals,
    /// What was set aside here, with its reason.
    pub aside: Vec<Aside>,
    /// Things set aside before that could be taken now.
    pub retried: u32,
    /// Logs found to have two histories.
    pub forks: Vec<Hash>,
    /// What was noted in the own log; with the peer's clock minus the own for the peer's own log.
    pub observed: Vec<(News, Option<i64>)>,
    /// The own log, and how many of its records the peer holds.
    pub own: Option<(Hash, u32)>,
    /// Records of the own log that no seal covers, here or there: where it is closed, nobody else ever gets them.
    pub unsealed: usize,
    /// Whether the own log stands here as the peer holds it. Where it doesn't, it is closed for appending.
    pub standing: Standing,
}

impl Report {
    /// The command's exit code: 0; 2 something was set aside, or the session was cut; 4 the own log is closed.
    #[must_use]
    pub fn exit_code(&self) -> u8 {
        if self.standing != Standing::AsHere {
            return 4;
        }
        if self.done && self.aside.is_empty() { 0 } else { 2 }
    }

    /// As `spec/json/sync.schema.json` says.
    #[must_use]
    pub fn json(&self) -> Value {
        let pieces = |(pieces, bytes): (u32, u64)| json!({"pieces": pieces, "bytes": bytes});
        let aside = self.aside.iter().map(|aside| {
            let mut said = json!({
                "code": aside.error.code, "name": aside.error.name, "message": aside.error.message,
                "waits": aside.error.kind == Kind::Unknown,
            });
            if let (Some(log), Some(said)) = (aside.log, said.as_object_mut()) {
                said.insert("log".into(), hex(&log).into());
            }
            said
        });
        let observed = self.observed.iter().map(|(news, clock)| {
            let mut said = json!({"log": news.log.to_string(), "count": news.count, "head": news.head.to_string()});
            if let (Some(clock), Some(said)) = (clock, said.as_object_mut()) {
                said.insert("clock".into(), (*clock).into());
            }
            said
        });
        let mut out = json!({
            "done": self.done,
            "sent": pieces(self.totals.sent),
            "stored": pieces(self.totals.stored),
            "aside": aside.collect::<Vec<_>>(),
            "aside_there": self.totals.refused_there,
            "left_out": self.totals.left_out,
            "taken_from_aside": self.retried,
            "forks": self.forks.iter().map(Hash::to_string).collect::<Vec<_>>(),
            "observed": observed.collect::<Vec<_>>(),
        });
        let Some(map) = out.as_object_mut() else { return out };
        if let Some(facilities) = &self.peer {
            let mut peer = json!({"facilities": facilities, "everything": facilities.is_empty()});
            if let (Some(log), Some(peer)) = (self.peer_log, peer.as_object_mut()) {
                peer.insert("log".into(), hex(&log).into());
            }
            map.insert("peer".into(), peer);
        }
        if let Some((log, held)) = self.own {
            let (standing, at) = match self.standing {
                Standing::AsHere => ("as_here", None),
                Standing::Behind(at) => ("behind", Some(at)),
                Standing::Forked(at) => ("forked", Some(at)),
            };
            let mut own = json!({"log": log.to_string(), "held_by_peer": held, "standing": standing});
            if let (Some(at), Some(own)) = (at, own.as_object_mut()) {
                own.insert("peer_count".into(), at.into());
            }
            if let (Some(own), Some(_), 1..) = (own.as_object_mut(), at, self.unsealed) {
                own.insert("unsealed".into(), self.unsealed.into());
            }
            map.insert("own".into(), own);
        }
        out
    }
}
