//! `medlot authority …` and `medlot device …`.
use crate::context::{Context, OutArg};
use crate::io;
use medlot_sdk::authority::{self, EnrolPlan, RecallPlan, RootPlan, ScopePlan, Written};
use medlot_sdk::desk::{Desk, JoinPlan, log_json};
use medlot_sdk::error::{Error, Result};
use medlot_sdk::fields::number_of;
use medlot_sdk::medlot_core::crypto::Suite;
use medlot_sdk::medlot_core::movement::reasons;
use medlot_sdk::medlot_core::record::Roles;
use medlot_sdk::medlot_core::time::Date;
use medlot_sdk::view::ROLES;
use serde_json::json;
use std::path::PathBuf;
use std::process::ExitCode;

/// A suite by its name.
#[derive(Clone, Copy, clap::ValueEnum)]
pub(crate) enum SuiteArg {
    /// Ed25519: bare microcontrollers verify it in a tenth of the time.
    Ed25519,
    /// ECDSA P-256 with SHA-256: what phones' key stores hold.
    P256,
}

impl SuiteArg {
    const fn suite(self) -> Suite {
        match self {
            Self::Ed25519 => Suite::Ed25519,
            Self::P256 => Suite::P256,
        }
    }
}

fn date(text: &str) -> std::result::Result<Date, String> {
    Date::parse(text).map_err(|e| e.to_string())
}

fn roles(text: &str) -> std::result::Result<Roles, String> {
    let mut bits = 0;
    for name in text.split(',').map(str::trim).filter(|n| !n.is_empty()) {
        let known = ROLES.iter().find(|(known, _)| *known == name);
        let (_, role) =
            known.ok_or_else(|| format!("no role {name}; there are: {}", ROLES.map(|(n, _)| n).join(", ")))?;
        bits |= Roles::of(&[*role]).0;
    }
    Ok(Roles(bits))
}

#[allow(clippy::unnecessary_wraps)] // clap asks for a Result
fn scope(text: &str) -> std::result::Result<ScopePlan, String> {
    Ok(match text {
        "own" => ScopePlan::Own,
        "all" => ScopePlan::Prefixes(Vec::new()),
        list => ScopePlan::Prefixes(list.split(',').map(str::to_owned).collect()),
    })
}

/// What a device or an authority says when it asks to be enrolled.
#[derive(clap::Args)]
pub(crate) struct JoinArgs {
    /// The parent's invitation: a file, - or a QR picture.
    #[arg(long, value_name = "FILE")]
    invitation: Option<PathBuf>,
    /// The facility's code, where the invitation names none.
    #[arg(long)]
    facility: Option<String>,
    /// Roles to ask for, with commas: enrol, regulate, move, supply, attest, report. Those of the invitation otherwise.
    #[arg(long, value_parser = roles)]
    roles: Option<Roles>,
    /// What the device is called, for the person who enrols it.
    #[arg(long)]
    label: Option<String>,
    /// The key's suite.
    #[arg(long, value_enum, default_value = "ed25519")]
    suite: SuiteArg,
}

/// Arguments of `enrol`.
#[derive(clap::Args)]
pub(crate) struct EnrolArgs {
    /// The request: a file, - or a QR picture.
    request: PathBuf,
    /// Roles to grant, with commas; those asked for otherwise.
    #[arg(long, value_parser = roles)]
    roles: Option<Roles>,
    /// Facilities that it may speak for: own, all, or prefixes of codes with commas.
    #[arg(long, default_value = "own", value_parser = scope)]
    scope: ScopePlan,
    /// The first valid day.
    #[arg(long, value_name = "DATE", value_parser = date)]
    valid_from: Option<Date>,
    /// The last valid day.
    #[arg(long, value_name = "DATE", value_parser = date)]
    valid_until: Option<Date>,
    /// The log whose key this one replaces: the first hex digits of its id. What stands beneath it goes on.
    #[arg(long, value_name = "LOG")]
    renews: Option<String>,
    #[command(flatten)]
    out: OutArg,
}

impl EnrolArgs {
    fn run(self, context: &Context) -> Result<ExitCode> {
        let mut desk = context.desk()?;
        let plan = EnrolPlan {
            roles: self.roles,
            scope: self.scope,
            valid_from: self.valid_from,
            valid_until: self.valid_until,
            renews: self.renews,
        };
        let written = authority::enrol(&mut desk, &io::read_one(&self.request)?, &plan)?;
        context.deliver("enrolled_device", &written, &self.out)
    }
}

/// Arguments of `invite`.
#[derive(clap::Args)]
pub(crate) struct InviteArgs {
    /// The facility that is invited; the device names it otherwise.
    #[arg(long)]
    facility: Option<String>,
    /// Roles to propose, with commas.
    #[arg(long, default_value = "move", value_parser = roles)]
    roles: Roles,
    #[command(flatten)]
    out: OutArg,
}

impl InviteArgs {
    fn run(&self, context: &Context) -> Result<ExitCode> {
        let desk = context.desk()?;
        let written = authority::invite(&desk, self.facility.as_deref(), self.roles)?;
        context.deliver("invitation", &written, &self.out)
    }
}

/// `medlot authority …`: each seals after its entry and gives the object that proves it.
#[derive(clap::Subcommand)]
pub(crate) enum Authority {
    /// Begin a root, or with --invitation an authority beneath one.
    Init {
        #[command(flatten)]
        join: JoinArgs,
        /// A root's country (ISO 3166-1).
        #[arg(long, default_value = "VN")]
        country: String,
        /// A root's currency (ISO 4217).
        #[arg(long, default_value = "VND")]
        currency: String,
        /// Minutes from UTC of the legal day.
        #[arg(long, default_value_t = 420, allow_hyphen_values = true)]
        utc_offset: i16,
        /// Root keys to make now: this root's and its successors'. Take keys/next-*.key to a safe place.
        #[arg(long, default_value_t = 2)]
        root_keys: usize,
        #[command(flatten)]
        out: OutArg,
    },
    /// Invite a device or an authority: it makes its request from this.
    Invite(InviteArgs),
    /// Enrol who asks.
    Enrol(EnrolArgs),
    /// Go on with a new key: a root with the one that it committed to; others ask their parent with the request given
    /// here (`enrol --renews`), and accept the enrolment.
    Renew {
        /// The key's suite.
        #[arg(long, value_enum, default_value = "ed25519")]
        suite: SuiteArg,
        #[command(flatten)]
        out: OutArg,
    },
    /// Cut off a log beneath: it ends at a seal held here.
    Revoke {
        /// The log: the first hex digits of its id.
        log: String,
        /// The count at which it ends: of a seal held here, or 0. The furthest seal held otherwise.
        #[arg(long, value_name = "COUNT")]
        at: Option<u32>,
        #[command(flatten)]
        out: OutArg,
    },
    /// Confirm that a prefix of a cut log lies on the cut's chain, for those who don't hold the whole log.
    Confirm {
        /// The log: the first hex digits of its id.
        log: String,
        /// The prefix's count: of a seal held here.
        #[arg(long, value_name = "COUNT")]
        at: Option<u32>,
        #[command(flatten)]
        out: OutArg,
    },
    /// Publish all cuts in force, with their list.
    State {
        /// Days that it may be relied on.
        #[arg(long, default_value_t = 7)]
        good_for: u16,
        #[command(flatten)]
        out: OutArg,
    },
    /// Recall lots.
    Recall {
        /// 1 (may kill) to 3.
        #[arg(long)]
        class: u8,
        /// The notice's number.
        #[arg(long)]
        notice: String,
        /// Products, scheme:value.
        #[arg(long = "product", required = true)]
        products: Vec<String>,
        /// Lot numbers; all lots otherwise.
        #[arg(long = "lot")]
        lots: Vec<String>,
        /// Since when.
        #[arg(long, value_name = "DATE", value_parser = date)]
        from: Option<Date>,
        #[command(flatten)]
        out: OutArg,
    },
    /// End a recall.
    EndRecall {
        /// The recall's index in its log.
        index: u32,
        /// Its log, where it isn't the own one: the first hex digits of its id.
        #[arg(long)]
        of: Option<String>,
        /// The notice's number.
        #[arg(long)]
        notice: Option<String>,
        #[command(flatten)]
        out: OutArg,
    },
    /// State a facility's kind, parent or successor.
    Facility {
        /// Its code.
        code: String,
        /// Its kind: pharmacy, hospital, … or a number.
        #[arg(long, default_value = "pharmacy")]
        kind: String,
        /// The facility that it belongs to.
        #[arg(long)]
        parent: Option<String>,
        /// The facility that receives what was sent to it.
        #[arg(long)]
        successor: Option<String>,
        /// Since when.
        #[arg(long, value_name = "DATE", value_parser = date)]
        from: Option<Date>,
        #[command(flatten)]
        out: OutArg,
    },
    /// Say that two references name one product.
    SameProduct {
        /// scheme:value.
        a: String,
        /// scheme:value.
        b: String,
        #[command(flatten)]
        out: OutArg,
    },
    /// State a lot's expiry: it overrides what is printed.
    LotFact {
        /// scheme:value.
        product: String,
        /// The lot number.
        lot: String,
        /// YYYY-MM-DD or YYYY-MM.
        expiry: String,
        /// The notice's number.
        #[arg(long)]
        notice: String,
        #[command(flatten)]
        out: OutArg,
    },
}

/// `medlot device …`.
#[derive(clap::Subcommand)]
pub(crate) enum Device {
    /// Make a key and the request to be enrolled, from an invitation.
    Init {
        #[command(flatten)]
        join: JoinArgs,
        #[command(flatten)]
        out: OutArg,
    },
    /// Take what an authority sent: the enrolment, cuts, recalls, State lists. Says what they change.
    Accept {
        /// Files, - or QR pictures.
        #[arg(required = true)]
        files: Vec<PathBuf>,
    },
    /// Invite another device of this facility (needs the role enrol).
    Invite(InviteArgs),
    /// Enrol another device of this facility (needs the role enrol).
    Enrol(EnrolArgs),
    /// Retire this device: its authority then cuts the log.
    Close {
        #[command(flatten)]
        out: OutArg,
    },
    /// Show this device's log and whether it is enrolled.
    Show,
}

fn join(context: &Context, args: &JoinArgs, out: &OutArg) -> Result<ExitCode> {
    let invitation = args.invitation.as_ref().ok_or_else(|| {
        Error::argument("invitation: missing; give --invitation FILE (a parent writes it with `invite`)")
    })?;
    let plan = JoinPlan {
        facility: args.facility.clone(),
        roles: args.roles,
        label: args.label.clone(),
        suite: args.suite.suite(),
        outside_key: None,
    };
    let (desk, request) = Desk::join(context.location()?, &io::read_one(invitation)?, &plan, context.now()?)?;
    let written = Written { object: request, list: None, said: log_json(desk.log()) };
    context.deliver("request", &written, out)
}

pub(crate) fn authority(command: Authority, context: &Context) -> Result<ExitCode> {
    let publish = |title: &str, out: &OutArg, write: &mut dyn FnMut(&mut Desk) -> Result<Written>| {
        let mut desk = context.desk()?;
        let written = write(&mut desk)?;
        context.deliver(title, &written, out)
    };
    match command {
        Authority::Init { join: args, out, .. } if args.invitation.is_some() => join(context, &args, &out),
        Authority::Init { join, country, currency, utc_offset, root_keys, out } => {
            let plan = RootPlan { country, currency, utc_offset, suite: join.suite.suite(), keys: root_keys };
            let said = authority::init(context.location()?, &plan, context.now()?)?;
            let object = context.folder()?.root()?;
            context.deliver("root_begun", &Written { object, list: None, said }, &out)
        }
        Authority::Invite(args) => args.run(context),
        Authority::Enrol(args) => args.run(context),
        Authority::Renew { suite, out } => {
            let desk = context.desk()?;
            if desk.log().head().facility.is_empty() {
                return context.deliver("next_root", &authority::next_root(desk)?, &out);
            }
            let request = desk.renew(suite.suite())?;
            let said = json!({"renews": desk.log().id().to_string()});
            context.deliver("request", &Written { object: request, list: None, said }, &out)
        }
        Authority::Revoke { log, at, out } => publish("cut_off", &out, &mut |d| authority::revoke(d, &log, at)),
        Authority::Confirm { log, at, out } => publish("confirmed", &out, &mut |d| authority::confirm(d, &log, at)),
        Authority::State { good_for, out } => publish("state", &out, &mut |d| authority::state(d, good_for)),
        Authority::Recall { class, notice, products, lots, from, out } => {
            let plan = RecallPlan { class, notice, products, lots, from };
            publish("recall", &out, &mut |d| authority::recall(d, &plan))
        }
        Authority::EndRecall { index, of, notice, out } => {
            publish("end_recall", &out, &mut |d| authority::end_recall(d, of.as_deref(), index, notice.as_deref()))
        }
        Authority::Facility { code, kind, parent, successor, from, out } => {
            let kind = number_of(reasons::FACILITY, &kind, "kind")?;
            publish("facility", &out, &mut |d| {
                authority::facility(d, &code, kind, parent.as_deref(), successor.as_deref(), from)
            })
        }
        Authority::SameProduct { a, b, out } => {
            publish("same_product", &out, &mut |d| authority::same_product(d, &a, &b))
        }
        Authority::LotFact { product, lot, expiry, notice, out } => {
            publish("lot_fact", &out, &mut |d| authority::lot_fact(d, &product, &lot, &expiry, &notice))
        }
    }
}

pub(crate) fn device(command: Device, context: &Context) -> Result<ExitCode> {
    match command {
        Device::Init { join: args, out } => join(context, &args, &out),
        Device::Accept { files } => {
            let mut desk = context.desk()?;
            let objects = io::read_all(&files)?;
            let bar = io::progress(objects.len(), "accept");
            let mut answers = Vec::new();
            let mut last = serde_json::Value::Null;
            let mut refused = 0;
            for object in objects {
                last = desk.accept(&[object])?;
                let taken = last.get("objects").and_then(|o| o.as_array()).cloned().unwrap_or_default();
                for answer in &taken {
                    if answer.get("taken") != Some(&json!(true)) {
                        let unknown = answer.pointer("/error/unknown") == Some(&json!(true));
                        refused = refused.max(if unknown { 1 } else { 2 });
                    }
                }
                answers.extend(taken);
                bar.inc(1);
            }
            bar.finish_and_clear();
            if let Some(map) = last.as_object_mut() {
                map.insert("objects".into(), answers.into());
            }
            context.say("accepted", &last)?;
            Ok(ExitCode::from([0, 2, 1].get(refused).copied().unwrap_or(1)))
        }
        Device::Invite(args) => args.run(context),
        Device::Enrol(args) => args.run(context),
        Device::Close { out } => {
            let mut desk = context.desk()?;
            let written = authority::close(&mut desk)?;
            context.deliver("closed", &written, &out)
        }
        Device::Show => {
            let desk = context.desk()?;
            let mut said = log_json(desk.log());
            if let Some(map) = said.as_object_mut() {
                map.insert("enrolled".into(), desk.is_enrolled()?.into());
            }
            context.say("device", &said)
        }
    }
}
