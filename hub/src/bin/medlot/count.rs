//! `medlot count begin`, `line`, `end`.
use crate::context::Context;
use crate::stock::PackArgs;
use medlot_sdk::count::{self, CountPlan};
use medlot_sdk::counter;
use medlot_sdk::error::Result;
use medlot_sdk::fields::Fields;
use std::process::ExitCode;

/// Counting stock.
#[derive(clap::Subcommand)]
pub(crate) enum Count {
    /// Begin a count.
    Begin(BeginArgs),
    /// Write what stands on the shelf of one lot; 0 where nothing is left.
    Line(Box<LineArgs>),
    /// End the count.
    End(EndArgs),
}

#[derive(clap::Args)]
pub(crate) struct BeginArgs {
    /// The store; the main one otherwise.
    #[arg(long)]
    store: Option<String>,
    /// Only this fund (none for the facility's own); all otherwise. Up to 8.
    #[arg(long = "fund")]
    funds: Vec<String>,
    /// Only this product, scheme:value; all otherwise. Up to 64.
    #[arg(long = "product")]
    products: Vec<String>,
    /// Who counts isn't shown what should be there.
    #[arg(long)]
    blind: bool,
    /// kind:number.
    #[arg(long)]
    document: Option<String>,
    /// Staff code; never a name.
    #[arg(long)]
    operator: Option<String>,
}

#[derive(clap::Args)]
pub(crate) struct LineArgs {
    /// Index of the count's beginning; the last one otherwise.
    #[arg(long)]
    count: Option<u32>,
    #[command(flatten)]
    pack: PackArgs,
    /// The balance that the person was shown; that of the book otherwise, but in a blind count.
    #[arg(long, allow_negative_numbers = true)]
    shown: Option<i64>,
}

#[derive(clap::Args)]
pub(crate) struct EndArgs {
    /// Index of the count's beginning; the last one otherwise.
    #[arg(long)]
    count: Option<u32>,
    /// Whatever was counted and has no line is gone from the shelf.
    #[arg(long)]
    rest_is_zero: bool,
    /// Staff code; never a name.
    #[arg(long)]
    operator: Option<String>,
}

pub(crate) fn run(command: Count, context: &Context) -> Result<ExitCode> {
    let mut desk = context.desk()?;
    let said = match command {
        Count::Begin(args) => {
            let plan = CountPlan {
                store: args.store,
                funds: args.funds,
                products: args.products,
                blind: args.blind,
                document: args.document,
                operator: args.operator,
            };
            count::begin(&mut desk, &plan)?
        }
        Count::Line(args) => {
            let seen = args.pack.fields(&desk, context, Fields::default())?;
            counter::count_line(&mut desk, args.count, &seen, args.shown)?
        }
        Count::End(args) => count::end(&mut desk, args.count, args.rest_is_zero, args.operator.as_deref())?,
    };
    context.say("recorded", &said)
}
