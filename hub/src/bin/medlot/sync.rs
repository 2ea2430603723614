//! `medlot sync`: with another folder, over standard input and output, a serial port, pictures of codes, or HTTP.
use crate::context::Context;
use medlot_hub::carrier::{Pictures, Port, over_codes, over_stream};
use medlot_sdk::error::{Error, Result};
use medlot_sdk::folder::read_file;
use medlot_sdk::medlot_core::time::Timestamp;
use medlot_sdk::sync::{Exchange, Plan, Report, begin_hub};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

/// `medlot sync`: what I have, what you lack, and the records of both.
#[derive(clap::Args)]
#[command(group = clap::ArgGroup::new("with").args(["peer", "port", "codes", "listen", "begin_hub"]).required(true).multiple(true))]
pub(crate) struct SyncArgs {
    /// Another folder on this machine, a server's address (http://HOST:PORT), or - for frames on standard input and output
    /// (ssh, a pipe). With - the answer goes to standard error.
    #[arg(conflicts_with_all = ["port", "codes", "listen"])]
    peer: Option<PathBuf>,
    /// A handheld's port: DEVICE or DEVICE:BAUD (/dev/ttyUSB0:115200), tcp:HOST:PORT, unix:PATH.
    #[arg(long, value_name = "PORT", conflicts_with_all = ["codes", "listen"])]
    port: Option<Port>,
    /// A folder in which both sides put pictures of codes, turn after turn, as two screens would show them.
    #[arg(long, value_name = "FOLDER", conflicts_with = "listen")]
    codes: Option<PathBuf>,
    /// Answer others at this address (127.0.0.1:8700) until stopped: POST /v1/sync.
    #[arg(long, value_name = "ADDRESS")]
    listen: Option<std::net::SocketAddr>,
    /// With --listen: a page from elsewhere that may call, such as `https://stock.example.org`.
    #[arg(long, value_name = "URL", requires = "listen")]
    origin: Option<String>,
    /// Longest silence of the other side, in seconds.
    #[arg(long, default_value_t = 30, value_parser = clap::value_parser!(u64).range(1..=3_600))]
    patience: u64,
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
    let patience = Duration::from_secs(args.patience);
    if let Some(address) = args.listen {
        return listen(args, context, address);
    }
    if let Some(port) = &args.port {
        return carried(args, context, |exchange| port.carry(exchange, patience, eprint));
    }
    if let Some(folder) = &args.codes {
        return carried(args, context, |exchange| {
            let own = exchange.desk().map_or_else(|| "hub".into(), |desk| medlot_sdk::view::short(&desk.log().id()));
            over_codes(exchange, &mut Pictures::new(folder, &own), patience)
        });
    }
    let Some(peer) = &args.peer else {
        return context.say("hub_begun", &serde_json::json!({"dir": context.dir.display().to_string()}));
    };
    if let Some(url) = peer.to_str().filter(|text| text.contains("://")) {
        return carried(args, context, |exchange| over_http(exchange, url, patience));
    }
    if peer == Path::new("-") {
        let mut exchange = Exchange::open(context.location()?, &args.plan(context)?)?;
        let carried = over_stream(&mut exchange, std::io::stdin(), std::io::stdout().lock(), None, eprint);
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
    let mut exchange = Exchange::open(context.location()?, &args.plan(context)?)?;
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

fn eprint(text: &[u8]) {
    eprint!("{}", String::from_utf8_lossy(text));
}

/// Carries a session, says what came of it also where it was cut, and ends with the gravest.
fn carried(args: &SyncArgs, context: &Context, carry: impl FnOnce(&mut Exchange) -> Result<()>) -> Result<ExitCode> {
    let mut exchange = Exchange::open(context.location()?, &args.plan(context)?)?;
    let carried = carry(&mut exchange);
    let report = exchange.finish()?;
    log(&report);
    context.say("synchronised", &report.json())?;
    carried.map(|()| ExitCode::from(report.exit_code()))
}

#[cfg(feature = "server")]
use medlot_hub::carrier::over_http;

#[cfg(not(feature = "server"))]
fn over_http(_: &mut Exchange, url: &str, _: Duration) -> Result<()> {
    Err(Error::argument(format!("{url}: this build has no HTTP: build it with --features server")))
}

#[cfg(not(feature = "server"))]
fn listen(_: &SyncArgs, _: &Context, address: std::net::SocketAddr) -> Result<ExitCode> {
    Err(Error::argument(format!("--listen {address}: this build has no server: build it with --features server")))
}

/// Answers sessions until the process ends; a line for each.
#[cfg(feature = "server")]
fn listen(args: &SyncArgs, context: &Context, address: std::net::SocketAddr) -> Result<ExitCode> {
    let (plan, context) = (args.plan(context)?, context.clone());
    // What is wrong with the folder is said before anybody calls.
    Exchange::open(context.location()?, &plan)?.finish()?;
    let at = context.clone();
    let open = move || {
        let (now, clock_unset) = (at.clock().unwrap_or(plan.now), at.clock().is_none());
        Exchange::open(at.location()?, &Plan { now, clock_unset, ..plan.clone() })
    };
    let served = move |served: medlot_hub::carrier::Served| match served {
        Ok(report) => {
            log(&report);
            // Nobody may be there to read it.
            let _ = context.say("synchronised", &report.json());
        }
        Err(e) => eprintln!("medlot: {}", e.message),
    };
    medlot_hub::carrier::Server::new(open, served, args.origin.as_deref())?.serve(address, |at| {
        eprintln!("medlot: http://{at}/v1/sync");
        if !at.ip().is_loopback() {
            eprintln!("medlot: anybody who reaches this address is given what he asks for: use --give, or a proxy with TLS and a login");
        }
    })?;
    Ok(ExitCode::SUCCESS)
}
