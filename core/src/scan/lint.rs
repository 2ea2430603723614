//! The content checks of the AI table. Sources: GS1 General Specifications 25, sections 3 and 7;
//! the linters named by the GS1 syntax dictionary.
use super::error::ScanErrorKind as Kind;
use super::spec::{AiSpec, Linter, Set};
use crate::ident::{check_digit, is_gs1_82};

/// A fault and where it stands in the value, in bytes.
pub(super) type Fault = (Kind, usize);

#[cfg(any(test, feature = "gs1-full"))]
const SET82: &[u8] = b"!\"%&'()*+,-./0123456789:;<=>?ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz";

fn in_set(set: Set, b: u8) -> bool {
    match set {
        Set::N => b.is_ascii_digit(),
        Set::X => is_gs1_82(b),
        Set::Y => matches!(b, b'#' | b'-' | b'/' | b'0'..=b'9' | b'A'..=b'Z'),
        Set::Z => matches!(b, b'-' | b'_' | b'=' | b'0'..=b'9' | b'A'..=b'Z' | b'a'..=b'z'),
    }
}

/// Checks a whole data field against its AI's row.
pub(super) fn check(spec: &AiSpec, value: &[u8]) -> Result<(), Fault> {
    let mut at = 0;
    for comp in spec.comps {
        let rest = value.get(at..).unwrap_or_default();
        if rest.is_empty() && comp.optional {
            break;
        }
        let take = rest.len().min(usize::from(comp.max));
        if take < usize::from(comp.min) {
            return Err((if value.is_empty() { Kind::EmptyValue } else { Kind::TooShort }, value.len()));
        }
        let part = rest.get(..take).unwrap_or_default();
        if let Some(bad) = part.iter().position(|&b| !in_set(comp.set, b)) {
            return Err((if comp.set == Set::N { Kind::NotADigit } else { Kind::BadCharacter }, at + bad));
        }
        if spec.checked() {
            for &linter in comp.linters {
                // Returnable assets in use carry wrong check digits; they are no products, so that is a warning.
                if spec.lo == 8003 && linter == Linter::Csum {
                    continue;
                }
                lint(linter, part).map_err(|(k, p)| (k, at + p))?;
            }
        }
        at += take;
    }
    if at < value.len() { Err((Kind::TooLong, at)) } else { Ok(()) }
}

/// The number that digits spell; 0 for what isn't digits (checked before).
pub(super) fn number(digits: &[u8]) -> u32 {
    digits.iter().fold(0u32, |n, b| n.wrapping_mul(10).wrapping_add(u32::from(b.wrapping_sub(b'0'))))
}

fn two(v: &[u8], at: usize) -> u32 {
    number(v.get(at..at + 2).unwrap_or_default())
}

fn days(year: u32, month: u32) -> u32 {
    match month {
        4 | 6 | 9 | 11 => 30,
        2 if year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400)) => 29,
        2 => 28,
        _ => 31,
    }
}

fn date(year: u32, month: u32, day: u32, zero_day: bool, at: usize) -> Result<(), Fault> {
    if !(1..=12).contains(&month) {
        return Err((Kind::BadMonth, at));
    }
    if day > days(year, month) || (day == 0 && !zero_day) {
        return Err((Kind::BadDay, at + 2));
    }
    Ok(())
}

/// Whether the check digit of a returnable asset (AI 8003: a zero, 13 digits, a serial) is right.
pub(super) fn asset_check_digit(value: &[u8]) -> bool {
    value.get(1..14).is_some_and(|v| lint(Linter::Csum, v).is_ok())
}

fn ok_if(good: bool, kind: Kind, at: usize) -> Result<(), Fault> {
    if good { Ok(()) } else { Err((kind, at)) }
}

fn lint(linter: Linter, v: &[u8]) -> Result<(), Fault> {
    match linter {
        Linter::Csum => {
            let (Some((last, body)), false) = (v.split_last(), v.len() < 2) else { return Err((Kind::CheckDigit, 0)) };
            // The digits were checked as such; `check_digit` takes numbers, not text.
            let mut digits = [0u8; 20];
            let digits = digits.get_mut(..body.len()).ok_or((Kind::TooLong, 0))?;
            for (to, from) in digits.iter_mut().zip(body) {
                *to = from.wrapping_sub(b'0');
            }
            ok_if(check_digit(digits) == last.wrapping_sub(b'0'), Kind::CheckDigit, body.len())
        }
        // A GS1 Company Prefix has at least four digits (General Specifications 1.4.4).
        Linter::Key => prefix_digits(v, 0),
        Linter::Keyoff1 => prefix_digits(v, 1),
        // A two-digit year stands for 1951..2050 when leap days are counted: 00 is 2000, a leap year.
        Linter::Yymmdd => date(2000 + two(v, 0), two(v, 2), two(v, 4), false, 2),
        Linter::Yymmd0 => date(2000 + two(v, 0), two(v, 2), two(v, 4), true, 2),
        Linter::Hhmi => ok_if(two(v, 0) < 24, Kind::BadTime, 0).and(ok_if(two(v, 2) < 60, Kind::BadTime, 2)),
        Linter::Hh => ok_if(two(v, 0) < 24, Kind::BadTime, 0),
        Linter::Mi | Linter::Ss => ok_if(two(v, 0) < 60, Kind::BadTime, 0),
        Linter::Zero => ok_if(v.iter().all(|&b| b == b'0'), Kind::BadContent, 0),
        Linter::Pieceoftotal => {
            let (piece, total) = (two(v, 0), two(v, 2));
            ok_if(piece != 0 && total != 0 && piece <= total, Kind::PieceOfTotal, 0)
        }
        #[cfg(feature = "gs1-full")]
        other => full::lint(other, v),
        // Without the feature no AI that is checked names these; content is kept, marked unchecked.
        #[cfg(not(feature = "gs1-full"))]
        _ => Ok(()),
    }
}

fn prefix_digits(v: &[u8], offset: usize) -> Result<(), Fault> {
    let prefix = v.get(offset..offset + 4).ok_or((Kind::CompanyPrefix, 0))?;
    match prefix.iter().position(|b| !b.is_ascii_digit()) {
        Some(at) => Err((Kind::CompanyPrefix, offset + at)),
        None => Ok(()),
    }
}

#[cfg(feature = "gs1-full")]
mod full {
    use super::super::coupon;
    use super::super::table::{ISO3166, ISO3166ALPHA2, ISO4217, PACKAGETYPE};
    use super::{Fault, Kind, Linter, SET82, date, is_gs1_82, number, ok_if, two};

    fn listed(bits: &[u64; 16], v: &[u8]) -> bool {
        let n = number(v) as usize;
        v.len() == 3 && bits.get(n / 64).is_some_and(|w| w >> (n % 64) & 1 == 1)
    }

    fn in_list(list: &[&str], v: &[u8]) -> bool {
        list.binary_search_by(|c| c.as_bytes().cmp(v)).is_ok()
    }

    pub(super) fn lint(linter: Linter, v: &[u8]) -> Result<(), Fault> {
        match linter {
            Linter::Csumalpha => csumalpha(v),
            Linter::Hasnondigit => ok_if(v.iter().any(|b| !b.is_ascii_digit()), Kind::BadContent, 0),
            Linter::Yyyymmdd => date(number(v.get(..4).unwrap_or_default()), two(v, 4), two(v, 6), false, 4),
            Linter::Iso3166 => ok_if(listed(&ISO3166, v), Kind::Country, 0),
            Linter::Iso3166999 => ok_if(v == b"999" || listed(&ISO3166, v), Kind::Country, 0),
            Linter::Iso3166alpha2 => ok_if(in_list(ISO3166ALPHA2, v), Kind::Country, 0),
            Linter::Iso4217 => ok_if(listed(&ISO4217, v), Kind::Currency, 0),
            Linter::Iso5218 => ok_if(matches!(v, b"0" | b"1" | b"2" | b"9"), Kind::BadContent, 0),
            Linter::Iban => iban(v),
            Linter::Couponcode => coupon::north_american(v),
            Linter::Couponposoffer => coupon::positive_offer(v),
            Linter::Packagetype => ok_if(in_list(PACKAGETYPE, v), Kind::PackageType, 0),
            // 01–10 and 80–99 are assigned (General Specifications, "AIDC media type values").
            Linter::Mediatype => ok_if(matches!(two(v, 0), 1..=10 | 80..=99), Kind::MediaType, 0),
            Linter::Hyphen => match v.iter().position(|&b| b != b'-') {
                Some(at) => Err((Kind::BadContent, at)),
                None => Ok(()),
            },
            Linter::Importeridx => {
                ok_if(matches!(v, [b'-' | b'0'..=b'9' | b'A'..=b'Z' | b'_' | b'a'..=b'z']), Kind::ImporterIndex, 0)
            }
            Linter::Latitude => ok_if(v <= b"1800000000".as_slice(), Kind::Coordinate, 0),
            Linter::Longitude => ok_if(v <= b"3600000000".as_slice(), Kind::Coordinate, 0),
            Linter::Nonzero => ok_if(v.iter().any(|&b| b != b'0'), Kind::Zero, 0),
            Linter::Nozeroprefix => ok_if(v == b"0" || v.first() != Some(&b'0'), Kind::ZeroPrefix, 0),
            Linter::Pcenc => percent(v),
            Linter::Posinseqslash => position(v),
            Linter::Winding => ok_if(matches!(v, b"0" | b"1" | b"9"), Kind::BadContent, 0),
            Linter::Yesno => ok_if(matches!(v, b"0" | b"1"), Kind::BadContent, 0),
            _ => Ok(()),
        }
    }

    fn percent(v: &[u8]) -> Result<(), Fault> {
        let mut i = 0;
        while let Some(&b) = v.get(i) {
            if b == b'%' {
                let hex = v.get(i + 1..i + 3).is_some_and(|h| h.iter().all(u8::is_ascii_hexdigit));
                ok_if(hex && v.get(i + 1..i + 3) != Some(b"00"), Kind::PercentSequence, i)?;
                i += 3;
            } else {
                i += 1;
            }
        }
        Ok(())
    }

    fn position(v: &[u8]) -> Result<(), Fault> {
        let slash = v.iter().position(|&b| b == b'/').ok_or((Kind::Position, 0))?;
        let (pos, end) = (v.get(..slash).unwrap_or_default(), v.get(slash + 1..).unwrap_or_default());
        let digits = |d: &[u8]| !d.is_empty() && d.iter().all(u8::is_ascii_digit) && d.first() != Some(&b'0');
        ok_if(digits(pos) && digits(end), Kind::Position, 0)?;
        // No leading zeros: the longer number is the greater one.
        ok_if((pos.len(), pos) <= (end.len(), end), Kind::Position, 0)
    }

    /// Check character pair (General Specifications 7.9.5): weights are the primes from the right.
    fn csumalpha(v: &[u8]) -> Result<(), Fault> {
        const SET32: &[u8; 32] = b"23456789ABCDEFGHJKLMNPQRSTUVWXYZ";
        let (body, pair) = v.split_last_chunk::<2>().ok_or((Kind::CheckPair, 0))?;
        let mut sum = 0u32;
        let mut prime = 1u32;
        for (i, &b) in body.iter().enumerate().rev() {
            prime = next_prime(prime);
            let weight = SET82.iter().position(|&c| c == b).ok_or((Kind::BadCharacter, i))?;
            sum += weight as u32 * prime;
        }
        debug_assert!(body.iter().all(|&b| is_gs1_82(b)));
        sum %= 1021;
        let want = [SET32.get((sum >> 5) as usize), SET32.get((sum & 31) as usize)];
        ok_if(want == [pair.first(), pair.get(1)], Kind::CheckPair, body.len())
    }

    fn next_prime(after: u32) -> u32 {
        let mut n = after + 1;
        while (2..n).take_while(|d| d * d <= n).any(|d| n.is_multiple_of(d)) {
            n += 1;
        }
        n
    }

    /// ISO 13616-1: country, two check digits, modulus 97 of the rotated number is 1.
    fn iban(v: &[u8]) -> Result<(), Fault> {
        ok_if(v.len() > 10, Kind::Iban, 0)?;
        ok_if(in_list(ISO3166ALPHA2, v.get(..2).unwrap_or_default()), Kind::Country, 0)?;
        let mut sum = 0u32;
        for i in (4..v.len()).chain(0..4) {
            let value = match v.get(i) {
                Some(b @ b'0'..=b'9') => u32::from(b - b'0'),
                Some(b @ b'A'..=b'Z') => u32::from(b - b'A') + 10,
                _ => return Err((Kind::Iban, i)),
            };
            sum = (sum * if value < 10 { 10 } else { 100 } + value) % 97;
        }
        ok_if(sum == 1, Kind::Iban, 2)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]
    use super::super::spec::spec;
    use super::{SET82, check, is_gs1_82};

    fn good(ai: u16, v: &str) -> bool {
        check(spec(ai).unwrap(), v.as_bytes()).is_ok()
    }

    #[test]
    fn set_82_has_its_82_characters() {
        assert_eq!((0..=255u8).filter(|&b| is_gs1_82(b)).collect::<Vec<_>>(), {
            let mut v = SET82.to_vec();
            v.sort_unstable();
            v
        });
        assert_eq!(SET82.len(), 82);
    }

    #[test]
    fn day_zero_stands_only_where_the_ai_allows_it() {
        assert!(good(17, "270200") && good(17, "240229") && !good(17, "230229") && !good(17, "271300"));
        assert!(
            good(7003, "2702281059")
                && !good(7003, "2702001059")
                && !good(7003, "2702282400")
                && !good(7003, "2702281060")
        );
    }

    #[cfg(feature = "gs1-full")]
    #[test]
    fn linters_agree_with_published_cases() {
        for v in [
            "1987654Ad4X4bL5ttr2310c2K",
            "12345678901234567890123NT",
            "12345_ABCDEFGHIJKLMCP",
            "12345_0123456789:;<=>?62",
        ] {
            assert!(good(8013, v), "{v}");
        }
        assert!(!good(8013, "1987654Ad4X4bL5ttr2310cXK"));
        assert!(good(8007, "FR7630006000011234567890189") && good(8007, "LC14BOSL123456789012345678901234"));
        assert!(!good(8007, "BE71096123456760") && !good(8007, "XX361234567890") && !good(8007, "BE71"));
        for v in ["1/1", "9/9", "2/3"] {
            assert!(good(7258, v), "{v}");
        }
        for v in ["0/1", "2/1", "//1", "1//", "1/0"] {
            assert!(!good(7258, v), "{v}");
        }
        assert!(good(8112, "001234561234560123456") && good(8112, "061234567890121234569123456789012345"));
        assert!(!good(8112, "201234561234560123456") && !good(8112, "0012345612345601234567") && !good(8112, "07"));
        assert!(good(8110, "012345612345611110123"));
        for v in ["712345678901231111", "01234561234560", "0123456123456", "a12345612345611110123"] {
            assert!(!good(8110, v), "{v}");
        }
        assert!(good(7041, "1A") && good(7041, "PUE") && !good(7041, "00") && !good(7041, "_9"));
        assert!(good(7241, "10") && good(7241, "80") && !good(7241, "11") && !good(7241, "00"));
        assert!(good(422, "704") && !good(422, "705x") && !good(422, "000") && good(4307, "VN") && !good(4307, "XX"));
        assert!(good(423, "704704156") && !good(423, "70470") && !good(423, "704704704704704704"));
        assert!(good(3910, "70412") && !good(3910, "00012") && good(7030, "999X"));
        assert!(good(4330, "000200-") && good(4330, "000200") && !good(4330, "000200+"));
        assert!(
            good(4309, "18000000003600000000")
                && !good(4309, "18000000013600000000")
                && !good(4309, "18000000003600000001")
        );
        assert!(good(8001, "12341234512311") && !good(8001, "00001234512311") && !good(8001, "12341234512321"));
        assert!(good(8011, "0") && good(8011, "123") && !good(8011, "0123"));
        assert!(good(4300, "A%20B") && !good(4300, "A%2") && !good(4300, "%GG"));
        assert!(good(8030, "ab-_=") && !good(8030, "a+b") && good(8010, "1234#-/A") && !good(8010, "1234a"));
        assert!(good(8008, "26010112") && good(8008, "260101125959") && !good(8008, "260101126000"));
        assert!(good(7040, "1ABz") && !good(7040, "1AB.") && good(7252, "9") && !good(7252, "3"));
        assert!(good(7250, "20240229") && !good(7250, "20230229") && good(4321, "1") && !good(4321, "2"));
        assert!(good(8006, "095066821013520102") == good(1, "09506682101352") && !good(8006, "095066821013520302"));
    }
}
