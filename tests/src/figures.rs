//! What medlot costs and how fast it is, as figures: one a line for people, one JSON object a line for programs.
use std::fmt::Write as _;
use std::io;

/// What a figure should be.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Goal {
    /// This or less.
    AtMost(f64),
    /// This or more.
    AtLeast(f64),
}

impl Goal {
    /// Whether a value is as it should be. What isn't a number never is.
    pub fn is_met_by(self, value: f64) -> bool {
        match self {
            Self::AtMost(limit) => value <= limit,
            Self::AtLeast(limit) => value >= limit,
        }
    }
}

impl std::fmt::Display for Goal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::AtMost(limit) => write!(f, "<= {limit}"),
            Self::AtLeast(limit) => write!(f, ">= {limit}"),
        }
    }
}

/// One measured figure.
#[derive(Clone, Debug, PartialEq)]
pub struct Figure {
    /// Stable name, in dots: `wire.retail.bytes`.
    pub name: String,
    /// The value measured in this run.
    pub value: f64,
    /// Its unit: `bytes`, `records/s`, `instructions`.
    pub unit: &'static str,
    /// What it is compared with, and that one's value in the same run and unit.
    pub peer: Option<(&'static str, f64)>,
    /// What it should be.
    pub goal: Option<Goal>,
    /// What the figure holds for: the hardware, the data, what is counted.
    pub condition: &'static str,
}

impl Figure {
    /// A figure without peer and goal.
    pub fn new(name: impl Into<String>, value: f64, unit: &'static str, condition: &'static str) -> Self {
        Self { name: name.into(), value, unit, peer: None, goal: None, condition }
    }

    /// Compares it with something else measured in the same run.
    pub fn beside(mut self, peer: &'static str, value: f64) -> Self {
        self.peer = Some((peer, value));
        self
    }

    /// Says what it should be.
    pub fn goal(mut self, goal: Goal) -> Self {
        self.goal = Some(goal);
        self
    }

    /// The peer's value divided by this one for what should be small, else this one by the peer's: above 1 is
    /// better than the peer. Nothing where a zero would be divided by.
    pub fn ratio(&self) -> Option<f64> {
        let (_, peer) = self.peer?;
        let smaller_is_better = match self.goal {
            Some(Goal::AtMost(_)) => true,
            Some(Goal::AtLeast(_)) => false,
            None => !self.unit.ends_with("/s"),
        };
        let (above, below) = if smaller_is_better { (peer, self.value) } else { (self.value, peer) };
        (below != 0.0).then(|| above / below)
    }

    /// Whether the goal is met, where there is one.
    pub fn met(&self) -> Option<bool> {
        self.goal.map(|goal| goal.is_met_by(self.value))
    }

    /// One JSON object: always the same nine keys, `null` where there is nothing.
    pub fn json(&self) -> serde_json::Value {
        serde_json::json!({
            "name": self.name,
            "value": self.value,
            "unit": self.unit,
            "peer": self.peer.map(|(name, _)| name),
            "peer_value": self.peer.map(|(_, value)| value),
            "ratio": self.ratio(),
            "goal": self.goal.map(|goal| goal.to_string()),
            "met": self.met(),
            "condition": self.condition,
        })
    }

    /// One line for people.
    pub fn line(&self) -> String {
        let mut line = format!("{:<34} {:>14} {:<12}", self.name, number(self.value), self.unit);
        if let Some((peer, value)) = self.peer {
            let _ = write!(line, "  {peer}: {}", number(value));
        }
        if let Some(ratio) = self.ratio() {
            let _ = write!(line, " ({ratio:.2} times as good)");
        }
        if let (Some(goal), Some(met)) = (self.goal, self.met()) {
            let _ = write!(line, "  goal {goal}: {}", if met { "met" } else { "NOT MET" });
        }
        let _ = write!(line, "  [{}]", self.condition);
        line
    }
}

/// Whole numbers with a space between thousands, others with one decimal.
fn number(value: f64) -> String {
    let rounded = value.round();
    if (value - rounded).abs() > 1e-9 && value.abs() < 1000.0 {
        return format!("{value:.1}");
    }
    let digits = format!("{:.0}", rounded.abs());
    let mut text = String::from(if rounded < 0.0 { "-" } else { "" });
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at) % 3 == 0 {
            text.push(' ');
        }
        text.push(digit);
    }
    text
}

/// Prints figures, as JSON lines or for people.
///
/// # Errors
/// What the writer gives.
pub fn print(figures: &[Figure], json: bool, mut to: impl io::Write) -> io::Result<()> {
    for figure in figures {
        if json {
            writeln!(to, "{}", figure.json())?;
        } else {
            writeln!(to, "{}", figure.line())?;
        }
    }
    Ok(())
}

/// The figure of something that the emulated firmware printed; `None` for a name that it doesn't print.
pub fn firmware(name: &str, value: f64) -> Option<Figure> {
    const KIB: f64 = 1024.0;
    let figure = |unit, condition| Figure::new(name, value, unit, condition);
    Some(match name {
        "firmware.segment.flash" => figure("bytes", "Cortex-M4, one segment verified: code, constants, initial values")
            .goal(Goal::AtMost(32.0 * KIB)),
        "firmware.bundle.flash" => {
            figure("bytes", "Cortex-M4, a bundle verified and evaluated from its root").goal(Goal::AtMost(32.0 * KIB))
        }
        "firmware.segment.ram" | "firmware.bundle.ram" => {
            figure("bytes", "Cortex-M4, static").goal(Goal::AtMost(4.0 * KIB))
        }
        "firmware.segment.stack" | "firmware.bundle.stack" => {
            figure("bytes", "Cortex-M4, at the deepest, by painting").goal(Goal::AtMost(12.0 * KIB))
        }
        "firmware.segment.instructions" => figure("instructions", "Cortex-M4, 20 records and a seal, emulated"),
        "firmware.bundle.instructions" => {
            figure("instructions", "Cortex-M4, 3 enrolments, 10 lines, 5 seals, emulated")
        }
        "handheld.m4.flash" => figure("bytes", "Cortex-M4, the whole handheld: code, constants, initial values")
            .goal(Goal::AtMost(64.0 * KIB)),
        "handheld.m0.flash" => figure("bytes", "Cortex-M0, the whole handheld: code, constants, initial values")
            .goal(Goal::AtMost(64.0 * KIB)),
        "handheld.m4.p256.flash" => figure("bytes", "Cortex-M4, the same with P-256: no limit"),
        "handheld.m4.stack" | "handheld.m0.stack" => {
            figure("bytes", "over a day with deliveries, a recall and a count, by painting")
                .goal(Goal::AtMost(12.0 * KIB))
        }
        "handheld.m4.ram.own" | "handheld.m0.ram.own" => {
            figure("bytes", "static, besides the stock table and the buffer").goal(Goal::AtMost(4.0 * KIB))
        }
        "handheld.m4.ram" | "handheld.m0.ram" | "handheld.m4.p256.ram" => figure("bytes", "all static RAM"),
        "handheld.m4.table" => figure("bytes", "the stock table: 128 balances"),
        "handheld.m0.table" => figure("bytes", "the stock table: 32 balances"),
        "handheld.m4.buffer" | "handheld.m0.buffer" => figure("bytes", "the buffer for lines, frames and objects"),
        _ => {
            let condition = match name.strip_prefix("handheld.m4.").or_else(|| name.strip_prefix("handheld.m0."))? {
                "append.instructions" => "a receipt: written, read back, counted",
                "seal.instructions" => "mark, signature, its verification, seal",
                "fefo.instructions" => "picked from 28 lots of one product",
                "delivery.instructions" => "a delivery of 3 lines verified from the root, its receipts written",
                "handover.instructions" => "2 lines written and sealed, their bundle made and printed",
                _ => return None,
            };
            figure("instructions", condition)
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_goal_is_met_at_its_limit_and_not_beyond() {
        let at = |value| Figure::new("a", value, "bytes", "").goal(Goal::AtMost(12.0)).met();
        assert_eq!((at(12.0), at(12.5), at(f64::NAN)), (Some(true), Some(false), Some(false)));
        let fast = |value| Figure::new("a", value, "records/s", "").goal(Goal::AtLeast(4e6)).met();
        assert_eq!((fast(4e6), fast(3.9e6)), (Some(true), Some(false)));
    }

    #[test]
    fn a_ratio_above_one_is_always_better_than_the_peer() {
        assert_eq!(Figure::new("a", 20.0, "bytes", "").beside("b", 100.0).ratio(), Some(5.0));
        assert_eq!(Figure::new("a", 100.0, "records/s", "").beside("b", 20.0).ratio(), Some(5.0));
        assert_eq!(Figure::new("a", 0.0, "bytes", "").beside("b", 20.0).ratio(), None);
        assert_eq!(Figure::new("a", 1.0, "bytes", "").ratio(), None);
    }

    #[test]
    fn json_has_the_same_keys_with_and_without_peer_and_goal() {
        let bare = Figure::new("a", 1.0, "bytes", "c").json();
        let full = Figure::new("a", 1.0, "bytes", "c").beside("b", 2.0).goal(Goal::AtMost(1.0)).json();
        let keys = |value: &serde_json::Value| value.as_object().map(|map| map.keys().cloned().collect::<Vec<_>>());
        assert_eq!(keys(&bare), keys(&full));
        assert_eq!(keys(&full).map(|keys| keys.len()), Some(9));
        assert_eq!((full["met"].as_bool(), full["goal"].as_str()), (Some(true), Some("<= 1")));
        assert!(bare["ratio"].is_null());
    }

    #[test]
    fn numbers_are_grouped_by_thousands() {
        let all = [0.0, 999.0, 1000.0, 1_853_040.0, 45.25, -1234.0].map(number);
        assert_eq!(all, ["0", "999", "1 000", "1 853 040", "45.2", "-1 234"]);
    }

    #[test]
    fn a_name_that_the_firmware_does_not_print_is_no_figure() {
        assert!(firmware("firmware.segment.flash", 40_000.0).is_some_and(|figure| figure.met() == Some(false)));
        assert_eq!(firmware("firmware.heap", 1.0), None);
    }
}
