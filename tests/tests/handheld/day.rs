//! A scripted day: whoever the handheld has to do with, and the lines that it is given.
use medlot_core::crypto::Suite;
use medlot_core::ident::{LotNumber, Party, Product, Quantity};
use medlot_core::movement::{Direction, Document, Group, Movement};
use medlot_core::record::{Entry, List, ObjectType, Recall, Role, Roles, header};
use medlot_core::time::{Date, Expiry};
use medlot_sdk::qr::to_text;
use medlot_tests::world::{ALL, AUTHORITY, Bundle, Grant, Log, MOVE};

/// The handheld's facility.
pub const FACILITY: &str = "01C55";
/// The seed of the handheld's key.
const SEED: u8 = 7;
pub const GTIN: &str = "08936098966893";

/// Root, province, a wholesaler's device, the handheld.
pub struct Country {
    pub root: Log,
    pub province: Log,
    supplier: Log,
    /// As the host knows it: its key and record 0.
    pub handheld: Log,
}

impl Country {
    pub fn new() -> Self {
        let mut root = Log::root(Suite::Ed25519, 1, [0; 32]).unwrap();
        let mut province = Log::under(&root, Suite::Ed25519, 2, "01").unwrap();
        root.enrol(&province, Grant::over(AUTHORITY, ALL)).unwrap();
        let mut supplier = Log::under(&province, Suite::Ed25519, 3, "01C01").unwrap();
        province.enrol(&supplier, Grant::own(MOVE)).unwrap();
        let handheld = Log::under(&province, Suite::Ed25519, SEED, FACILITY).unwrap();
        province.enrol(&handheld, Grant::own(MOVE)).unwrap();
        for (at, (lot, expiry, quantity)) in
            (0u32..).zip([("A100", (2027, 3, 31), 40), ("A200", (2026, 12, 31), 25), ("B7", (2028, 6, 30), 12)])
        {
            let expiry = Expiry::Day(Date::new(expiry.0, expiry.1, expiry.2).unwrap());
            let product = Product::parse("gtin:08936098966893").unwrap();
            let lot = LotNumber::parse(lot).ok();
            let quantity = Quantity::units(quantity).unwrap();
            let mut line = Movement::new(Direction::Out, 1, product, lot, expiry, quantity);
            line.sent = true;
            line.group = if at == 0 { Group::Head(3) } else { Group::Line(at) };
            if at == 0 {
                line.counterparty = Party::parse("facility:01C55").ok();
                let number = medlot_core::ident::DocumentNumber::parse("PX-2026-00400").unwrap();
                line.document = Some(Document { kind: 1, number });
            }
            supplier.push(Entry::Movement { movement: line, extensions: None }).unwrap();
        }
        Self { root, province, supplier, handheld }
    }
    /// The elements that lead to the province's log.
    fn path(&self) -> Bundle {
        Bundle::new().one(&self.root, 1).unwrap()
    }
    /// The invitation of the province for the handheld's facility.
    pub fn invitation(&self) -> String {
        let mut object = header(ObjectType::Invitation).to_vec();
        object.extend(self.province.line.0);
        object.push(FACILITY.len() as u8);
        object.extend(FACILITY.as_bytes());
        object.push(Roles::of(&[Role::Move]).0 as u8);
        object.extend(Bundle::new().keyed(&self.root, &self.root.one(0).unwrap()).unwrap().bytes);
        object.extend(self.path().bytes);
        to_text(&object)
    }
    /// What enrols the handheld.
    pub fn enrolment(&self) -> String {
        to_text(&self.path().under(&self.province.one(2).unwrap()).unwrap().object())
    }
    /// These records of the handheld's log, as it hands them out.
    pub fn own_bundle(&self, log: &Log, from: usize, to: usize) -> Vec<u8> {
        let bundle = self.path().under(&self.province.one(2).unwrap()).unwrap();
        bundle.under(&log.body(from, to).unwrap()).unwrap().object()
    }
    /// Three lines of the wholesaler to the handheld's facility.
    pub fn delivery(&self) -> String {
        let bundle = self.path().under(&self.province.one(1).unwrap()).unwrap();
        to_text(&bundle.under(&self.supplier.body(1, 4).unwrap()).unwrap().object())
    }
    /// A recall of one lot.
    pub fn recall(&self) -> (Log, String) {
        let mut province = self.province.clone();
        let product = [Product::parse("gtin:08936098966893").unwrap()];
        let lots = [LotNumber::parse("A200").ok()];
        let (mut a, mut b) = ([0; 64], [0; 64]);
        let recall = Recall {
            class: 2,
            notice: "QLD-2026-118",
            products: List::encode(&product, &mut a).unwrap(),
            lots: Some(List::encode(&lots, &mut b).unwrap()),
            from: None,
            extensions: None,
        };
        let at = province.push(Entry::Recall(recall)).unwrap();
        let text = to_text(&self.path().under(&province.one(0).unwrap()).unwrap().one(&province, at).unwrap().object());
        (province, text)
    }
    /// The root's object.
    pub fn anchor(&self) -> Vec<u8> {
        self.root.anchor().unwrap()
    }

    /// The lines of the day, in order.
    pub fn lines(&self) -> Vec<String> {
        let mut lines: Vec<String> = Vec::new();
        let mut say = |line: &str| lines.push(line.to_owned());
        let scan = |lot: &str, expiry: &str| format!("01{GTIN}17{expiry}10{lot}");
        say("time 2026-11-24T07:58:00Z");
        say(&format!("seed {}", "07".repeat(32)));
        say(&self.invitation());
        say(&self.enrolment());
        say("time 2026-11-24T08:05:00Z");
        say(&self.delivery());
        say(&self.delivery()); // the same paper again
        say(&scan("A100", "270331"));
        say("time 2026-11-24T08:31:10Z");
        say("dispense 3");
        say("dispense 1");
        say(&scan("A200", "261231"));
        say("dispense 2");
        say("hold 5");
        say(&scan("C1", "270600"));
        say("receive 30");
        say("seal");
        say("time 2026-11-24T11:40:00Z");
        say("count begin");
        say("count 29");
        say(&scan("A100", "270331"));
        say("count 36");
        say("count end");
        say("time 2026-11-24T14:00:00Z");
        say("entropy 000102030405060708090a0b0c0d0e0f");
        say("basket 6");
        say(&scan("B7", "280630"));
        say("basket 2");
        say("handover facility:01C77 delivery-note:HD-77");
        say("time 2026-11-24T16:12:00Z");
        say(&scan("A200", "261231"));
        say("release 1");
        say("dispense 4");
        say(&self.recall().1);
        say("pick 60");
        say("dispense 30"); // recalled, and more than there is
        say("seal");
        say("status");
        say("stock");
        lines
    }
}
