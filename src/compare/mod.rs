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
    let birth_date = match (a.birth_date, b.birth_date) {
        (Some(a), Some(b)) => birth_date::compare(a, b),
        _ => BirthDateLevel::Unknown,
    };
    let (address, former_address) = addresses(a, b);
    Comparison {
        name: name::compare(a, b),
        birth_date,
        sex: sex::compare(a.sex, b.sex),
        address,
        former_address,
    }
}

impl Comparison {
    /// The comparison of two people of whom one has the names and the birth date that this one was made with.
    pub(crate) fn between(self, a: &PersonView<'_>, b: &PersonView<'_>) -> Self {
        let (address, former_address) = addresses(a, b);
        Self { sex: sex::compare(a.sex, b.sex), address, former_address, ..self }
    }
}

fn addresses(a: &PersonView<'_>, b: &PersonView<'_>) -> (AddressComparison, Option<AddressComparison>) {
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
                let b = b.between(&resident.view(), &other.view());
                assert_eq!((a.birth_date, a.sex), (b.birth_date, b.sex));
                assert_eq!((a.address, a.former_address), (b.address, b.former_address));
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
}
