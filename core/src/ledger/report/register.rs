//! Specially controlled medicines: the register with its running balance, and the half-year's form.

use super::super::settled::{Settled, measure};
use super::period::{Completeness, Period};
use super::span::{Half, Span};
use super::turnover::Turnover;
use super::walk::{Post, Walk, When};
use crate::ident::{LotNumber, Measure, Operator, Party, Product};
use crate::movement::{Direction, Document, Movement};
use crate::record::Entry;
use crate::time::{Date, Expiry, TimeError};
use crate::trust::RecordId;
use alloc::vec::Vec;

/// How a medicine is controlled: `special_control_type` of the national catalogue.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[allow(missing_docs)] // the names say it
pub enum Control {
    None,
    Narcotic,
    Psychotropic,
    Precursor,
    Poison,
    /// On the list of substances banned in certain fields.
    Banned,
    Radioactive,
    /// A type of a newer catalogue.
    Other(u8),
}

impl Control {
    /// Of the catalogue's number.
    #[must_use]
    pub const fn of_number(number: u8) -> Self {
        match number {
            0 => Self::None,
            1 => Self::Narcotic,
            2 => Self::Psychotropic,
            3 => Self::Precursor,
            4 => Self::Poison,
            5 => Self::Banned,
            6 => Self::Radioactive,
            other => Self::Other(other),
        }
    }

    /// The stable name; `None`: not controlled, or a type of a newer catalogue.
    #[must_use]
    pub const fn name(self) -> Option<&'static str> {
        Some(match self {
            Self::Narcotic => "narcotic",
            Self::Psychotropic => "psychotropic",
            Self::Precursor => "precursor",
            Self::Poison => "poison",
            Self::Banned => "banned",
            Self::Radioactive => "radioactive",
            Self::None | Self::Other(_) => return None,
        })
    }

    /// The catalogue's number.
    #[must_use]
    pub const fn number(self) -> u8 {
        match self {
            Self::None => 0,
            Self::Narcotic => 1,
            Self::Psychotropic => 2,
            Self::Precursor => 3,
            Self::Poison => 4,
            Self::Banned => 5,
            Self::Radioactive => 6,
            Self::Other(other) => other,
        }
    }
}

/// A line of the register.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PageLine<'l> {
    /// The movement, or the line (or end) of a count.
    pub record: RecordId,
    /// When it took place: seconds since 2020, as its clock was set last.
    pub time: i64,
    /// The lot number; `None`: none is printed.
    pub lot: Option<LotNumber<'l>>,
    /// Until when the lot may be used.
    pub expiry: Expiry,
    /// Which way it went; `None`: counted.
    pub direction: Option<Direction>,
    /// Its reason, of the direction's list; 0 of a count.
    pub reason: u16,
    /// How much, less what was taken back; of a count, by how much it differs.
    pub quantity: i64,
    /// What it adds to the balance: 0 where it only changed its place within the facility.
    pub change: i64,
    /// What stands afterwards, of all lots of the product.
    pub balance: i64,
    /// Its documents, or its group's.
    pub documents: [Option<Document<'l>>; 2],
    /// From or to whom, its own or its group's.
    pub counterparty: Option<Party<'l>>,
    /// Who wrote it.
    pub operator: Option<Operator<'l>>,
}

/// A page of the register: one product in whole units, or in one measure of parts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page<'l> {
    /// The product.
    pub product: Product<'l>,
    /// How it is controlled.
    pub control: Control,
    /// Parts: how many make a unit, and what one is; `None`: whole units.
    pub parts: Option<(u16, Measure)>,
    /// The sums; opening is the balance before the first line, closing that after the last.
    pub turnover: Turnover,
    /// Every movement and count, by time, log and index.
    pub lines: Vec<PageLine<'l>>,
}

/// The register of a facility.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Register<'l> {
    /// By product, then units before parts.
    pub pages: Vec<Page<'l>>,
    /// Provisional until every device is held past the end.
    pub completeness: Completeness,
}

/// A line of the half-year's form.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HalfYearLine<'l> {
    /// The product.
    pub product: Product<'l>,
    /// How it is controlled.
    pub control: Control,
    /// Parts: how many make a unit, and what one is; `None`: whole units.
    pub parts: Option<(u16, Measure)>,
    /// Stood before.
    pub opening: i64,
    /// Came in.
    pub came: i64,
    /// Went out, without what was lost.
    pub went: i64,
    /// Missing or stolen.
    pub lost: i64,
    /// What counts found, more or less: the form has no column for it; who fills it in explains it.
    pub counted: i64,
    /// Stands afterwards: opening + came − went − lost + counted.
    pub closing: i64,
}

/// The half-year's form of specially controlled medicines (NĐ 163/2025, Form 06).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HalfYear<'l> {
    /// 01/01–30/06 or 01/07–31/12.
    pub span: Span,
    /// The last day to hand it in: 15/07 or 15/01.
    pub due: Date,
    /// By product, then units before parts.
    pub lines: Vec<HalfYearLine<'l>>,
    /// Provisional until every device is held past the end.
    pub completeness: Completeness,
}

impl<'l> Walk<'l, '_> {
    fn page_line(&self, post: &Post, lot: &super::super::Lot<'l>) -> Option<PageLine<'l>> {
        let book = &self.settled.ledger.book;
        let line = PageLine {
            record: book.id(post.row),
            time: post.time,
            lot: lot.number(),
            expiry: lot.expiry(),
            direction: None,
            reason: 0,
            quantity: post.quantity,
            change: post.change,
            balance: 0,
            documents: [None; 2],
            counterparty: None,
            operator: None,
        };
        Some(match book.record(post.row)?.entry {
            Entry::Movement { movement, .. } => {
                let head = book.group_head(post.row, &movement).and_then(|head| self.movement(head));
                let of = |m: &Movement<'l>| [m.document, m.second_document];
                let documents =
                    if movement.document.is_some() { of(&movement) } else { of(head.as_ref().unwrap_or(&movement)) };
                let counterparty = movement.counterparty.or(head.and_then(|head| head.counterparty));
                let operator = self.beside.operator(post.row, movement.operator);
                let operator = operator.or(head.and_then(|head| head.operator));
                let (direction, reason) = (Some(movement.direction), movement.reason);
                PageLine { direction, reason, documents, counterparty, operator, ..line }
            }
            Entry::CountLine(said) => {
                let begin = super::super::counts::begin_of(book, post.row, said.begin);
                let (operator, document) = match begin.and_then(|begin| book.record(begin)).map(|r| r.entry) {
                    Some(Entry::CountBegin(begin)) => (begin.operator, begin.document),
                    _ => (None, None),
                };
                PageLine { operator: said.operator.or(operator), documents: [document, None], ..line }
            }
            Entry::CountEnd(said) => PageLine { operator: said.operator, ..line },
            _ => line,
        })
    }
}

impl<'l> Settled<'l> {
    /// The register of specially controlled medicines: every movement of a period with the balance after it.
    ///
    /// `control` says how a product is controlled; what isn't has no page.
    #[must_use]
    pub fn register(self, period: &Period<'_>, control: &dyn Fn(&Product<'_>) -> Control) -> Register<'l> {
        let walk = Walk::new(self, period);
        let mut pages: Vec<(u32, Page<'l>)> = Vec::new();
        let mut undated = 0u64;
        for lot in walk.lots() {
            let Some(product) = lot.product() else { continue };
            let control = control(&product);
            if control == Control::None {
                continue;
            }
            walk.each(&lot, |post| {
                undated += u64::from(walk.is_undated(post.row));
                // The lots of a product come one after the other.
                let is = |(of, page): &(u32, Page<'_>)| *of == post.measure && page.product == product;
                let at = pages.iter().rposition(is).unwrap_or(pages.len());
                if at == pages.len() {
                    let (parts, turnover) = (measure(post.measure), Turnover::default());
                    pages.push((post.measure, Page { product, control, parts, turnover, lines: Vec::new() }));
                }
                let Some((_, page)) = pages.get_mut(at) else { return };
                if let Some(posting) = walk.posting(&post) {
                    page.turnover.take(&posting);
                }
                if post.when == When::Within {
                    page.lines.extend(walk.page_line(&post, &lot));
                }
            });
        }
        let mut from = 0;
        while let Some((_, first)) = pages.get(from) {
            let same = pages.iter().skip(from).take_while(|(_, page)| page.product == first.product).count();
            if let Some(pages) = pages.get_mut(from..from + same) {
                pages.sort_by_key(|(of, _)| *of);
            }
            from += same;
        }
        let mut pages: Vec<Page<'l>> = pages.into_iter().map(|(_, page)| page).collect();
        pages.retain(|page| !page.turnover.is_empty() || !page.lines.is_empty());
        for page in &mut pages {
            page.lines.sort_by(|a, b| {
                let key = |line: &PageLine<'_>| {
                    let id = line.record;
                    (line.time, id.log, id.index, id.identity, line.direction.is_none(), line.change)
                };
                let lot = |line: &PageLine<'l>| line.lot.map(|lot| lot.as_str());
                key(a).cmp(&key(b)).then_with(|| lot(a).cmp(&lot(b)))
            });
            let mut balance = page.turnover.opening;
            for line in &mut page.lines {
                balance += line.change;
                line.balance = balance;
            }
        }
        Register { pages, completeness: walk.completeness(undated) }
    }

    /// The half-year's form. `period` says the facility, its devices, the offset; its days are those of the half-year.
    ///
    /// # Errors
    /// A year outside 1975–2101.
    pub fn half_year(
        self,
        period: &Period<'_>,
        (year, half): (u16, Half),
        control: &dyn Fn(&Product<'_>) -> Control,
    ) -> Result<HalfYear<'l>, TimeError> {
        let span = Span::half_year(year, half)?;
        let due = match half {
            Half::First => Date::new(year, 7, 15)?,
            Half::Second => Date::new(year.saturating_add(1), 1, 15)?,
        };
        let controlled = |product: &Product<'_>| {
            control(product) != Control::None && period.products.is_none_or(|wanted| wanted(product))
        };
        let report = self.period(&Period { span, products: Some(&controlled), ..*period });
        let line = |line: &super::ProductLine<'l>| {
            let t = &line.turnover;
            HalfYearLine {
                product: line.product,
                control: control(&line.product),
                parts: line.parts,
                opening: t.opening,
                came: t.came,
                went: t.went - t.lost,
                lost: t.lost,
                counted: t.counted,
                closing: t.closing,
            }
        };
        let lines = report.products.iter().map(line).collect();
        Ok(HalfYear { span, due, lines, completeness: report.completeness })
    }
}
