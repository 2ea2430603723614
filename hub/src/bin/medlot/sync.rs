//! `medlot sync`: with another folder, or over standard input and output.
use crate::context::Context;
use medlot_sdk::error::{Error, Kind, Result};
use medlot_sdk::folder::read_file;
use medlot_sdk::medlot_core::time::Timestamp;
use medlot_sdk::sync::{Exchange, Plan, Report, begin_hub};
use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::mpsc::{Receiver, sync_channel};

/// Chunks of standard input that wait: more than a peer ever has on its way.
const CHUNKS: usize = 128;

/// `medlot sync`: what I have, what you lack, and the records of both.
#[derive(clap::Args)]
pub(crate) struct SyncArgs {
    /// Another folder on this machine, or - for frames on standard input and output (a serial line, ssh, a pipe). The
    /// answer goes to standard error then.
    #[arg(required_unless_present = "begin_hub")]
    peer: Option<PathBuf>,
    /// Keep everything that comes, of all facilities.
    #[arg(long)]
    everything: bool,
    /// Carry batches for this facility too.
    #[arg(long, value_name = "FACILITY")]
    carry: Vec<String>,
    /// Give at most what this facility may have, whatever the other side asks for; may be given again.
    #[arg(long, value_name = "FACILITY")]
    give: Vec<String>,
    /// Begin --dir as a hub first: it keeps everything and writes no log. FILE is the trust anchor.
    #[arg(long, value_name = "FILE")]
    begin_hub: Option<PathBuf>,
}

impl SyncArgs {
    fn plan(&self, context: &Context) -> Result<Plan> {
        Ok(Plan {
            clock_unset: context.clock().is_none(),
            everything: self.everything,
            carry: self.carry.clone(),
            give: (!self.give.is_empty()).then(|| self.give.clone()),
            ..Plan::new(context.clock().unwrap_or(Timestamp::from_secs(0)))
        })
    }
}

pub(crate) fn run(args: &SyncArgs, context: &Context) -> Result<ExitCode> {
    if let Some(root) = &args.begin_hub {
        begin_hub(context.location()?, &read_file(root)?)?;
    }
    let Some(peer) = &args.peer else {
        return context.say("hub_begun", &serde_json::json!({"dir": context.dir.display().to_string()}));
    };
    let mut exchange = Exchange::open(context.location()?, &args.plan(context)?)?;
    if peer == Path::new("-") {
        let carried = over_standard(&mut exchange);
        let report = exchange.finish()?;
        log(&report);
        eprintln!(
            "{}",
            if context.json { report.json().to_string() } else { context.text("synchronised", &report.json()) }
        );
        return Ok(ExitCode::from(match carried {
            Ok(()) => report.exit_code(),
            // Standard output belongs to the frames.
            Err(error) => {
                tracing::error!(code = error.code, name = error.name, "{}", error.message);
                eprintln!("medlot: {}", error.message);
                error.kind as u8
            }
        }));
    }
    let same = |path: &Path| path.canonicalize().map_err(|e| Error::file(path, &e));
    if same(peer)? == same(&context.dir)? {
        return Err(Error::argument(format!("{}: is this folder itself; give another", peer.display())));
    }
    let mut other =
        Exchange::open(peer, &Plan { clock_unset: context.clock().is_none(), ..Plan::new(exchange.now()) })?;
    let carried = between(&mut exchange, &mut other);
    let (here, there) = (exchange.finish()?, other.finish()?);
    carried?;
    log(&here);
    let mut said = here.json();
    if let Some(said) = said.as_object_mut() {
        said.insert("there".into(), there.json());
    }
    context.say("synchronised", &said)?;
    Ok(ExitCode::from(here.exit_code()))
}

fn log(report: &Report) {
    tracing::info!(
        done = report.done,
        sent = report.totals.sent.0,
        received = report.totals.stored.0,
        aside = report.aside.len(),
        "synchronised"
    );
}

/// Two folders on one machine.
fn between(a: &mut Exchange, b: &mut Exchange) -> Result<()> {
    loop {
        let out = a.take_outgoing()?;
        b.receive(&out)?;
        let back = b.take_outgoing()?;
        a.receive(&back)?;
        if out.is_empty() && back.is_empty() {
            return Ok(());
        }
    }
}

/// Reads standard input beside the session, so that both sides may write at once.
fn input() -> Receiver<std::io::Result<Vec<u8>>> {
    let (to, from) = sync_channel(CHUNKS);
    std::thread::spawn(move || {
        let mut stdin = std::io::stdin().lock();
        loop {
            let mut chunk = vec![0; 64 * 1_024];
            let read = stdin.read(&mut chunk).map(|n| {
                chunk.truncate(n);
                chunk
            });
            let last = !matches!(&read, Ok(chunk) if !chunk.is_empty());
            if to.send(read).is_err() || last {
                return;
            }
        }
    });
    from
}

fn over_standard(exchange: &mut Exchange) -> Result<()> {
    let (from, mut out) = (input(), std::io::stdout().lock());
    let failed = |e: std::io::Error, what: &str| Error::file(Path::new(what), &e);
    loop {
        loop {
            let bytes = exchange.take_outgoing()?;
            if bytes.is_empty() {
                break;
            }
            out.write_all(&bytes).and_then(|()| out.flush()).map_err(|e| failed(e, "standard output"))?;
        }
        if exchange.is_done() {
            return Ok(());
        }
        let cut = || Error {
            kind: Kind::Usage,
            ..Error::argument(
                "the other side ended before the synchronisation did: what came is kept; synchronise again",
            )
        };
        let chunk = from.recv().map_err(|_| cut())?.map_err(|e| failed(e, "standard input"))?;
        if chunk.is_empty() {
            return Err(cut());
        }
        exchange.receive(&chunk)?;
        let text = exchange.take_text();
        if !text.is_empty() {
            eprint!("{}", String::from_utf8_lossy(&text));
        }
    }
}
