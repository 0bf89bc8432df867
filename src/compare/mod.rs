//! Two persons to comparison levels, one ordered level per attribute. Knows nothing of probabilities.

pub mod address;
pub mod birth_date;
pub mod name;
pub mod sex;

use serde::Serialize;

use crate::person::{Person, PersonView};
use address::AddressComparison;
use birth_date::BirthDateLevel;
use name::NameComparison;
use sex::SexLevel;

/// The comparison of two persons: what each attribute says, and nothing of what it is worth.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize)]
pub struct Comparison {
    /// Kanji and reading, family and given name.
    pub name: NameComparison,
    /// Birth dates.
    pub birth_date: BirthDateLevel,
    /// Sexes.
    pub sex: SexLevel,
    /// Current addresses.
    pub address: AddressComparison,
    /// The best agreement that a former address of either side gives, where the current ones do not agree.
    pub former_address: Option<AddressComparison>,
}

/// Compares two persons attribute by attribute; symmetric (law 10).
///
/// ```
/// use himozuke::{Person, ReadOptions, Record, compare};
/// let read = |record: Record<'_>| Person::read(&record, &ReadOptions::default());
/// let a = read(Record { kanji_name: "髙橋 一郎", birth_date: "S60.1.1", ..Record::default() })?;
/// let b = read(Record { kanji_name: "高橋一郎", birth_date: "1985-01-01", ..Record::default() })?;
/// let comparison = compare::compare(&a, &b);
/// assert_eq!(comparison.birth_date.code(), "equal");
/// assert_eq!(comparison.sex.code(), "unknown");
/// # Ok::<(), himozuke::Unreadable>(())
/// ```
#[must_use]
pub fn compare(a: &Person, b: &Person) -> Comparison {
    compare_views(&a.view(), &b.view())
}

pub(crate) fn compare_views(a: &PersonView<'_>, b: &PersonView<'_>) -> Comparison {
    let ((name, birth_date), (address, former_address)) = (names(a, b), addresses(a, b));
    Comparison { name, birth_date, sex: sex::compare(a.sex, b.sex), address, former_address }
}

/// Names and birth dates alone.
pub(crate) fn names(a: &PersonView<'_>, b: &PersonView<'_>) -> (NameComparison, BirthDateLevel) {
    let birth_date = match (a.birth_date, b.birth_date) {
        (Some(a), Some(b)) => birth_date::compare(a, b),
        _ => BirthDateLevel::Unknown,
    };
    (name::compare(a, b), birth_date)
}

/// Addresses alone: the current ones, and the best agreement of others.
pub(crate) fn addresses(
    a: &PersonView<'_>,
    b: &PersonView<'_>,
) -> (AddressComparison, Option<AddressComparison>) {
    let current = match (&a.address, &b.address) {
        (Some(a), Some(b)) => address::compare_views(a, b),
        _ => AddressComparison::UNKNOWN,
    };
    if current.agrees() || !a.has_moved() && !b.has_moved() {
        return (current, None);
    }
    let mut former: Option<AddressComparison> = None;
    for left in a.addresses() {
        for right in b.addresses() {
            let pair = address::compare_views(&left, &right);
            if pair.agrees() && former.is_none_or(|former| pair.level < former.level) {
                former = Some(pair);
            }
        }
    }
    (current, former)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Record;
    use crate::normalize::name::{NameRef, SpellingRef};
    use proptest::prelude::*;

    fn read(record: Record<'_>) -> Person {
        Person::read(&record, &Default::default()).unwrap()
    }

    /// What the gates ask of two residents may be taken from the record, if it is written as one of them is filed.
    #[test]
    fn people_written_alike_compare_alike() {
        let filed = Record {
            kanji_name: "髙橋　一郎",
            kana_name: "タカハシ イチロウ",
            birth_date: "1985-01-01",
            sex: "2",
            address: "東京都千代田区霞が関1-1-1",
            ..Record::default()
        };
        let written = [
            filed,
            Record { kana_name: "ﾀｶﾊｼ　ｲﾁﾛｳ", birth_date: "S60.1.1", sex: "1", ..filed },
            Record {
                kanji_name: "髙橋 一郎",
                address: "東京都千代田区霞が関2-1-6",
                former_addresses: "大阪府大阪市北区中之島1-3-20",
                ..filed
            },
        ];
        let address = "東京都千代田区霞が関2-1-6";
        let others = [
            ("髙橋 一郎", "タカハシ イチロー"),
            ("高橋 一朗", ""),
            ("高橋一郎", "タカハシジロウ"),
            ("", "タカハシ ハナコ"),
            ("髙 橋一郎", "タカ ハシイチロウ"),
        ];
        let resident = read(filed);
        for written in written.map(read) {
            assert!(resident.view().is_written_as(&written.view()));
            for (kanji_name, kana_name) in others {
                let birth_date = "1985-01-02";
                let other = read(Record { kanji_name, kana_name, birth_date, address, ..Record::default() });
                let [a, b] = [compare(&resident, &other), compare(&written, &other)];
                assert_eq!(a.birth_date, b.birth_date);
                let asked =
                    |name: NameComparison| (name.widest_equal, name.plausibility, name.given_is_another());
                assert_eq!(asked(a.name), asked(b.name));
            }
        }
        let differently = [
            Record { kanji_name: "高橋 一郎", ..filed },
            Record { kanji_name: "髙橋一郎", ..filed },
            Record { kana_name: "", ..filed },
            Record { birth_date: "1985-01", ..filed },
            Record { former_names: "山田", ..filed },
        ];
        assert!(differently.map(read).iter().all(|other| !resident.view().is_written_as(&other.view())));
    }

    const FAMILIES: [[&str; 2]; 7] = [
        ["髙橋", "タカハシ"],
        ["高橋", "ﾀｶﾊｼ"],
        ["●橋", "タカハシ"],
        ["佐々木", "ササキ"],
        ["佐々■", "ｻｻｷ"],
        ["山田", "ヴェルディ"],
        ["ヤマダ", "ヤマダ"],
    ];
    const GIVENS: [[&str; 2]; 7] = [
        ["一郎", "イチロウ"],
        ["一朗", "ｲﾁﾛｳ"],
        ["●郎", "ジロウ"],
        ["みゆき", "ミユキ"],
        ["一?", "いちろう"],
        ["々子", "ｼﾞｮﾝ"],
        ["花子", "ハナコ"],
    ];
    const SPACES: [&str; 4] = ["", " ", "　", "  "];

    /// Names as places in the tables, and which cells state them.
    fn names() -> impl Strategy<Value = ([usize; 2], u8)> {
        (prop::array::uniform2(0..7usize), 0..6u8)
    }

    /// The cells of a name, with these spaces; in half width, kana are written as in the cells beside.
    fn cells(([family, given], stated): ([usize; 2], u8), spaces: [usize; 2], half: bool) -> [String; 2] {
        let ([family, family_read], [given, given_read]) = (FAMILIES[family], GIVENS[given]);
        let read = |kana: &str| match (half, kana) {
            (true, "タカハシ") => "ﾀｶﾊｼ".to_owned(),
            (true, "イチロウ") => "ｲﾁﾛｳ".to_owned(),
            (true, "ヴェルディ") => "ｳﾞｪﾙﾃﾞｨ".to_owned(),
            _ => kana.to_owned(),
        };
        let [written, spoken] = spaces.map(|space| SPACES[space]);
        let register = format!("{family}{written}{given}");
        let reading = format!("{}{spoken}{}", read(family_read), read(given_read));
        match stated {
            0 => [register, String::new()],
            1 => [String::new(), reading],
            _ => [register, reading],
        }
    }

    proptest! {
        /// As above, for names with characters that cannot be read, without a border, with several spaces, in one script alone.
        #[test]
        fn whoever_is_written_alike_compares_alike(
            filed in names(),
            (other_name, third) in (names(), names()),
            alike in 0..3u8,
            border in any::<[bool; 2]>(),
            spaces in prop::array::uniform2(prop::array::uniform2(1..3usize)),
            third_spaces in prop::array::uniform2(0..4usize),
            [date, other_date] in prop::array::uniform2(0..4usize),
        ) {
            const DATES: [[&str; 2]; 4] = [["1985-01-01", "S60.1.1"], ["1985-01-02", "昭和60年1月2日"], ["1985", "昭和60年"], ["", ""]];
            let spaced = |spaces: [usize; 2]| [0, 1].map(|at| if border[at] { spaces[at] } else { 0 });
            let person = |[kanji_name, kana_name]: [String; 2], birth_date| {
                read(Record { kanji_name: &kanji_name, kana_name: &kana_name, birth_date, ..Record::default() })
            };
            let resident = person(cells(filed, spaced(spaces[0]), false), DATES[date][0]);
            let (name, on) = if alike > 0 { (filed, date) } else { (other_name, other_date) };
            let record = person(cells(name, spaced(spaces[1]), true), DATES[on][1]);
            let third = person(cells(third, third_spaces, false), DATES[other_date][0]);
            prop_assert!(alike == 0 || record.view().is_written_as(&resident.view()));
            if record.view().is_written_as(&resident.view()) {
                let [a, b] = [compare(&resident, &third), compare(&record, &third)];
                prop_assert_eq!(a.birth_date, b.birth_date);
                let asked = |name: NameComparison| (name.widest_equal, name.plausibility, name.given_is_another());
                prop_assert_eq!(asked(a.name), asked(b.name));
                let keys = |person: &Person| {
                    let NameRef { register, reading, .. } = person.view().with_keys().main;
                    (register.and_then(SpellingRef::register_key), reading.and_then(SpellingRef::reading_key))
                };
                prop_assert_eq!(keys(&resident), keys(&record));
            }
        }
    }
}
