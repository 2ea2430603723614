//! What an error's number says to a person in Vietnamese, and the field that it concerns (`spec/error-codes.md`).
//!
//! An error's own text names values and is English. Where an error leaves medlot for a phone or a page, only its number
//! is sure to be there: each sentence stands for itself, and says what to do.

/// What a person reads in Vietnamese for an error of this number; None for a number that isn't medlot's.
///
/// ```
/// use medlot_sdk::words::vietnamese;
/// assert_eq!(vietnamese(1000), Some("Chưa quét được gì: hãy quét lại."));
/// assert_eq!(vietnamese(999), None);
/// ```
#[must_use]
pub fn vietnamese(code: u16) -> Option<&'static str> {
    let at = WORDS.binary_search_by_key(&code, |(number, _)| *number).ok()?;
    WORDS.get(at).map(|(_, text)| *text)
}

/// The stable name of the field that an error of this number concerns; None where it concerns no one field, or another
/// from case to case (1101–1108: the error names it).
///
/// ```
/// use medlot_sdk::words::field;
/// assert_eq!((field(2001), field(1102)), (Some("quantity"), None));
/// ```
#[must_use]
pub fn field(code: u16) -> Option<&'static str> {
    Some(match code {
        2011 => "amount",
        2004 => "answers",
        2005 | 5011 => "bucket",
        2614 | 2707 => "buffer",
        3016 | 3018 | 3108 | 5015 | 5016 => "clock",
        1024 => "coordinate",
        2003 => "counterparty",
        1017 => "country",
        1020 => "coupon",
        1018 => "currency",
        1013 | 1014 | 1016 | 1121..=1124 => "date",
        2008 => "documents",
        5009 | 5013 => "expiry",
        2802 | 3019 | 3112 | 5008 => "facility",
        4002 => "file",
        4003 => "folder",
        2012 => "group",
        1019 => "iban",
        1023 => "importer",
        2401 => "key",
        2106 => "kind",
        1036..=1038 => "link",
        1022 => "media_type",
        2303 | 3911 => "object",
        1021 => "package_type",
        5014 => "parts",
        1125 => "period",
        1028 => "piece",
        1029 => "position",
        2001 | 5002 | 5003 | 5007 => "quantity",
        3006 | 3104 => "role",
        2704 | 3914 | 3915 => "root",
        1000..=1004 | 1034 | 1035 | 1039 => "scan",
        2002 => "sent",
        5012 => "serial",
        2210 | 2402 | 2403 | 2505 | 3002 => "signature",
        1040 => "sscc",
        3017 | 3109 => "state",
        2209 | 2404 => "suite",
        2006 | 2007 => "target",
        1015 => "time",
        3015 | 3110 | 3111 => "validity",
        2302 | 2702 | 2703 => "version",
        2009 => "vvm",
        _ => return None,
    })
}

/// Every number in order, with its text.
#[rustfmt::skip]
static WORDS: &[(u16, &str)] = &[
    // Scans.
    (1000, "Chưa quét được gì: hãy quét lại."),
    (1001, "Nội dung quét dài hơn 512 byte: hãy quét từng mã một."),
    (1002, "Đây không phải mã GS1, cũng không phải loại mã nào đã biết: hãy quét mã khác trên bao bì, hoặc nhập tay."),
    (1003, "Đầu đọc báo rằng mã vạch này không mang dữ liệu GS1 (không có FNC1): hãy quét mã GS1 trên bao bì, hoặc nhập tay."),
    (1004, "Chỗ này không có số phân định ứng dụng (AI) nào của GS1, có thể mất ký tự phân cách hoặc quét thiếu: hãy quét lại."),
    (1005, "Sau số phân định ứng dụng (AI) không có dữ liệu: hãy quét lại, hoặc nhập tay theo bao bì."),
    (1006, "Dữ liệu kết thúc quá sớm: hãy quét lại."),
    (1007, "Dữ liệu dài hơn mức mà số phân định ứng dụng (AI) cho phép, có thể mất ký tự phân cách: hãy quét lại, nếu vẫn vậy thì xem cài đặt của đầu đọc."),
    (1008, "Chỗ này chỉ được có chữ số: hãy quét lại hoặc nhập lại."),
    (1009, "Có ký tự không được dùng trong dữ liệu GS1: hãy tắt bộ gõ tiếng Việt, xem kiểu bàn phím của đầu đọc, rồi quét lại."),
    (1010, "Số kiểm tra sai, có thể mã bị đọc nhầm hoặc gõ nhầm: hãy quét lại hoặc nhập lại."),
    (1011, "Cặp ký tự kiểm tra sai: hãy quét lại hoặc nhập lại."),
    (1012, "Mã GS1 phải bắt đầu bằng mã doanh nghiệp có ít nhất 4 chữ số: hãy quét lại hoặc nhập lại."),
    (1013, "Tháng phải từ 01 đến 12: hãy xem ngày in trên bao bì, rồi quét lại hoặc nhập lại."),
    (1014, "Tháng này không có ngày đó: hãy xem ngày in trên bao bì, rồi quét lại hoặc nhập lại."),
    (1015, "Giờ phải từ 00 đến 23, phút và giây từ 00 đến 59: hãy quét lại hoặc nhập lại."),
    (1016, "Năm phải từ 1975 đến 2102: hãy xem ngày in trên bao bì, rồi quét lại hoặc nhập lại."),
    (1017, "Mã quốc gia không có trong ISO 3166-1: hãy quét lại hoặc nhập lại."),
    (1018, "Mã tiền tệ không có trong ISO 4217: hãy quét lại hoặc nhập lại."),
    (1019, "Số tài khoản ngân hàng quốc tế (IBAN) không hợp lệ: hãy quét lại hoặc nhập lại."),
    (1020, "Dữ liệu phiếu giảm giá không đúng quy cách: hãy quét mã khác trên bao bì."),
    (1021, "Mã loại bao gói không có trong danh mục của GS1: hãy quét lại hoặc nhập lại."),
    (1022, "Loại vật mang dữ liệu (AIDC) chưa được cấp số: hãy quét lại hoặc nhập lại."),
    (1023, "Ký tự chỉ nhà nhập khẩu không hợp lệ: hãy quét lại hoặc nhập lại."),
    (1024, "Tọa độ nằm ngoài địa cầu: hãy quét lại hoặc nhập lại."),
    (1025, "Số này không được bằng 0: hãy quét lại hoặc nhập lại."),
    (1026, "Số này không được bắt đầu bằng chữ số 0: hãy quét lại hoặc nhập lại."),
    (1027, "Sau dấu % phải có hai chữ số thập lục phân: hãy quét lại hoặc nhập lại."),
    (1028, "Số của kiện và tổng số kiện phải từ 01 trở lên, số của kiện không lớn hơn tổng số: hãy quét lại hoặc nhập lại."),
    (1029, "Vị trí phải có dạng 1/3, số trước không lớn hơn số sau: hãy quét lại hoặc nhập lại."),
    (1030, "Nội dung không nằm trong những giá trị mà số phân định ứng dụng (AI) cho phép: hãy quét lại hoặc nhập lại."),
    (1031, "Cùng một số phân định ứng dụng (AI) có hai giá trị khác nhau: hãy quét lại, mỗi lần một bao bì."),
    (1032, "Hai số phân định ứng dụng (AI) này không được đi cùng nhau: hãy quét lại, mỗi lần một mã."),
    (1033, "Thông tin kèm theo không thuộc loại mã đã quét, có thể một chữ số bị đọc nhầm: hãy quét lại."),
    (1034, "Một lần quét có hơn 24 thành phần: hãy quét từng mã một."),
    (1035, "Dạng có ngoặc bị lẫn hoặc sai: hãy nhập lại, bắt đầu bằng số phân định ứng dụng (AI) trong ngoặc như (01)."),
    (1036, "Địa chỉ web này không chứa mã GS1: hãy quét mã khác trên bao bì."),
    (1037, "Đường dẫn của GS1 Digital Link chỉ được có mã GS1 và các phần bổ nghĩa của nó, theo đúng thứ tự: hãy quét mã khác trên bao bì."),
    (1038, "Số phân định ứng dụng (AI) này không được là thuộc tính của GS1 Digital Link: hãy quét mã khác trên bao bì."),
    (1039, "Phần đuôi như -1 là dấu riêng của phần mềm bán hàng cho đơn vị tính khác: hãy quét mã trên chính hộp thuốc."),
    (1040, "Có 18 chữ số mà thiếu AI 00 thì không phải dữ liệu GS1, dù số kiểm tra đúng như của mã SSCC: hãy quét lại cả mã, hoặc nhập (00) rồi đến mã SSCC."),
    // Names and times.
    (1101, "Trường này còn trống: hãy quét hoặc nhập."),
    (1102, "Nội dung dài quá giới hạn của trường: hãy quét lại, hoặc nhập ngắn hơn."),
    (1103, "Mã không đủ hoặc thừa chữ số (GTIN có 8, 12, 13 hoặc 14, GLN có 13, SSCC có 18): hãy quét lại hoặc nhập lại."),
    (1104, "Có ký tự không được dùng trong trường này: hãy tắt bộ gõ tiếng Việt, rồi quét lại hoặc nhập lại."),
    (1105, "Có khoảng trắng ở đầu hoặc cuối: hãy bỏ đi rồi nhập lại."),
    (1106, "Số kiểm tra của mã sai, có thể đã gõ nhầm: hãy quét lại, hoặc so từng chữ số với bao bì."),
    (1107, "Số nằm ngoài giới hạn của trường: hãy xem lại rồi nhập lại."),
    (1108, "Nội dung không đúng dạng của trường: hãy xem lại rồi nhập lại."),
    (1121, "Ngày hoặc giờ không đúng dạng: hãy nhập ngày như 2026-11-23, thời điểm như 2026-11-23T20:39:26+07:00."),
    (1122, "Không có tháng này, tháng phải từ 01 đến 12: hãy nhập lại."),
    (1123, "Tháng này không có ngày đó: hãy xem lại ngày rồi nhập lại."),
    (1124, "Năm nằm ngoài khoảng lưu được (ngày từ 1975 đến 2102, thời điểm từ 2020 đến 2156): hãy xem lại rồi nhập lại."),
    (1125, "Khoảng thời gian kết thúc trước khi bắt đầu: hãy xem lại ngày đầu và ngày cuối."),
    // Movements.
    (2001, "Số lượng bằng 0 thì không có gì thay đổi: hãy ghi từ 1 đến 999.999.999."),
    (2002, "Chỉ hàng xuất mới là hàng gửi đi: hãy chọn chiều xuất, hoặc bỏ đánh dấu đã gửi."),
    (2003, "Hàng gửi đi phải có bên nhận: hãy ghi bên nhận cho dòng hàng hoặc cho cả phiếu."),
    (2004, "Chỉ bản ghi nhập, hoặc xuất để kết thúc hàng đang trên đường, mới trả lời bản ghi khác: hãy bỏ phần trả lời, hoặc chọn lại chiều."),
    (2005, "Hàng đang trên đường chỉ kết thúc bằng một bản ghi xuất trả lời lần gửi: hãy nêu bản ghi đã gửi hàng."),
    (2006, "Chỉ bản ghi chuyển mới có nơi đến, và nơi đến phải khác nơi hàng đang ở: hãy xem lại kho, nguồn, tình trạng giữ và VVM."),
    (2007, "Bản ghi chuyển không đổi kho, nguồn, tình trạng giữ hay giai đoạn VVM: hãy chọn ít nhất một thay đổi."),
    (2008, "Có chứng từ thứ hai mà thiếu chứng từ thứ nhất: hãy ghi cả chứng từ thứ nhất."),
    (2009, "Giai đoạn của chỉ thị nhiệt (VVM) phải từ 1 đến 4: hãy xem lại lọ vắc xin."),
    (2010, "Số của lý do hoặc loại chứng từ lớn hơn 16.383: hãy chọn trong danh mục."),
    (2011, "Số tiền lớn hơn 1.000.000.000.000.000: hãy xem lại rồi nhập lại."),
    (2012, "Khoảng cách đến đầu nhóm và số dòng của nhóm phải từ 1 trở lên: hãy sửa phần mềm lập nhóm."),
    // Records.
    (2101, "Bản ghi bị cắt giữa một trường, hoặc có số không ở dạng ngắn nhất: hãy lấy lại từ nơi gửi."),
    (2102, "Còn thừa byte sau trường cuối của bản ghi: hãy lấy lại từ nơi gửi."),
    (2103, "Một trường của bản ghi vượt giới hạn, hoặc có giá trị không được phép: hãy sửa giá trị rồi ghi lại."),
    (2104, "Bản ghi có trường mà loại của nó không có: không dùng được, hãy báo nơi lập bản ghi."),
    (2105, "Danh sách trong bản ghi trống, quá dài, hoặc không tăng dần: hãy sắp lại và bỏ phần trùng rồi ghi lại."),
    (2106, "Loại bản ghi này không tồn tại: không dùng được, hãy báo nơi lập bản ghi."),
    (2107, "Bản ghi dài hơn 4.096 byte: hãy rút ngắn, hoặc chia thành nhiều bản ghi."),
    (2108, "Bản ghi nêu một bản ghi không đứng trước nó trong cùng nhật ký: hãy chỉ nêu bản ghi đã có."),
    // Segments.
    (2201, "Đoạn nhật ký bị cắt trước khi hết: hãy lấy lại."),
    (2202, "Đoạn nhật ký dài hơn 65.535 byte: hãy chia thành nhiều đoạn, mỗi đoạn một niêm phong."),
    (2203, "Đoạn nhật ký phải có từ 1 đến 1.024 bản ghi và kết thúc trước số 4.294.967.296: hãy lấy lại từ nơi gửi."),
    (2204, "Đoạn nhật ký có bản ghi dài hơn 4.096 byte, hoặc hơn 640 byte ở dạng dòng: hãy báo nơi gửi."),
    (2205, "Đoạn nhật ký có dòng không đúng dạng nào: hãy lấy lại từ nơi gửi."),
    (2206, "Một dòng của đoạn nhật ký trỏ đến mục không có hoặc khác loại: hãy lấy lại từ nơi gửi."),
    (2207, "Một dòng của đoạn nhật ký cho ra bản ghi hỏng: hãy báo nơi gửi."),
    (2208, "Còn thừa byte sau dòng cuối của đoạn nhật ký: hãy lấy lại từ nơi gửi."),
    (2209, "Bản phần mềm này không kiểm được loại chữ ký của đoạn nhật ký: chưa rõ đúng sai, hãy cập nhật."),
    (2210, "Dấu niêm phong của đoạn nhật ký sai, dữ liệu đã bị sửa hoặc thuộc khóa khác: không dùng, hãy lấy lại từ nơi gửi."),
    (2211, "Đoạn nhật ký đã đầy: hãy niêm phong phần đã có rồi bắt đầu đoạn mới."),
    // Objects.
    (2301, "Đây không phải dữ liệu của medlot: hãy chọn đúng mã hoặc đúng tệp."),
    (2302, "Dữ liệu thuộc phiên bản định dạng khác: hãy cập nhật phần mềm."),
    (2303, "Bản phần mềm này chưa biết loại đối tượng này: hãy cập nhật."),
    (2304, "Đối tượng bị cắt trước khi hết, hoặc không đúng dạng: hãy quét lại hoặc lấy lại."),
    (2305, "Đối tượng có hơn 16 phần, có phần dài hơn 65.535 byte, hoặc có mục sai thứ tự: hãy chia nhỏ, hoặc lấy lại từ nơi gửi."),
    (2306, "Đối tượng không vừa chỗ ghi: hãy dành chỗ lớn hơn."),
    // Keys and signatures.
    (2401, "Khóa công khai không dùng được với loại chữ ký của nó: hãy lấy lại khóa, hoặc tạo khóa mới."),
    (2402, "Chữ ký không ở dạng duy nhất của loại chữ ký: hãy ký lại, hoặc lấy lại từ nơi gửi."),
    (2403, "Chữ ký sai: không tin dữ liệu này, hãy ký lại bằng đúng khóa hoặc lấy lại từ nơi gửi."),
    (2404, "Bản phần mềm này không kiểm được loại chữ ký này: chưa rõ đúng sai, hãy cập nhật."),
    (2405, "Bản ghi dài hơn 4.096 byte nên không nối được vào chuỗi: hãy rút ngắn."),
    // The end of the own log.
    (2501, "Đã có 1.024 bản ghi hoặc 32 KiB chưa niêm phong: hãy niêm phong trước rồi ghi tiếp."),
    (2502, "Bản ghi dài hơn 4.096 byte, hoặc nhật ký đã đủ 4.294.967.295 bản ghi: hãy rút ngắn bản ghi, hoặc bắt đầu nhật ký mới."),
    (2503, "Mọi bản ghi đều đã niêm phong: không cần làm gì thêm."),
    (2504, "Đang chờ bốn chữ ký: hãy gắn một chữ ký, hoặc bỏ lần chờ cũ nhất."),
    (2505, "Chữ ký thuộc chỗ chưa được đưa ra ký: hãy niêm phong lại từ đầu."),
    (2506, "Bộ nhớ đã mất những bản ghi được đưa ra ký: hãy bắt đầu nhật ký mới với khóa mới."),
    // The log on its medium.
    (2601, "Ở đây không có nhật ký: hãy chọn đúng tệp hoặc đúng bộ nhớ."),
    (2602, "Bộ nhớ đã mất dữ liệu ở giữa nhật ký nên nhật ký bị đóng: hãy giữ nguyên bộ nhớ và bắt đầu nhật ký mới với khóa mới."),
    (2603, "Có bản ghi trong bộ nhớ không nối tiếp chuỗi nên nhật ký bị đóng: hãy giữ nguyên bộ nhớ và bắt đầu nhật ký mới với khóa mới."),
    (2604, "Nhật ký có chỗ mà bản phần mềm này không đọc được: hãy dùng bản mới nhất."),
    (2605, "Bộ nhớ của nhật ký đã đầy: hãy niêm phong, đồng bộ, rồi giải phóng chỗ."),
    (2606, "Thiết bị khác giữ quá ít bản ghi nên chưa giải phóng được chỗ: hãy đồng bộ trước."),
    (2607, "Bảng của ứng dụng dài hơn phần dành cho nó trong nhật ký: hãy rút ngắn bảng, hoặc lập nhật ký với phần lớn hơn."),
    (2608, "Ở đây đã có nhật ký: hãy mở nhật ký đó, hoặc xóa trước nếu chắc chắn không cần nữa."),
    (2609, "Bộ nhớ flash không hợp với nhật ký: cần sector từ 1.024 byte, từ ghi không quá 256 byte, và đủ chỗ cho hai điểm kiểm tra cùng sáu sector."),
    (2610, "Không có bản ghi nào để ghi, hoặc bản ghi không có byte nào: hãy đưa ít nhất một bản ghi có nội dung."),
    (2611, "Sai thứ tự, có lần ghi còn chờ xác nhận hoặc không có lần nào chờ: hãy xác nhận mỗi lần ghi đúng một lần rồi mới ghi tiếp."),
    (2612, "Bộ nhớ không đọc hoặc không ghi được, hoặc mất ngay dữ liệu vừa ghi: hãy kiểm tra bộ nhớ rồi mở lại nhật ký."),
    (2613, "Bản ghi không có ở đây, do chưa ghi hoặc chỗ của nó đã được giải phóng: hãy lấy từ thiết bị đang giữ bản ghi."),
    (2614, "Vùng đệm ngắn hơn bản ghi: hãy dùng vùng đệm 4.096 byte."),
    (2615, "Lời xác nhận thuộc nhánh khác, hoặc thuộc bản ghi chưa niêm phong: hãy niêm phong rồi đồng bộ lại."),
    // Synchronisation.
    (2701, "Bên kia gửi tin không đúng dạng nào: hãy cập nhật phần mềm cả hai bên rồi đồng bộ lại."),
    (2702, "Bên kia đồng bộ theo phiên bản khác: hãy cập nhật bên cũ hơn."),
    (2703, "Bản ghi của bên kia thuộc phiên bản định dạng khác: hãy cập nhật bên cũ hơn."),
    (2704, "Bên kia thuộc gốc tin cậy khác nên không đồng bộ được: hãy xem lại đã chọn đúng bên chưa."),
    (2705, "Bên kia gửi tin không đúng lúc: hãy đồng bộ lại từ đầu."),
    (2706, "Dữ liệu nhiều hơn mức của một lần đồng bộ (1.048.576 mục): phần đã nhận đã lưu, hãy đồng bộ thêm lần nữa."),
    (2707, "Vùng đệm đồng bộ quá ngắn: cần ít nhất 256 byte, và không ngắn hơn mức đã báo cho bên kia."),
    (2708, "Bộ nhớ của máy này không đọc hoặc không ghi được: phần nhận trước đó đã lưu, hãy kiểm tra bộ nhớ rồi đồng bộ lại."),
    (2709, "Bên kia đã bắt đầu lại: hãy đồng bộ lại từ đầu với họ."),
    // The stock table of a microcontroller.
    (2801, "Bảng tồn kho đã hết chỗ nên không đầy đủ: hãy xóa trống, dành chỗ lớn hơn, rồi nạp lại các nhật ký."),
    (2802, "Bản ghi thuộc cơ sở khác: bảng tồn kho chỉ nạp bản ghi của cơ sở mình."),
    (2803, "Bản ghi của một nhật ký phải nạp lần lượt: hãy nạp bản ghi còn thiếu ở trước."),
    (2804, "Bản ghi cần đến không còn đọc được nên phần dựa vào nó chưa rõ: hãy kiểm kê phần đó."),
    (2805, "Bảng tồn kho đã lưu bị hỏng, hoặc thuộc phiên bản, cơ sở hay cỡ khác: hãy nạp lại nhật ký."),
    // Trust: why records don't count, and findings.
    (3001, "Bản ghi hỏng hoặc sai chỗ nên không có giá trị: hãy báo nơi lập bản ghi."),
    (3002, "Dấu niêm phong không đúng với khóa của nhật ký: không tin bản ghi này, hãy lấy lại từ nơi gửi."),
    (3003, "Bản phần mềm này không đọc được loại chữ ký, phiên bản hoặc cỡ này: hãy cập nhật."),
    (3004, "Thiết bị chưa được ghi danh ở đây: hãy lấy ghi danh từ cơ quan quản lý."),
    (3005, "Mọi ghi danh của thiết bị đều bị từ chối, hoặc thiết bị ở sâu hơn 6 cấp dưới gốc: hãy xin cơ quan quản lý ghi danh lại."),
    (3006, "Vượt quyền, không ghi danh nào cho phép vai trò, phạm vi và cơ sở này: hãy xin cơ quan quản lý ghi danh đúng quyền."),
    (3007, "Chưa rõ ghi danh cho phép bản ghi này: hãy lấy nhật ký của cơ quan quản lý."),
    (3008, "Chưa kiểm được lệnh cắt của nhật ký này: hãy lấy các bản ghi đến chỗ cắt."),
    (3009, "Cơ quan quản lý đã cắt thiết bị trước bản ghi này: không nhận hàng theo lời nó."),
    (3010, "Nhật ký có hai nhánh và cơ quan quản lý đã chọn nhánh kia: không dùng bản ghi của nhánh này."),
    (3011, "Một bản ghi trước đó cần bản phần mềm mới hơn để hiểu: hãy cập nhật."),
    (3012, "Lệnh cắt do một nhật ký không ở cấp trên ghi nên không có hiệu lực: hãy báo cơ quan quản lý."),
    (3013, "Nhật ký có hai nhánh: hãy báo cơ quan đã ghi danh thiết bị."),
    (3014, "Một cơ quan cấp trên có hai nhánh nhật ký: hãy báo lên cấp trên nữa."),
    (3015, "Bản ghi nằm ngoài thời hạn ghi danh của thiết bị: hãy xem lại đồng hồ, hoặc xin gia hạn ghi danh."),
    (3016, "Đồng hồ của thiết bị chưa từng được chỉnh: hãy chỉnh giờ."),
    (3017, "Danh sách cắt hiện hành lùi lại hoặc mâu thuẫn với nhật ký của nó: hãy báo cơ quan quản lý và lấy danh sách mới nhất."),
    (3018, "Đồng hồ ở đây chưa chỉnh, hoặc chậm hơn danh sách cắt mới nhất: hãy chỉnh giờ."),
    (3019, "Có người báo cáo hộ một cơ sở đã có thiết bị riêng: hãy hỏi lại cơ sở đó."),
    (3020, "Thiếu bản ghi của một thiết bị lẽ ra phải có đủ: hãy đồng bộ với thiết bị đó."),
    // Trust: what is said to the person at the counter.
    (3101, "Thiết bị đã bị cơ quan quản lý cắt: không nhận hàng chỉ theo lời nó."),
    (3102, "Mọi cơ quan đã ghi danh thiết bị này đều bị cắt: hãy hỏi cơ quan cấp trên trước khi nhận hàng."),
    (3103, "Thiết bị không có ghi danh nào hợp lệ: không nhận hàng chỉ theo lời nó, hãy hỏi cơ quan quản lý."),
    (3104, "Thiết bị không có quyền ghi loại bản ghi này, hoặc ở cơ sở này: hãy hỏi cơ quan quản lý."),
    (3105, "Thiết bị đã ghi hai lịch sử: hãy báo cơ quan đã ghi danh nó."),
    (3106, "Một cơ quan ở trên thiết bị này đã ghi hai lịch sử: hãy báo lên cấp trên nữa."),
    (3107, "Chưa rõ, vì ở đây thiếu dữ liệu để kết luận: hãy lấy bản ghi của các cơ quan quản lý."),
    (3108, "Đồng hồ chưa chỉnh, hoặc sớm hơn những gì đã biết: hãy chỉnh giờ."),
    (3109, "Thông tin về thiết bị bị cắt đã cũ: hãy kết nối mạng."),
    (3110, "Ghi danh của thiết bị đã hết hiệu lực: cơ quan quản lý phải gia hạn."),
    (3111, "Ghi danh của thiết bị chưa có hiệu lực: hãy chờ đến ngày, hoặc xem lại đồng hồ."),
    (3112, "Lần giao này gửi cho cơ sở khác: không nhận hàng, hãy báo bên gửi."),
    // Trust: errors of a call.
    (3901, "Chỗ được cấp không chứa hết bản ghi: hãy cấp chỗ lớn hơn."),
    (3910, "Khung của đối tượng không đúng: hãy quét lại hoặc lấy lại."),
    (3911, "Đây là đối tượng medlot khác với loại cần dùng: hãy chọn đúng mã hoặc đúng tệp."),
    (3912, "Một phần có đoạn nhật ký bị từ chối: hãy lấy lại từ nơi gửi."),
    (3913, "Phần trước không ghi danh nhật ký của phần này: hãy xin nơi gửi lập lại cho đủ."),
    (3914, "Dữ liệu dựa trên gốc tin cậy khác với gốc ở đây: không dùng, hãy hỏi lại nơi gửi."),
    (3915, "Đây không phải gốc tin cậy: cần đúng một bản ghi gốc đã niêm phong, hãy xin lại cơ quan quản lý."),
    // The command and the sdk.
    (4001, "Giá trị đã cho không hợp lệ: hãy xem giá trị được nêu tên rồi nhập lại."),
    (4002, "Không đọc hoặc không ghi được tệp: hãy xem lại đường dẫn, quyền và dung lượng còn trống."),
    (4003, "Thư mục không phải của medlot, đang được dùng, hoặc bị hỏng: hãy chọn đúng thư mục, hoặc đóng chương trình đang dùng nó."),
    (4004, "Quy tắc không cho phép việc này: hãy làm theo cách được nêu trong chi tiết lỗi."),
    (4005, "Ở đây chưa có dữ liệu để quyết định: hãy đồng bộ rồi thử lại."),
    (4006, "Dữ liệu sai, không nơi nào nhận: hãy lấy lại từ nơi gửi."),
    (4010, "Hộp sắp cấp phát đang bị thu hồi, hết hạn, bị giữ lại hoặc hỏng: không cấp phát, hãy lấy lô khác."),
    (4011, "Khóa nằm ngoài máy này: phải ký niêm phong các bản ghi đang chờ trước, rồi làm lại."),
    (4012, "Thay đổi của lần trước chưa được lưu: hãy lưu và xác nhận, rồi làm lại."),
    (4013, "Thiết bị này đã đóng trong ứng dụng: hãy mở lại từ dữ liệu đã lưu."),
    (4014, "Sổ này được phục hồi từ bản sao lưu nên chỉ xem được, không ghi thêm được nữa, vì thiết bị có thể đã ghi thêm sau bản sao đó: hãy bắt đầu khóa mới; các bản ghi và tồn kho vẫn giữ nguyên."),
    (4015, "Nơi khác giữ nhiều bản ghi của sổ này hơn ở đây nên sổ chỉ xem được, không ghi thêm được nữa: hãy bắt đầu khóa mới; các bản ghi và tồn kho vẫn giữ nguyên."),
    (4020, "Trang danh mục thuốc hoặc cơ sở không đọc được: hãy tải lại trang đó."),
    (4021, "Danh mục đã lưu bị hỏng hoặc thuộc phiên bản khác: hãy tải lại danh mục."),
    // Findings of the ledger.
    (5001, "Một thiết bị có hai lịch sử, cả hai đang được tính: hãy báo cơ quan quản lý."),
    (5002, "Tồn sổ âm, xuất nhiều hơn nhập: hãy tìm phiếu nhập còn thiếu, hoặc kiểm kê lại."),
    (5003, "Đã nhận, nhận lại hoặc kết thúc nhiều hơn số đã gửi: hai bên hãy đối chiếu."),
    (5004, "Hai thiết bị cùng nhận một dòng hàng: hãy đảo bản ghi nêu sau cùng."),
    (5005, "Đã nhận hàng mà chưa thấy phiếu xuất của bên gửi: hãy lấy mã giao hàng."),
    (5006, "Hàng gửi đã lâu mà chưa ai xác nhận: hãy hỏi lại bên nhận."),
    (5007, "Nhận ít hơn số đã gửi, phần còn lại vẫn trên đường: hai bên hãy đối chiếu."),
    (5008, "Cơ sở nhận hàng không gửi cho mình, bên gửi vẫn thấy hàng trên đường: hãy báo bên gửi."),
    (5009, "Đã cấp phát sau hạn dùng: hãy tìm người nhận và báo cáo."),
    (5010, "Đã cấp phát khi đang thu hồi: hãy tìm người nhận và báo cáo."),
    (5011, "Đã cấp phát từ hàng đang giữ lại: hãy báo dược sĩ phụ trách."),
    (5012, "Một số sê-ri xuất hiện nhiều hơn số có trong hộp: nghi hàng giả, hãy giữ lại và báo cáo."),
    (5013, "Các bản ghi của một lô nêu hạn dùng khác nhau, lấy hạn sớm nhất: hãy xem lại bao bì."),
    (5014, "Số phần trong một đơn vị không khớp nên không cộng được: hãy ghi lại cho thống nhất."),
    (5015, "Đồng hồ của thiết bị lùi so với bản ghi trước: hãy xem lại giờ."),
    (5016, "Bản ghi mang giờ muộn hơn bây giờ, đồng hồ của thiết bị chạy nhanh: hãy xem lại giờ."),
    (5017, "Bản ghi đến muộn đã nằm trong số kiểm kê nên không tính lần nữa: nếu hàng thật sự di chuyển sau kiểm kê, hãy ghi nhập hoặc xuất."),
    (5018, "Hai thiết bị cùng kiểm kê mà không biết nhau, lấy lần sau: nên kiểm kê lại."),
    (5019, "Dòng kiểm kê hoặc lần kết thúc nữa, ghi sau khi kiểm kê đã kết thúc, không có hiệu lực: hãy kiểm kê lại."),
    (5020, "Bút toán đảo không khớp bản ghi gốc, hoặc của cơ sở khác: hãy xem lại cả hai."),
    (5021, "Bút toán đảo lấy lại phần đã được nhận, nhận lại hoặc kết thúc: hai bên hãy đối chiếu."),
    (5022, "Tiêu hủy có chưa đến 3 người chứng kiến: hãy ghi thêm xác nhận của người chứng kiến."),
    (5023, "Thuốc kiểm soát đặc biệt bị thất lạc hoặc mất trộm, quá 48 giờ chưa xác nhận đã báo cáo: hãy báo cáo ngay rồi ghi xác nhận."),
];

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    /// Vietnamese's letters beyond ASCII, each as one code point: what is written in them alone is in NFC.
    const LETTERS: &str = "àáảãạăằắẳẵặâầấẩẫậèéẻẽẹêềếểễệìíỉĩịòóỏõọôồốổỗộơờớởỡợùúủũụưừứửữựỳýỷỹỵđ";

    #[test]
    fn each_number_stands_once_and_in_order() {
        assert!(WORDS.is_sorted_by(|a, b| a.0 < b.0));
    }

    #[test]
    fn no_two_numbers_have_one_text() {
        let texts: BTreeSet<&str> = WORDS.iter().map(|(_, text)| *text).collect();
        assert_eq!(texts.len(), WORDS.len());
    }

    #[test]
    fn each_text_is_a_whole_sentence_in_vietnamese_letters() {
        for (code, text) in WORDS {
            let foreign = |c: char| !c.is_ascii() && !c.to_lowercase().all(|c| LETTERS.contains(c));
            assert_eq!(text.find(foreign), None, "{code}: {text}");
            assert!(!text.is_ascii() && !text.contains(|c: char| c.is_ascii_control()), "{code}: {text}");
            assert!(text.starts_with(char::is_uppercase) && text.ends_with('.'), "{code}: {text}");
            assert!(text.contains(": "), "{code}: says no way out: {text}");
            assert!(!text.contains("  ") && !text.contains(" :") && !text.contains(" ."), "{code}: {text}");
        }
    }
}
