//! `medlot simulate`: writes a whole little country to try things on.
use crate::context::Context;
use medlot_sdk::error::Result;
use medlot_sdk::simulate::{Country, Plan};
use std::path::PathBuf;
use std::process::ExitCode;

/// `medlot simulate`: the same numbers give the same bytes.
#[derive(clap::Args)]
pub(crate) struct SimulateArgs {
    /// From which everything follows.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Facilities: manufacturers, importers, wholesalers, hospitals, pharmacies; 3 or more.
    #[arg(long, default_value_t = 20)]
    facilities: u32,
    /// Devices; one for each facility or more. Two each where not given.
    #[arg(long)]
    devices: Option<u32>,
    /// Days.
    #[arg(long, default_value_t = 30)]
    days: u32,
    /// Movements of a device and day, about.
    #[arg(long, default_value_t = 20)]
    movements: u32,
    /// A new folder: devices/FACILITY/LOG/, hub/, truth.json.
    #[arg(long)]
    out: PathBuf,
}

pub(crate) fn run(args: &SimulateArgs, context: &Context) -> Result<ExitCode> {
    let SimulateArgs { seed, facilities, days, movements, .. } = *args;
    let devices = args.devices.unwrap_or_else(|| facilities.saturating_mul(2));
    let country = Country::make(Plan { seed, facilities, devices, days, movements })?;
    context.say("simulated", &country.write(&args.out)?)
}
