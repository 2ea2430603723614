//! What findings say to people, in Vietnamese and English: what is wrong, and what to do.

use crate::lang::Lang;
use medlot_core::ledger::FindingKind;
use medlot_core::trust::{FINDINGS, Reason};

/// Name and text of a finding of trust (3012 …), English.
pub(crate) fn trust_finding(code: u16) -> (&'static str, &'static str) {
    let name = FINDINGS.iter().find(|(number, _)| *number == code).map_or("other", |(_, name)| *name);
    (name, remark(code, Lang::En))
}

/// A finding of trust that records have although they count.
fn remark(code: u16, lang: Lang) -> &'static str {
    match code {
        3012 => lang.pick(
            "lệnh cắt do một nhật ký không ở cấp trên ghi: không có hiệu lực",
            "a cut by a log that isn't above its target has no effect",
        ),
        3013 => lang.pick(
            "nhật ký có hai nhánh: hãy báo cơ quan đã ghi danh thiết bị",
            "the log has two branches: report it to its authority",
        ),
        3014 => lang.pick(
            "một cơ quan cấp trên có hai lịch sử: hãy báo lên cấp trên nữa",
            "an authority above has two histories: report it",
        ),
        3015 => lang.pick("ghi ngoài thời hạn ghi danh của thiết bị", "written outside the validity of its enrolment"),
        3016 => lang.pick("đồng hồ của thiết bị chưa từng được chỉnh", "the device's clock was never set"),
        3017 => lang.pick(
            "danh sách cắt hiện hành lùi lại hoặc mâu thuẫn với nhật ký của nó",
            "a State goes back or contradicts its log",
        ),
        3018 => lang.pick(
            "đồng hồ ở đây chưa chỉnh, hoặc chậm hơn danh sách cắt mới nhất: hãy chỉnh giờ",
            "no clock is set here, or it is earlier than the newest State: set it",
        ),
        3019 => lang.pick(
            "có người báo cáo hộ một cơ sở đã có thiết bị riêng",
            "a reporter writes for a facility that has a device of its own",
        ),
        _ => lang.pick(
            "thiếu bản ghi của một thiết bị thuộc cơ sở: hãy đồng bộ với thiết bị đó",
            "records of a device of this facility aren't here: synchronise with it",
        ),
    }
}

/// Why records don't count.
fn refused(reason: Reason, lang: Lang) -> &'static str {
    match reason {
        Reason::Malformed => lang.pick("bản ghi hỏng hoặc sai chỗ", "malformed, or stands where its kind can't stand"),
        Reason::BadSeal => lang.pick("dấu niêm phong sai", "the seal doesn't hold"),
        Reason::CutOff => lang.pick(
            "thiết bị đã bị cơ quan quản lý cắt trước bản ghi này: không nhận hàng theo lời nó",
            "an authority ended this log before: don't accept goods on its word",
        ),
        Reason::BranchCutOff => lang.pick(
            "nhật ký có hai nhánh, cơ quan quản lý đã chọn nhánh kia",
            "the log has two branches, and an authority ended it on the other one",
        ),
        Reason::EnrolmentRefused => {
            lang.pick("mọi ghi danh của thiết bị đều bị từ chối", "every enrolment of this device is refused")
        }
        Reason::RoleExceeded => lang.pick(
            "vượt quyền: không ghi danh nào cho phép vai trò, phạm vi và cơ sở này",
            "beyond its role: no enrolment grants this role, scope and facility",
        ),
        Reason::NotReadable => {
            lang.pick("bản phần mềm này không đọc được: hãy cập nhật", "this build doesn't read it: update")
        }
        Reason::NewerFormat => lang.pick(
            "cần bản phần mềm mới hơn để hiểu: hãy cập nhật",
            "an entry before needs a newer version to be understood: update",
        ),
        Reason::CutNotChecked => lang.pick(
            "chưa kiểm được lệnh cắt của nhật ký này: hãy lấy các bản ghi đến chỗ cắt",
            "a cut of this log can't be checked here: fetch the records up to the cut",
        ),
        Reason::PathUnknown => lang.pick(
            "chưa rõ ghi danh cho phép bản ghi này: hãy lấy nhật ký của cơ quan quản lý",
            "the enrolment that grants it is unknown here: fetch the authority's log",
        ),
        Reason::NotEnrolled => lang.pick(
            "thiết bị chưa được ghi danh ở đây: hãy lấy ghi danh từ cơ quan quản lý",
            "no enrolment of this device is here: fetch it from the authority",
        ),
    }
}

/// What a finding of trust says of so many records of a device.
pub(super) fn trusted(code: u16, device: &str, records: usize, lang: Lang) -> String {
    let reason = Reason::ALL.iter().copied().find(|reason| reason.code() == code);
    let text = reason.map_or_else(|| remark(code, lang), |reason| refused(reason, lang));
    match records {
        0 => lang.pick(format!("Thiết bị {device}: {text}"), format!("Device {device}: {text}")),
        1 => lang.pick(format!("Thiết bị {device}, 1 bản ghi: {text}"), format!("Device {device}, 1 record: {text}")),
        n => lang
            .pick(format!("Thiết bị {device}, {n} bản ghi: {text}"), format!("Device {device}, {n} records: {text}")),
    }
}

/// What is missing, and what to ask for.
pub(super) fn missing(code: u16, log: &str, records: u32, lang: Lang) -> String {
    let device: String = log.chars().take(16).collect();
    if code == 3020 {
        return lang.pick(
            format!("thiếu {records} bản ghi của thiết bị {device}: hãy đồng bộ với nó"),
            format!("{records} records of device {device} aren't here: synchronise with it"),
        );
    }
    let Some(reason) = Reason::ALL.iter().copied().find(|reason| reason.code() == code) else {
        return lang.pick(
            format!("chưa mở được dữ liệu của thiết bị {device}: hãy lấy ghi danh của nó"),
            format!("what device {device} sent can't be read yet: fetch its enrolment"),
        );
    };
    let text = refused(reason, lang);
    lang.pick(
        format!("{records} bản ghi của thiết bị {device} chưa rõ: {text}"),
        format!("{records} records of device {device} are unknown here: {text}"),
    )
}

/// The numbers and names of a finding of the ledger.
#[derive(Debug, Default)]
pub(super) struct Said<'s> {
    /// Product and lot, for people.
    pub(super) what: &'s str,
    /// The facility that it is about.
    pub(super) facility: &'s str,
    /// The other facility.
    pub(super) other: &'s str,
    /// Units, parts or seconds.
    pub(super) amount: i64,
    /// Of a shipment: sent, received, refused, back, and missing without what was refused.
    pub(super) sent: u64,
    pub(super) received: u64,
    pub(super) refused: u64,
    pub(super) missing: u64,
    /// Days since it was sent.
    pub(super) days: i64,
}

/// What a finding says.
pub(super) fn finding(kind: FindingKind, said: &Said<'_>, lang: Lang) -> String {
    let Said { what, facility, other, amount, sent, received, refused, missing, days } = said;
    let to = |vi: &str, en: &str| {
        if other.is_empty() { String::new() } else { lang.pick(format!(" {vi} {other}"), format!(" {en} {other}")) }
    };
    let by = hours(*amount, lang);
    match kind {
        FindingKind::Fork => lang.pick(
            format!("{facility}: một thiết bị có hai lịch sử, cả hai đang được tính: hãy báo cơ quan quản lý"),
            format!("{facility}: a device has two histories and both are counted: report it to the authority"),
        ),
        FindingKind::NegativeStock => lang.pick(
            format!("{what}: sổ còn {amount}, xuất nhiều hơn nhập: tìm phiếu nhập còn thiếu hoặc kiểm kê lại"),
            format!("{what}: the book says {amount}, more went out than came in: find the receipt that is missing, or count"),
        ),
        FindingKind::OverReceipt => lang.pick(
            format!("{what}: nhận {received}, nhiều hơn {amount} so với {sent} đã gửi: hai bên đối chiếu"),
            format!("{what}: {received} received, {amount} more than the {sent} sent: compare with the other side"),
        ),
        FindingKind::ReceivedTwice => lang.pick(
            format!("{what}: hai thiết bị cùng nhận một dòng hàng: đảo bản ghi nêu sau cùng"),
            format!("{what}: two devices received the same line: reverse the record named last"),
        ),
        FindingKind::ReceiptWithoutShipment => lang.pick(
            format!("{what}: {facility} nhận {amount}{} mà chưa thấy phiếu xuất: lấy mã giao hàng", to("từ", "from")),
            format!("{what}: {facility} received {amount}{} and no such shipment is here: take the delivery's code", to("từ", "from")),
        ),
        FindingKind::NotReceived => lang.pick(
            format!("{what}: {facility} đã gửi {amount}{}, {days} ngày chưa ai xác nhận: hỏi lại bên nhận", to("cho", "to")),
            format!("{what}: {facility} sent {amount}{}, and for {days} days nobody answered: ask the receiver", to("cho", "to")),
        ),
        FindingKind::Shortage => shortage(what, facility, other, [*sent, *received, *refused, *missing], lang),
        FindingKind::AnsweredByAnother => lang.pick(
            format!("{what}: {facility} nhận hàng không gửi cho mình: báo bên gửi{}", to("là", "")),
            format!("{what}: {facility} received what wasn't sent to it: tell the sender{}", to("", "")),
        ),
        FindingKind::ExpiredDispensed => lang.pick(
            format!("{what}: đã cấp phát {amount} sau hạn dùng: tìm người nhận và báo cáo"),
            format!("{what}: {amount} dispensed after the expiry: find who has it and report"),
        ),
        FindingKind::RecalledDispensed => lang.pick(
            format!("{what}: đã cấp phát {amount} khi đang thu hồi: tìm người nhận và báo cáo"),
            format!("{what}: {amount} dispensed while recalled: find who has it and report"),
        ),
        FindingKind::HeldDispensed => lang.pick(
            format!("{what}: đã cấp phát {amount} từ hàng đang giữ lại"),
            format!("{what}: {amount} dispensed from what is held back"),
        ),
        FindingKind::DuplicateSerial => lang.pick(
            format!("{what}: một số sê-ri xuất hiện nhiều hơn {amount} so với hộp: nghi hàng giả, giữ lại và báo cáo"),
            format!("{what}: {amount} more of one serial number than its pack holds: suspect a falsified pack, hold it and report"),
        ),
        FindingKind::ExpiryConflict => lang.pick(
            format!("{what}: các bản ghi nêu hạn dùng khác nhau, lấy hạn sớm nhất: xem lại bao bì"),
            format!("{what}: records claim different expiries, the earliest governs: look at the packs"),
        ),
        FindingKind::PartsConflict => lang.pick(
            format!("{what}: số phần trong một đơn vị không khớp, không cộng được: ghi lại cho thống nhất"),
            format!("{what}: parts of a unit that can't be added: write them in one measure"),
        ),
        FindingKind::ClockBack => lang.pick(
            format!("{facility}: đồng hồ thiết bị lùi {by}: xem lại giờ"),
            format!("{facility}: a device's clock went back by {by}: look at its clock"),
        ),
        FindingKind::ClockAhead => lang.pick(
            format!("{facility}: đồng hồ thiết bị nhanh {by}: xem lại giờ"),
            format!("{facility}: a device's clock is ahead by {by}: look at its clock"),
        ),
        FindingKind::AbsorbedByCount => lang.pick(
            format!("{what}: {amount} ghi ở thiết bị khác hoặc ghi muộn đã nằm trong số kiểm kê, không tính lần nữa"),
            format!("{what}: {amount}, unknown when it was counted, were in the counted quantity: they aren't added again"),
        ),
        FindingKind::OverlappingCounts => lang.pick(
            format!("{what}: hai thiết bị cùng kiểm kê mà không biết nhau, lấy lần sau: nên kiểm kê lại"),
            format!("{what}: two devices counted without knowing of each other, the later governs: better count again"),
        ),
        FindingKind::AfterEndOfCount => lang.pick(
            format!("{facility}: một dòng kiểm kê ghi sau khi đã kết thúc, không có hiệu lực: kiểm kê lại"),
            format!("{facility}: a line written after its count had ended has no effect: count again"),
        ),
        FindingKind::ReversalExceeds => lang.pick(
            format!("{what}: bút toán đảo không khớp bản ghi gốc: xem lại"),
            format!("{what}: a reversal doesn't match its target: look at both"),
        ),
        FindingKind::ReversalTooLate => lang.pick(
            format!("{what}: đảo {amount} đã được bên kia nhận: hai bên đối chiếu"),
            format!("{what}: {amount} taken back that the other side has received: compare with it"),
        ),
        FindingKind::DestructionUnwitnessed => lang.pick(
            format!("{what}: tiêu hủy mới có {amount} người chứng kiến, cần ít nhất 3"),
            format!("{what}: {amount} people stand for this destruction, at least 3 must"),
        ),
        FindingKind::LossNotReported => lang.pick(
            format!("{what}: thuốc kiểm soát đặc biệt mất {amount}, quá 48 giờ chưa báo cáo"),
            format!("{what}: {amount} of a controlled medicine lost, and not reported within 48 hours"),
        ),
    }
}

fn shortage(
    what: &str,
    facility: &str,
    other: &str,
    [sent, received, refused, missing]: [u64; 4],
    lang: Lang,
) -> String {
    let route = if other.is_empty() { facility.to_owned() } else { format!("{facility} → {other}") };
    let refused = match refused {
        0 => String::new(),
        n => lang.pick(format!(", từ chối {n}"), format!(", {n} refused")),
    };
    let open = if missing > 0 {
        lang.pick(
            format!(", thiếu {missing}: hai bên đối chiếu"),
            format!(", {missing} missing: compare with the other side"),
        )
    } else {
        lang.pick(": bên gửi chưa nhận lại".to_owned(), ": the sender hasn't taken it back".to_owned())
    };
    lang.pick(
        format!("{what}, {route}: gửi {sent}, nhận {received}{refused}{open}"),
        format!("{what}, {route}: {sent} sent, {received} received{refused}{open}"),
    )
}

/// Seconds for people.
fn hours(seconds: i64, lang: Lang) -> String {
    let (days, hours, minutes) = (seconds / 86_400, seconds % 86_400 / 3_600, seconds % 3_600 / 60);
    let text = |n: i64, vi: &str, en: &str| format!("{n} {}", lang.pick(vi, en));
    match (days, hours) {
        (0, 0) => text(minutes, "phút", "min"),
        (0, h) => format!("{} {}", text(h, "giờ", "h"), text(minutes, "phút", "min")),
        (d, h) => format!("{} {}", text(d, "ngày", "d"), text(h, "giờ", "h")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use FindingKind as K;

    const KINDS: [K; 23] = [
        K::Fork,
        K::NegativeStock,
        K::OverReceipt,
        K::ReceivedTwice,
        K::ReceiptWithoutShipment,
        K::NotReceived,
        K::Shortage,
        K::AnsweredByAnother,
        K::ExpiredDispensed,
        K::RecalledDispensed,
        K::HeldDispensed,
        K::DuplicateSerial,
        K::ExpiryConflict,
        K::PartsConflict,
        K::ClockBack,
        K::ClockAhead,
        K::AbsorbedByCount,
        K::OverlappingCounts,
        K::AfterEndOfCount,
        K::ReversalExceeds,
        K::ReversalTooLate,
        K::DestructionUnwitnessed,
        K::LossNotReported,
    ];

    #[test]
    fn every_finding_speaks_both_languages() {
        let said = Said { what: "gtin:1 lot A", facility: "01C55", other: "D", ..Said::default() };
        assert_eq!(KINDS.len(), FindingKind::CODES.len());
        for kind in KINDS {
            let (vi, en) = (finding(kind, &said, Lang::Vi), finding(kind, &said, Lang::En));
            assert!(vi != en && vi.len() > 20 && en.len() > 20, "{kind:?}: {vi} / {en}");
        }
        for reason in Reason::ALL {
            let (vi, en) = (trusted(reason.code(), "ab", 2, Lang::Vi), trusted(reason.code(), "ab", 2, Lang::En));
            assert_ne!(vi, en);
        }
        for (code, name) in FINDINGS {
            assert_ne!(remark(*code, Lang::Vi), remark(*code, Lang::En), "{name}");
        }
    }

    #[test]
    fn a_shortage_says_what_each_side_counts() {
        let text = shortage("A", "D", "01C55", [12_000, 11_800, 100, 100], Lang::En);
        assert_eq!(
            text,
            "A, D → 01C55: 12000 sent, 11800 received, 100 refused, 100 missing: compare with the other side"
        );
    }

    #[test]
    fn a_clock_difference_is_said_in_days_hours_or_minutes() {
        assert_eq!(hours(180_000, Lang::En), "2 d 2 h");
        assert_eq!(hours(5_400, Lang::Vi), "1 giờ 30 phút");
        assert_eq!(hours(660, Lang::En), "11 min");
    }
}
