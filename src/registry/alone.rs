//! Whether a part of a name that is no given name may find somebody by itself on a birth date: only where the rest of the name may be a
//! slip away. In a registry of the country everybody has a few strangers of the family name and the birthday. Knows features of
//! parts; nothing of keys or tables.

use crate::normalize::name::{NameRef, PartRef, Script, SpellingRef};
use crate::person::PersonView;

/// The names of a record, as far as they are held against whoever shares a part of one. Kept from one record to the next, for its
/// room.
#[derive(Default)]
pub(super) struct Alone(Vec<Name>);

impl Alone {
    pub(super) fn ask(&mut self, record: &PersonView<'_>) {
        self.0.clear();
        self.0.extend(record.names().map(Name::of));
    }

    /// Whether both parts of some name of a resident may be a slip from those of some name of the record.
    pub(super) fn may_be_named(&self, resident: &PersonView<'_>) -> bool {
        resident.names().map(Name::of).any(|name| self.0.iter().any(|own| own.may_be(&name)))
    }
}

/// A name in both scripts.
struct Name([Option<Spelling>; 2]);

impl Name {
    fn of(name: NameRef<'_>) -> Self {
        Self([name.register, name.reading].map(|spelling| spelling.map(Spelling::of)))
    }

    /// Whether both parts may be near, each in one script or the other; in either order.
    fn may_be(&self, other: &Self) -> bool {
        let scripts = self.0.iter().zip(&other.0).filter_map(|(own, other)| own.as_ref().zip(other.as_ref()));
        let (mut straight, mut crossed) = ([false; 2], [false; 2]);
        for (own, other) in scripts {
            if own.is_open || other.is_open || PartRef::are_near(own.signature, other.signature) {
                return true;
            }
            let [of_family, of_given] = &mut straight;
            *of_family |= own.family.may_be(&other.family);
            *of_given |= own.given.may_be(&other.given);
            let [of_family, of_given] = &mut crossed;
            *of_family |= own.family.may_be(&other.given);
            *of_given |= own.given.may_be(&other.family);
        }
        straight == [true; 2] || crossed == [true; 2]
    }
}

/// A name in one script.
struct Spelling {
    family: Likeness,
    given: Likeness,
    /// Of all words, for they may stand on either side of the border.
    signature: u64,
    /// Whether nobody wrote where its border is.
    is_open: bool,
}

impl Spelling {
    fn of(name: SpellingRef<'_>) -> Self {
        Self {
            family: Likeness::of(name.family),
            given: Likeness::of(name.given),
            signature: name.signature(),
            is_open: !name.has_border(),
        }
    }
}

/// As much of a part as tells most parts apart that are no slip of each other.
struct Likeness {
    signature: u64,
    script: Script,
    /// Whether it says nothing, or not all that it could.
    is_open: bool,
}

impl Likeness {
    fn of(part: PartRef<'_>) -> Self {
        let script = part.script();
        let is_open = part.is_empty() || part.has_unknown() || script == Script::Latin;
        Self { signature: part.signature(), script, is_open }
    }

    /// Whether one may be a slip of the other, another notation, or the other with words left out.
    fn may_be(&self, other: &Self) -> bool {
        let (a, b) = (self.signature, other.signature);
        let is_within = self.script != Script::Han && (a & !b == 0 || b & !a == 0);
        self.is_open || other.is_open || self.script != other.script || is_within || PartRef::are_near(a, b)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Record;
    use crate::compare::compare_views;
    use crate::compare::name::ScriptLevel;
    use crate::person::{Person, ReadOptions};
    use proptest::prelude::*;

    const KANJI: &[&str] = &[
        "",
        "佐藤　花子",
        "佐藤花子",
        "花子　佐藤",
        "佐藤　華子",
        "佐藤　桜",
        "●藤　花子",
        "齋藤　一郎",
        "斉藤　一朗",
        "佐々木　一",
        "佐佐木　一",
        "竜ヶ崎　みゆき",
        "竜が崎　ミユキ",
        "SATO HANAKO",
        "ROSSI THI SOPHIE",
        "THI SOPHIE ROSSI",
        "林　ソフィー",
    ];
    const KANA: &[&str] = &[
        "",
        "サトウ　ハナコ",
        "ハナコ　サトウ",
        "サトウハナコ",
        "ｻﾄｳ ﾊﾅｺ",
        "サイトウ　イチロウ",
        "サイトー　イチロー",
        "ササキ　ハジメ",
        "リュウガサキ　ミユキ",
        "リユウガサキ　ミユキ",
        "ロッシ　ソフィー　マリア",
        "ソフィー　ロッシ",
        "ソフイー　マリア　ロッシ",
        "ハヤシ　●フィー",
    ];

    fn named(kanji_name: &str, kana_name: &str, former_names: &str) -> Person {
        let record = Record { kanji_name, kana_name, former_names, ..Record::default() };
        Person::read_what_can_be(&record, &ReadOptions::default(), |_| ())
    }

    /// A reading with a character replaced, added or left out.
    fn with_a_slip(reading: &str, (at, by, how): (usize, char, u8)) -> String {
        let mut chars: Vec<char> = reading.chars().collect();
        let at = at % (chars.len() + 1);
        match how {
            0 => chars.insert(at, by),
            1 if at < chars.len() => chars[at] = by,
            2 if at < chars.len() => drop(chars.remove(at)),
            _ => {}
        }
        chars.into_iter().collect()
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2_000))]

        /// Nobody is passed over whom comparing calls near.
        #[test]
        fn whoever_is_near_may_be_named(
            [a, b] in prop::array::uniform2(prop::sample::select(KANJI)),
            [x, y] in prop::array::uniform2(prop::sample::select(KANA)),
            slip in (0..20usize, prop::sample::select(vec!['ア', 'キ', 'ー', 'ュ', 'ン', ' ']), 0..4u8),
        ) {
            let (a, b) = (named(a, x, ""), named(b, &with_a_slip(y, slip), ""));
            let (a, b) = (a.view(), b.view());
            let mut alone = Alone::default();
            alone.ask(&a);
            let name = compare_views(&a, &b).name;
            let scripts = [name.register, name.reading];
            let stated = [a.main.register.is_some() && b.main.register.is_some(), a.main.reading.is_some() && b.main.reading.is_some()];
            let near = |level: ScriptLevel| level != ScriptLevel::Different;
            let any = |level: fn(&crate::compare::name::ScriptComparison) -> ScriptLevel| {
                scripts.iter().zip(stated).any(|(script, stated)| stated && near(level(script)))
            };
            if any(|script| script.family) && any(|script| script.given) {
                prop_assert!(alone.may_be_named(&b));
            }
        }
    }

    #[test]
    fn a_brother_is_not_a_slip_of_the_name() {
        let cases = [
            (["佐藤　花子", ""], ["佐藤　桜", ""], false),
            (["", "サトウ　ハナコ"], ["", "サトウ　サクラ"], false),
            (["", "サトウ　ハナコ"], ["", "サトウ　ハナヨ"], true),
            (["", "サトウ　ハナコ"], ["", "ハナコ　サトウ"], true),
            // The kanji of the given name changed, and the reading of the family name.
            (["裕　花子", "ユウ　ハナコ"], ["裕　華子", "ヒロシ　ハナコ"], true),
            // Middle names are left out.
            (["", "ロッシ　ソフィー　マリア"], ["", "ロッシ　マリア"], true),
            // Nothing can be said of it.
            (["佐藤　●", ""], ["佐藤　桜", ""], true),
            (["佐藤花子", ""], ["佐藤　桜", ""], true),
        ];
        for ([kanji, kana], [other_kanji, other_kana], expected) in cases {
            let (a, b) = (named(kanji, kana, ""), named(other_kanji, other_kana, ""));
            let mut alone = Alone::default();
            alone.ask(&a.view());
            assert_eq!(alone.may_be_named(&b.view()), expected, "{kanji}{kana} / {other_kanji}{other_kana}");
        }
        let mut alone = Alone::default();
        alone.ask(&named("佐藤　花子", "", "").view());
        assert!(alone.may_be_named(&named("林　桜", "", "佐藤　花").view()), "a name of before counts");
    }
}
