//! Reports: what came, went and stands, as those who must hand it in ask for it (`spec/ledger.md` section 9).
//!
//! No clock: legal days, the offset from UTC and today are arguments. Every answer is a function of the set of records,
//! in integers: a sum is exact, and what is rounded says how.

mod at_risk;
mod correction;
mod exact;
mod group;
mod held;
mod outs;
mod period;
mod register;
mod span;
mod turnover;
mod usage;
mod value;
mod walk;
mod ways;

pub use self::{
    at_risk::AtRisk,
    correction::{Cause, Correction, Why},
    exact::{Exact, Fraction, PartsOf},
    group::{InGroup, OutGroup},
    held::Run,
    outs::StockOut,
    period::{Completeness, Device, Period, PeriodLine, PeriodReport, ProductLine},
    register::{Control, HalfYear, HalfYearLine, Page, PageLine, Register},
    span::{Half, Span},
    turnover::{Column, Posting, Turnover},
    usage::Usage,
    value::Value,
    ways::Delivery,
};
pub(super) use group::is_loss;
