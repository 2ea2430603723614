//! What is answered out of an account, by a device and by whoever verifies for others: rows in pages.
use super::device::{
    Card, FindingPage, FindingView, FindingsInput, Incomplete, Language, LotInput, MovementPage, MovementsInput, Pick,
    ReportInput, ReportRow, ReportView, StockInput, StockPage, StockView, Trace, count, view,
};
use super::{Answer, Js, give, take};
use crate::account::{Account, Opened, PartsLeft, Picked, RecallNote, Report, StockRow};
use crate::evidence::Evidence;
use crate::lang::Lang;
use crate::movements::movements_page;
use medlot_core::time::Expiry;
use serde_json::Value;

/// A page: rows from `offset` on, at most `limit`.
#[derive(Clone, Copy)]
pub(super) struct Page {
    pub(super) offset: u32,
    pub(super) limit: u32,
}

impl Page {
    fn of<T>(self, rows: impl IntoIterator<Item = T>) -> impl Iterator<Item = T> {
        rows.into_iter().skip(self.offset as usize).take(self.limit as usize)
    }

    fn views<T: serde::de::DeserializeOwned>(self, rows: Vec<Value>) -> Answer<Vec<T>> {
        self.of(rows).map(view).collect()
    }
}

fn incomplete(missing: &[Value]) -> Answer<Vec<Incomplete>> {
    missing.iter().cloned().map(view).collect()
}

pub(super) fn stock(
    account: &mut Account,
    of: Js<StockInput>,
    page: Page,
    language: Js<Language>,
) -> Answer<Js<StockPage>> {
    let lang: Lang = take(language)?.into();
    let answer = account.stock_in_pages(take(of)?.query()?, lang)?;
    let total = count(answer.rows.len());
    let rows = page.of(&answer.rows).cloned().map(StockView::from).collect();
    give(StockPage { total, rows, incomplete: incomplete(&answer.incomplete)? })
}

pub(super) fn pick(account: &mut Account, of: Js<StockInput>, quantity: &str) -> Answer<Js<Pick>> {
    picked(account.pick(&take(of)?.query()?, quantity)?)
}

pub(super) fn pick_opened(account: &mut Account, of: Js<StockInput>, quantity: &str) -> Answer<Js<Pick>> {
    picked(account.pick_opened(&take(of)?.query()?, quantity)?)
}

fn picked(Picked { lines, missing }: Picked) -> Answer<Js<Pick>> {
    let lines = lines.into_iter().map(view).collect::<Answer<_>>()?;
    give(Pick { lines, missing: missing.count(), lacks: missing.to_string() })
}

pub(super) fn findings(
    account: &mut Account,
    of: Js<FindingsInput>,
    page: Page,
    language: Js<Language>,
) -> Answer<Js<FindingPage>> {
    let lang: Lang = take(language)?.into();
    let found = account.findings(&take(of)?.into(), lang)?;
    let total = count(found.len());
    give(FindingPage { total, rows: page.views::<FindingView>(found)? })
}

pub(super) fn card(account: &mut Account, of: Js<LotInput>, page: Page) -> Answer<Js<Card>> {
    let lines = account.card(&take(of)?.query())?;
    give(Card { total: count(lines.len()), rows: page.views(lines)? })
}

pub(super) fn trace(account: &mut Account, of: Js<LotInput>, language: Js<Language>) -> Answer<Js<Trace>> {
    let lang: Lang = take(language)?.into();
    give(view(account.trace(&take(of)?.query(), lang)?)?)
}

pub(super) fn movements(evidence: &Evidence<'_>, of: MovementsInput, page: Page) -> Answer<Js<MovementPage>> {
    let (total, rows) = movements_page(evidence, &of.into(), page.offset as usize, page.limit as usize)?;
    give(MovementPage { total: count(total), rows: rows.into_iter().map(view).collect::<Answer<_>>()? })
}

pub(super) fn report(
    account: &mut Account,
    of: Js<ReportInput>,
    page: Page,
    language: Js<Language>,
) -> Answer<Js<ReportView>> {
    let lang: Lang = take(language)?.into();
    let (kind, query) = take(of)?.query()?;
    let report = account.report_in_pages(kind, query, lang)?;
    // All of it once, not again with each page.
    let json = if page.offset == 0 { report.json().to_string() } else { String::new() };
    let Report { facility, from, until, rows, provisional, incomplete: missing, .. } = report;
    let columns = kind.columns();
    let cells = |row: &Value| ReportRow { cells: columns.iter().map(|key| cell(row.get(*key))).collect() };
    give(ReportView {
        report: kind.name().to_owned(),
        facility: facility.clone(),
        from: from.to_string(),
        until: until.to_string(),
        provisional: *provisional,
        columns: columns.iter().map(|key| (*key).to_owned()).collect(),
        total: count(rows.len()),
        rows: page.of(rows).map(cells).collect(),
        incomplete: incomplete(missing)?,
        json,
    })
}

/// A cell as text.
fn cell(value: Option<&Value>) -> String {
    let text = |of: &Value, key: &str| of.get(key).and_then(Value::as_str).unwrap_or_default().to_owned();
    match value {
        None | Some(Value::Null) => String::new(),
        Some(Value::String(text)) => text.clone(),
        // A product.
        Some(Value::Object(of)) => {
            let names = of.iter().map(|(scheme, name)| format!("{scheme}:{}", name.as_str().unwrap_or_default()));
            names.collect::<Vec<_>>().join(", ")
        }
        // Spans of days, or why something was corrected.
        Some(Value::Array(all)) => {
            let said = |of: &Value| match of.get("why").and_then(Value::as_str) {
                Some(why) => why.to_owned(),
                None => format!("{} – {}", text(of, "from"), text(of, "until")),
            };
            let mut all: Vec<String> = all.iter().map(said).collect();
            all.dedup();
            all.join(", ")
        }
        Some(other) => other.to_string(),
    }
}

impl From<Opened> for super::device::PartsOf {
    fn from(of: Opened) -> Self {
        let Opened { left: PartsLeft { count, per_unit, measure }, available, hold, recalled, expired } = of;
        Self { count, per_unit, measure: measure.to_string(), available, hold, recalled, expired }
    }
}

impl From<RecallNote> for super::device::RecallView {
    fn from(of: RecallNote) -> Self {
        let RecallNote { class, notice, record } = of;
        Self { class, notice, record: super::RecordAt { log: record.log.to_string(), index: record.index } }
    }
}

impl From<StockRow> for StockView {
    fn from(of: StockRow) -> Self {
        let named = |(scheme, value): (&str, &str)| super::ProductName { scheme: scheme.into(), value: value.into() };
        Self {
            facility: of.facility,
            store: of.store,
            product: of.product.split_once(':').map(named),
            lot: of.lot,
            expiry: match of.expiry {
                Expiry::NotRead => None,
                Expiry::None => Some("none".to_owned()),
                dated => dated.last_usable().map(|day| day.to_string()),
            },
            expiry_whole_month: matches!(of.expiry, Expiry::Month { .. }),
            expiry_notice: of.expiry_notice.map(|(notice, _)| notice),
            fund: of.fund,
            vvm: of.vvm,
            on_hand: of.on_hand,
            available: of.available,
            hold: of.hold,
            recalled: of.recalled,
            expired: of.expired,
            in_transit_in: of.in_transit_in,
            in_transit_out: of.in_transit_out,
            refused_in: of.refused_in,
            refused_out: of.refused_out,
            parts: of.parts.into_iter().map(Into::into).collect(),
            recalls: of.recalls.into_iter().map(Into::into).collect(),
        }
    }
}

/// The questions that are the same to a device and to whoever verifies for others. Each has an `inner()` that has an
/// `account(now)`.
macro_rules! answers {
    ($object:ident) => {
        #[cfg_attr(feature = "uniffi", uniffi::export)]
        #[cfg_attr(all(feature = "wasm", target_arch = "wasm32"), wasm_bindgen::prelude::wasm_bindgen)]
        impl $object {
            /// Stock of a facility (a device's own where `of` names none), by product and then by what is to be dispensed
            /// first: rows from `offset` on, at most `limit`. Further pages of the same question cost only their rows.
            ///
            /// # Errors
            /// No facility named, where there is no own one; a field that can't be; of a device, closed or synchronising.
            pub fn stock(
                &self,
                of: $crate::api::Js<$crate::api::StockInput>,
                offset: u32,
                limit: u32,
                language: $crate::api::Js<$crate::api::Language>,
                now: i64,
            ) -> $crate::api::Answer<$crate::api::Js<$crate::api::StockPage>> {
                let page = $crate::api::asking::Page { offset, limit };
                $crate::api::asking::stock(self.inner().account(now)?, of, page, language)
            }

            /// Which lots of a product to dispense so much from, units (`30`) or parts (`7/10 dose`): what expires first
            /// goes first, nothing held, recalled, expired or spoilt. Parts come out of what is left of opened units, then
            /// out of whole ones of the same lot.
            ///
            /// # Errors
            /// As of stock; no product.
            pub fn pick(
                &self,
                of: $crate::api::Js<$crate::api::StockInput>,
                quantity: &str,
                now: i64,
            ) -> $crate::api::Answer<$crate::api::Js<$crate::api::Pick>> {
                $crate::api::asking::pick(self.inner().account(now)?, of, quantity)
            }

            /// From which opened units of a product to throw so many parts away: in the same order, but what is recalled,
            /// expired or spoilt too, and no unit is opened for it. What is held back isn't among it.
            ///
            /// # Errors
            /// As of pick; units instead of parts.
            #[cfg_attr(
                all(feature = "wasm", target_arch = "wasm32"),
                wasm_bindgen::prelude::wasm_bindgen(js_name = "pickOpened")
            )]
            pub fn pick_opened(
                &self,
                of: $crate::api::Js<$crate::api::StockInput>,
                quantity: &str,
                now: i64,
            ) -> $crate::api::Answer<$crate::api::Js<$crate::api::Pick>> {
                $crate::api::asking::pick_opened(self.inner().account(now)?, of, quantity)
            }

            /// What was found, by facility, number, product and lot: of one facility, or of all.
            ///
            /// # Errors
            /// As of stock, where `all` isn't asked for.
            pub fn findings(
                &self,
                of: $crate::api::Js<$crate::api::FindingsInput>,
                offset: u32,
                limit: u32,
                language: $crate::api::Js<$crate::api::Language>,
                now: i64,
            ) -> $crate::api::Answer<$crate::api::Js<$crate::api::FindingPage>> {
                let page = $crate::api::asking::Page { offset, limit };
                $crate::api::asking::findings(self.inner().account(now)?, of, page, language)
            }

            /// The stock card of a lot, or of each lot of a product: every movement and count, by time.
            ///
            /// # Errors
            /// As of stock; a lot that never was there.
            pub fn card(
                &self,
                of: $crate::api::Js<$crate::api::LotInput>,
                offset: u32,
                limit: u32,
                now: i64,
            ) -> $crate::api::Answer<$crate::api::Js<$crate::api::Card>> {
                let page = $crate::api::asking::Page { offset, limit };
                $crate::api::asking::card(self.inner().account(now)?, of, page)
            }

            /// Where a lot came from and went, through any number of facilities, ending where nothing is known here.
            ///
            /// # Errors
            /// A field that can't be.
            pub fn trace(
                &self,
                of: $crate::api::Js<$crate::api::LotInput>,
                language: $crate::api::Js<$crate::api::Language>,
                now: i64,
            ) -> $crate::api::Answer<$crate::api::Js<$crate::api::Trace>> {
                $crate::api::asking::trace(self.inner().account(now)?, of, language)
            }

            /// A report: what a facility hands in or plans by.
            ///
            /// # Errors
            /// As of stock; no first day; a period that ends before it begins.
            pub fn report(
                &self,
                of: $crate::api::Js<$crate::api::ReportInput>,
                offset: u32,
                limit: u32,
                language: $crate::api::Js<$crate::api::Language>,
                now: i64,
            ) -> $crate::api::Answer<$crate::api::Js<$crate::api::ReportView>> {
                let page = $crate::api::asking::Page { offset, limit };
                $crate::api::asking::report(self.inner().account(now)?, of, page, language)
            }
        }
    };
}
pub(super) use answers;
