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
            "root_begun" => ("Đã lập gốc tin cậy", "Root begun"),
            "invitation" => ("Giấy mời", "Invitation"),
            "request" => ("Yêu cầu ghi danh", "Request to be enrolled"),
            "enrolled_device" => ("Đã ghi danh", "Enrolled"),
            "accepted" => ("Đã nhận", "Accepted"),
            "cut_off" => ("Đã cắt", "Cut off"),
            "confirmed" => ("Đã xác nhận", "Confirmed"),
            "state" => ("Danh sách cắt hiện hành", "State"),
            "recall" => ("Thu hồi", "Recall"),
            "end_recall" => ("Kết thúc thu hồi", "End of recall"),
            "recorded" => ("Đã ghi", "Recorded"),
            "sealed" => ("Đã niêm phong", "Sealed"),
            "handed_over" => ("Đã giao", "Handed over"),
            "received" => ("Đã nhận hàng", "Received"),
            "verified" => ("Kết quả kiểm tra", "Verified"),
            "movements" => ("Biến động", "Movements"),
            "inspected" => ("Nội dung", "Inspected"),
            "written" => ("Đã viết", "Written"),
            "device" => ("Thiết bị", "Device"),
            "closed" => ("Đã ngừng dùng", "Closed"),
            "next_root" => ("Gốc kế tiếp", "Next root"),
            "log" => ("nhật ký", "log"),
            "index" => ("số thứ tự", "index"),
            "kind" => ("loại", "kind"),
            "facility" => ("cơ sở", "facility"),
            "recorded_at" => ("lúc ghi", "recorded at"),
            "direction" => ("chiều", "direction"),
            "reason" => ("lý do", "reason"),
            "quantity" => ("số lượng", "quantity"),
            "counterparty" => ("bên kia", "counterparty"),
            "counts" => ("có giá trị", "counts"),
            "operator" => ("người thao tác", "operator"),
            "documents" => ("chứng từ", "documents"),
            "number" => ("số", "number"),
            "records" => ("bản ghi", "records"),
            "unsealed" => ("chưa niêm phong", "unsealed"),
            "files" => ("tệp", "files"),
            "bytes" => ("số byte", "bytes"),
            "object" => ("đối tượng", "object"),
            "verdict" => ("kết luận", "verdict"),
            "current" => ("hiện trạng", "current"),
            "reasons" => ("nguyên do", "reasons"),
            "findings" => ("phát hiện", "findings"),
            "as_of" => ("tính đến", "as of"),
            "message" => ("nội dung", "message"),
            "code" => ("mã", "code"),
            "name" => ("tên", "name"),
            "why" => ("vì", "why"),
            "roles" => ("vai trò", "roles"),
            "scope" => ("phạm vi", "scope"),
            "enrolled" => ("đã ghi danh", "enrolled"),
            "objects" => ("đối tượng", "objects"),
            "changes" => ("thay đổi", "changes"),
            "before" => ("trước", "before"),
            "now" => ("nay", "now"),
            "valid" => ("hợp lệ", "valid"),
            "invalid" => ("không hợp lệ", "invalid"),
            "unknown" => ("chưa rõ", "unknown"),
            "yes" => ("có", "yes"),
            "no" => ("không", "no"),
            "in" => ("nhập", "in"),
            "out" => ("xuất", "out"),
            "move" => ("chuyển", "move"),
            "refuse" => ("từ chối", "refuse"),
            "supplier" => ("nhà cung cấp", "supplier"),
            "retail" => ("bán lẻ", "retail"),
            "wholesale" => ("bán buôn", "wholesale"),
            "transfer" => ("điều chuyển", "transfer"),
            "damaged" => ("hư hỏng", "damaged"),
            "ask_for" => ("cần xin", "ask for"),
            "revoked" => ("thiết bị đã bị cơ quan quản lý cắt", "revoked"),
            "stale" => ("thông tin về thiết bị bị cắt đã cũ: hãy kết nối mạng", "stale"),
            "elsewhere" => ("gửi cho cơ sở khác", "elsewhere"),
            "forked" => ("thiết bị có hai lịch sử", "forked"),
            "not_enrolled" => ("chưa được ghi danh", "not enrolled"),
            "not_permitted" => ("không có quyền", "not permitted"),
            "clock" => ("đồng hồ chưa đúng", "clock"),
            "expired" => ("hết hiệu lực", "expired"),
            _ => (key, key),
        };
        if self == Self::Vi { vi } else { en }
    }
}
