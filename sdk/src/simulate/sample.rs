//! Facts to simulate with: medicines and facilities of Vietnam, from the samples in `tests/data` (published registers).

/// A medicine.
pub(super) struct Medicine {
    pub(super) name: &'static str,
    /// Scheme and value.
    pub(super) product: &'static str,
    /// Another name that a facility may know it by.
    pub(super) alias: Option<&'static str>,
    pub(super) controlled: bool,
    /// Doses of a vial that is opened: a vaccine with a monitor.
    pub(super) doses: Option<u16>,
}

const fn plain(name: &'static str, product: &'static str) -> Medicine {
    Medicine { name, product, alias: None, controlled: false, doses: None }
}

/// Medicines: the first has two names.
pub(super) const MEDICINES: &[Medicine] = &[
    Medicine { alias: Some("gtin:08936098966893"), ..plain("Algostase Mono 500 mg", "registration:540100430425") },
    plain("SK-Cetri", "registration:890100428825"),
    plain("Deslodin 2.5 mg/5ml", "registration:868100427925"),
    plain("Aciclovir Cream B.P. 5% w/w", "registration:890100426825"),
    plain("Silverkant", "registration:890100426625"),
    plain("Desloratadine Normon 5 mg Film-Coated Tablets", "registration:840100425625"),
    plain("Paraliq", "registration:890100424325"),
    plain("Asclotriz Cream", "registration:560100424025"),
    plain("Elisone Cream", "registration:471100423025"),
    plain("Ibuprophen DS 20 mg/ml oral suspension", "registration:380100422925"),
    plain("Sinupan® Forte 200mg", "registration:400100422125"),
    plain("Brudic", "registration:890100419925"),
    plain("Walertrax", "registration:890100418325"),
    plain("Codein phosphat hemihydrat", "registration:840501417225"),
    plain("Medobroxol 3mg/ml", "registration:893100406025"),
    plain("Bromhexin 8 mg Kingphar", "registration:893100405425"),
    plain("Lederta", "registration:893100404925"),
    plain("Mildgel", "registration:893100404525"),
    plain("Acalmin", "registration:893100404325"),
    plain("Lafexo 180", "registration:893100401125"),
    plain("Lafexo 120", "registration:893100401025"),
    plain("Lafancol 650", "registration:893100400925"),
    Medicine { controlled: true, ..plain("Fentanyl 0,5mg/10ml", "registration:VN-17325-13") },
    Medicine { controlled: true, ..plain("Fentanyl 0,1mg/2ml", "registration:VN-18441-14") },
    Medicine { controlled: true, ..plain("Fentanyl 0,5mg-Rotexmedica", "registration:VN-18442-14") },
    // Vaccines aren't in the sample: these two stand for vials that are opened, with a monitor.
    Medicine { doses: Some(10), ..plain("Vắc xin BCG, lọ 10 liều", "national:VX-BCG-10") },
    Medicine { doses: Some(20), ..plain("Vắc xin bOPV, lọ 20 liều", "national:VX-BOPV-20") },
];

/// Facilities with a code of the national list: code, name.
pub(super) const CODED: &[(&str, &str)] = &[
    ("01C55", "Trạm y tế phường Ô Chợ Dừa (TTYT Đống Đa)"),
    ("01C56", "Trạm y tế phường Văn Chương (TTYT Đống Đa)"),
    ("01C58", "Trạm y tế phường Láng Hạ (TTYT Đống Đa)"),
    ("01C59", "Trạm y tế phường Khâm Thiên (TTYT Đống Đa)"),
    ("01C60", "Trạm y tế Phường Thổ Quan (TTYT Đống Đa)"),
    ("01C61", "Trạm y tế phường Nam Đồng (TTYT Đống Đa)"),
    ("01C62", "Trạm y tế phường Trung Phụng (TTYT Đống Đa)"),
    ("01C64", "Trạm y tế phường Trung Liệt (TTYT Đống Đa)"),
    ("01C65", "Trạm y tế phường Phương Liên (TTYT Đống Đa)"),
    ("01C67", "Trạm y tế phường Trung Tự (TTYT Đống Đa)"),
    ("01C68", "Trạm y tế phường Kim Liên (TTYT Đống Đa)"),
    ("01030", "Phòng khám đa khoa Lĩnh Nam (Trung tâm y tế quận Hoàng Mai)"),
    ("01045", "Phòng khám đa khoa Linh Đàm (Trung tâm y tế quận Hoàng Mai)"),
    ("01D51", "Trạm y tế phường Thanh Trì (Trung tâm y tế Hoàng Mai)"),
    ("01D57", "Trạm y tế phường Tân Mai (Trung tâm y tế Hoàng Mai)"),
    ("01D56", "Trạm y tế phường Đại Kim (Trung tâm y tế Hoàng Mai)"),
    ("01C03", "Trạm y tế phường Mai Dịch (Trung tâm y tế quận Cầu Giấy)"),
    ("01C04", "Trạm y tế phường Dịch Vọng (Trung tâm y tế quận Cầu Giấy)"),
    ("01C05", "Trạm y tế phường Quan Hoa (Trung tâm y tế quận Cầu Giấy)"),
    ("01C06", "Trạm y tế phường Yên Hoà (Trung tâm y tế quận Cầu Giấy)"),
    ("01C07", "Trạm y tế phường Trung Hoà (Trung tâm y tế quận Cầu Giấy)"),
    ("01C08", "Trạm y tế phường Dịch Vọng Hậu (Trung tâm y tế quận Cầu Giấy)"),
    ("01070", "Phòng khám đa khoa Mai Hương (Trung tâm y tế quận Hai Bà Trưng)"),
    ("01D14", "Trạm y tế phường Đồng Tâm (Trung tâm y tế quận Hai Bà Trưng)"),
    ("01160", "Bệnh viện đa khoa huyện Gia Lâm"),
    ("01823", "Bệnh viện đa khoa huyện Chương Mỹ"),
    ("01821", "Bệnh viện đa khoa huyện Thường Tín"),
    ("01822", "Bệnh viện đa khoa huyện Mê Linh"),
    ("01825", "Bệnh viện đa khoa huyện Mỹ Đức"),
    ("01824", "Bệnh viện đa khoa huyện Hoài Đức"),
];

/// Names of importers and distributors.
pub(super) const COMPANIES: &[&str] = &[
    "Công ty cổ phần Dược phẩm trung ương CPC1",
    "Công ty cổ phần Dược phẩm trung ương CODUPHA",
    "Công ty Cổ phần Dược phẩm CPC1 Hà Nội",
    "Công ty TNHH MTV dược liệu trung ương 2",
    "Công ty Cổ phần Dược phẩm thiết bị y tế Hà Nội",
    "Công ty TNHH MTV dược Sài Gòn",
    "Công ty Cổ phần Dược Danapha",
    "Công ty Cổ phần Dược Hậu Giang",
    "Công ty Cổ phần Dược phẩm Khánh Hòa",
    "Công ty Cổ phần Dược phẩm An Khang",
    "Công ty Cổ phần Dược phẩm Vĩnh Phúc",
    "Công ty TNHH MTV Vimedimex Bình Dương",
];

/// Names of hospitals.
pub(super) const HOSPITALS: &[&str] = &[
    "Bệnh viện Bạch Mai",
    "Bệnh viện Nhi Trung ương",
    "Bệnh viện Đa khoa Xanh Pôn",
    "Bệnh viện Phụ sản Hà Nội",
    "Bệnh viện Trung ương Quân đội 108",
    "Bệnh viện Bệnh Nhiệt đới Trung ương",
    "Bệnh viện Nội tiết Trung ương",
    "Bệnh viện Phổi Trung ương",
    "Bệnh viện Đa khoa Đống Đa",
    "Bệnh viện Đa khoa tỉnh Vĩnh Phúc",
    "Bệnh viện Đa khoa tỉnh Hải Dương",
    "Bệnh viện 74 Trung ương",
    "Bệnh viện Đại học Y Hà Nội",
    "Trung tâm Y tế thành phố Từ Sơn",
    "Trung tâm Y tế huyện Vĩnh Tường",
    "Bệnh viện Chợ Rẫy",
];
