//! What went over a line, for people who look why a synchronisation fails: each message as JSON.
use super::exchange::LONGEST;
use crate::folder::hex;
use medlot_core::sync::{Deframer, Offer, Peer, Said, Unit, frame_length};
use serde_json::{Value, json};

/// What stands on a recorded line, in order: each message under its name, `text`, `noise`. One in no form ends it, as it
/// ends a session: its `error`.
#[must_use]
pub fn said_on(line: &[u8]) -> Vec<Value> {
    let (mut deframer, mut rest, mut out) = (Deframer::new(vec![0; frame_length(LONGEST)]), line, Vec::new());
    while let Some(unit) = deframer.next(&mut rest) {
        match unit {
            Unit::Message(message) => match Said::read(message) {
                Ok(said) => out.push(message_json(said)),
                Err(e) => {
                    out.push(json!({"error": e.code()}));
                    return out;
                }
            },
            Unit::Text(text) => out.push(json!({"text": hex(text)})),
            Unit::Noise(_) => out.push(json!({"noise": true})),
        }
    }
    out
}

fn message_json(said: Said<'_>) -> Value {
    match said {
        Said::Hello { root, peer } => json!({"hello": hello(&root, &peer)}),
        Said::Have { last, items } => {
            json!({"have": {"last": last, "items": items.map(|item| offer(&item)).collect::<Vec<_>>()}})
        }
        Said::Want(wants) => {
            let entries = wants.map(|(position, points)| {
                let points = points.map(|point| json!({"count": point.count, "head": hex(&point.head)}));
                json!({"position": position, "points": points.collect::<Vec<_>>()})
            });
            json!({"want": entries.collect::<Vec<_>>()})
        }
        Said::Piece { position, form, length, bytes } => {
            json!({"piece": {"position": position, "form": form.number(), "length": length, "bytes": hex(bytes)}})
        }
        Said::More(bytes) => json!({"more": hex(bytes)}),
        Said::Took { position, status, count } => {
            json!({"took": {"position": position, "status": status, "count": count}})
        }
        Said::Left(position) => json!({"left": position}),
        Said::End => json!({"end": true}),
        Said::PassedOver(kind) => json!({"passed_over": kind}),
    }
}

fn hello(root: &[u8; 16], peer: &Peer) -> Value {
    json!({
        "root": hex(root), "log": peer.log().map(|log| hex(&log)), "message": peer.longest_message(),
        "piece": peer.longest_piece(), "window": peer.window(), "clock": peer.clock().map(|clock| clock.as_secs()),
        "facilities": peer.facilities().collect::<Vec<_>>(),
    })
}

fn offer(item: &Offer) -> Value {
    match item {
        Offer::Whole { log, end, head } => json!({"log": hex(log), "end": end, "head": hex(head)}),
        Offer::Range { log, index, end, head } => {
            json!({"log": hex(log), "index": index, "count": end - index, "head": hex(head)})
        }
        Offer::Object { kind, id, length } => json!({"object": *kind as u8, "hash": hex(id), "length": length}),
    }
}
