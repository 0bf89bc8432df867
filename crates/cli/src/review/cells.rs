//! Cells in a spreadsheet: none is run as a formula, and ids stay what they are. For the forms made for spreadsheets only.

use std::borrow::Cow;

/// What a spreadsheet takes for the beginning of a formula, also in full width.
const FORMULA: [char; 8] = ['=', '+', '-', '@', '＝', '＋', '－', '＠'];
/// Beginnings of dates in the spreadsheets of several languages.
const MONTHS: [&str; 12] =
    ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];

/// A text that no spreadsheet runs: with an apostrophe before it where it could, and on one line.
pub(super) fn inert(text: &str) -> Cow<'_, str> {
    let line = if text.contains(char::is_control) {
        Cow::Owned(text.replace(char::is_control, " "))
    } else {
        Cow::Borrowed(text)
    };
    if line.trim_start().starts_with(FORMULA) { Cow::Owned(format!("'{line}")) } else { line }
}

/// An id that a spreadsheet leaves as it is: with an apostrophe before it where it could be taken for a formula, a
/// number that loses its zeros or digits, a date or a truth value. Two ids never share a form.
pub(crate) fn literal(id: &str) -> Cow<'_, str> {
    if is_plain_number(id) || is_plain_word(id) { Cow::Borrowed(id) } else { Cow::Owned(format!("'{id}")) }
}

/// Spreadsheets show longer numbers by powers of ten, and save them so.
fn is_plain_number(id: &str) -> bool {
    let digits = !id.is_empty() && id.len() <= 11 && id.bytes().all(|byte| byte.is_ascii_digit());
    digits && (id == "0" || !id.starts_with('0'))
}

fn is_plain_word(id: &str) -> bool {
    let lower = id.to_ascii_lowercase();
    let begins_as_date = MONTHS.iter().any(|month| lower.starts_with(month)) || is_era_date(&lower);
    let is_truth = ["true", "false"].contains(&lower.as_str());
    id.is_empty() || id.starts_with(char::is_alphabetic) && !begins_as_date && !is_truth
}

/// `r5.1.1`, `令和5`: Japanese spreadsheets know eras.
fn is_era_date(lower: &str) -> bool {
    if ["明治", "大正", "昭和", "平成", "令和"].iter().any(|era| lower.starts_with(era)) {
        return true;
    }
    let rest = lower.strip_prefix(['m', 't', 's', 'h', 'r']).unwrap_or_default();
    let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
    (1..=2).contains(&digits)
        && rest.get(digits..).is_some_and(|rest| rest.starts_with(['.', '/', '-', '年']))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn what_a_spreadsheet_would_change_is_kept() {
        for id in ["R0742106484", "山田", "1", "12345678901", "0", "", "r5", "S60", "dog"] {
            assert_eq!(literal(id), id);
        }
        for id in [
            "000123",
            "123456789012",
            "1E5",
            "1-2",
            "=1",
            "'x",
            "DEC1",
            "sept2",
            "R5.1.1",
            "令和5年",
            "TRUE",
            "１２３",
            " a",
            "-1",
            "＝A1",
            "\ta",
        ] {
            assert_eq!(literal(id), format!("'{id}"));
        }
        assert_eq!(inert("＝SUM(A1)"), "'＝SUM(A1)");
        assert_eq!(inert(" =1\n=2"), "' =1 =2");
        assert_eq!(inert("山田=太郎"), "山田=太郎");
    }

    proptest! {
        #[test]
        fn nothing_begins_as_a_formula(text in "\\PC{0,3}[=+@＝＠ \\t\\r\\n-]{0,2}\\PC{0,5}") {
            for cell in [inert(&text), literal(&text)] {
                prop_assert!(!cell.trim_start().starts_with(FORMULA), "{cell:?}");
            }
        }

        #[test]
        fn ids_keep_apart(one in "['=0-9a]{0,4}", other in "['=0-9a]{0,4}") {
            prop_assert_eq!(one == other, literal(&one) == literal(&other));
        }
    }
}
