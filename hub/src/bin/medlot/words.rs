//! What the command says to people, in Vietnamese and English.

/// The language of what is printed for people.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Lang {
    /// Vietnamese.
    Vi,
    /// English.
    En,
}

impl Lang {
    /// From `LC_ALL`, `LC_MESSAGES` or `LANG`: Vietnamese where it begins with `vi`, else English.
    pub(crate) fn of_environment() -> Self {
        let set = ["LC_ALL", "LC_MESSAGES", "LANG"]
            .iter()
            .find_map(|name| std::env::var(name).ok().filter(|v| !v.is_empty()));
        if set.is_some_and(|v| v.starts_with("vi")) { Self::Vi } else { Self::En }
    }

    /// The word for a key of the scan's object; the key itself where it has none.
    pub(crate) fn word(self, key: &str) -> &str {
        let (vi, en) = match key {
            "read" => ("Đã đọc", "Read"),
            "confirm" => ("Cần người xác nhận: chọn một cách đọc", "A person decides: choose one reading"),
            "foreign" => ("Không phải mã GS1", "Not a GS1 code"),
            "refused" => ("Từ chối", "Refused"),
            "candidate" => ("Cách đọc", "Reading"),
            "alternative" => ("Cách đọc khác", "Other reading"),
            "gtin" => ("GTIN", "GTIN"),
            "lot" => ("Số lô", "Lot"),
            "expiry" => ("Hạn dùng", "Expiry"),
            "whole_month" => ("cả tháng", "whole month"),
            "serial" => ("Số sê-ri", "Serial"),
            "system" => ("Hệ mã", "System"),
            "product" => ("Sản phẩm", "Product"),
            "text" => ("Nội dung", "Text"),
            "repairs" => ("Đã sửa", "Repaired"),
            "warnings" => ("Lưu ý", "Note"),
            "incomplete" => ("Còn thiếu mã", "Still missing"),
            "error" => ("Lỗi", "Error"),
            "unchecked" => ("Chưa kiểm tra", "Not checked"),
            _ => (key, key),
        };
        if self == Self::Vi { vi } else { en }
    }
}
