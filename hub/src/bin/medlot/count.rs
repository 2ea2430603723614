//! `medlot count begin`, `line`, `end`.
use crate::context::Context;
use crate::stock::today;
use medlot_sdk::count::{self, CountPlan};
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
    /// What the scanner sent; several scans of one pack complete each other.
    #[arg(long)]
    scan: Vec<String>,
    /// Which reading of the scan, where several are possible (from 1).
    #[arg(long)]
    pick: Option<usize>,
    /// scheme:value.
    #[arg(long)]
    product: Option<String>,
    /// Lot number; none where none is printed.
    #[arg(long)]
    lot: Option<String>,
    /// YYYY-MM-DD, YYYY-MM or none.
    #[arg(long)]
    expiry: Option<String>,
    /// What was counted: smallest dispensing units, or parts such as "31/10 dose".
    #[arg(long)]
    quantity: String,
    /// The balance that the person was shown.
    #[arg(long, allow_negative_numbers = true)]
    shown: Option<i64>,
    /// Where it stands: available or hold.
    #[arg(long)]
    from: Option<String>,
    /// Whose medicine.
    #[arg(long)]
    fund: Option<String>,
    /// Vaccine vial monitor, 1 to 4.
    #[arg(long)]
    vvm: Option<u8>,
    /// Staff code; never a name.
    #[arg(long)]
    operator: Option<String>,
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
            let mut seen = Fields {
                product: args.product,
                lot: args.lot,
                expiry: args.expiry,
                quantity: Some(args.quantity),
                from: args.from,
                fund: args.fund,
                vvm: args.vvm,
                operator: args.operator,
                ..Fields::default()
            };
            let gs = desk.folder().config().scanner_gs.clone();
            for raw in &args.scan {
                seen.scan(raw, gs.as_deref(), today(context)?, args.pick)?;
            }
            count::line(&mut desk, args.count, &seen, args.shown)?
        }
        Count::End(args) => count::end(&mut desk, args.count, args.rest_is_zero, args.operator.as_deref())?,
    };
    context.say("recorded", &said)
}
