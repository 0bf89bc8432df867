//! What the rows behind a decision show: their values, where they are asked for, and which characters had to be folded.

use std::collections::BTreeMap;

use himozuke::{
    Person, ReadOptions, Record,
    compare::name::{NameComparison, character_variants},
    normalize::Grade,
};
use serde::Serialize;

use super::explanation::padding;
use crate::{
    args::Language,
    columns::Column,
    input::{Chunk, Row},
};

/// How far the register forms of two names had to be folded to be equal.
#[derive(Debug, Serialize)]
pub(super) struct NameForm {
    grade: Grade,
    /// Best grade first; none where notation alone differs, or where a former name or an alias was compared.
    pub(super) variants: Vec<Variants>,
}

/// Characters that stand for one another at a grade.
#[derive(Serialize)]
pub(super) struct Variants {
    grade: Grade,
    count: usize,
    /// Each pair as 髙=高, the record's character first; `None` where values were not asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    characters: Option<Vec<String>>,
}

impl std::fmt::Debug for Variants {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Variants({}, {:?})", self.count, self.grade)
    }
}

/// The attributes of a row as they stand in its file.
#[derive(Serialize)]
pub(super) struct Values {
    kanji_name: String,
    kana_name: String,
    birth_date: String,
    sex: String,
    /// `None` for a protected resident, and for a record that may be about one.
    address: Option<String>,
    former_names: String,
    aliases: String,
    former_addresses: Option<String>,
}

impl std::fmt::Debug for Values {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Values(…)")
    }
}

impl Values {
    pub(super) fn of(chunk: &Chunk, row: &Row, protected: bool) -> Self {
        // Values go to a terminal: nothing that it would obey.
        let value = |column| chunk.value(row, column).replace(char::is_control, " ");
        let address = |column| (!protected).then(|| value(column));
        Self {
            kanji_name: value(Column::KanjiName),
            kana_name: value(Column::KanaName),
            birth_date: value(Column::BirthDate),
            sex: value(Column::Sex),
            address: address(Column::Address),
            former_names: value(Column::FormerNames),
            aliases: value(Column::Aliases),
            former_addresses: address(Column::FormerAddresses),
        }
    }

    pub(super) fn lines(&self, lang: Language) -> Vec<String> {
        let hidden = lang.pick("(protected, not shown)", "（支援措置のため非表示）").to_owned();
        let cells = [
            ("kanji_name", Some(&self.kanji_name)),
            ("kana_name", Some(&self.kana_name)),
            ("birth_date", Some(&self.birth_date)),
            ("sex", Some(&self.sex)),
            ("address", self.address.as_ref()),
            ("former_names", Some(&self.former_names)),
            ("aliases", Some(&self.aliases)),
            ("former_addresses", self.former_addresses.as_ref()),
        ];
        let stated = cells.into_iter().filter(|(_, value)| value.is_none_or(|value| !value.is_empty()));
        stated.map(|(name, value)| format!("     {name:<17}{}", value.unwrap_or(&hidden))).collect()
    }
}

impl NameForm {
    pub(super) fn of(name: &NameComparison) -> Option<Self> {
        let grade = name.grade().filter(|grade| *grade > Grade::Identical)?;
        Some(Self { grade, variants: Vec::new() })
    }

    pub(super) fn line(&self, lang: Language) -> String {
        let (title, grade) = (lang.pick("name form", "氏名の表記"), self.grade as u8);
        let equal = match (self.grade, lang) {
            (Grade::Confusable, Language::En) => format!("alike at grade {grade}, which never agrees"),
            (Grade::Confusable, Language::Ja) => format!("等級{grade}で類似（一致とはしない）"),
            (_, Language::En) => format!("equal at grade {grade}"),
            (_, Language::Ja) => format!("等級{grade}で同じ"),
        };
        let told = std::iter::once(equal).chain(self.variants.iter().map(|variants| variants.told(lang)));
        format!("   {title}{}{}", padding(title), told.collect::<Vec<_>>().join(lang.pick("; ", "、")))
    }
}

impl Variants {
    /// The pairs of characters by grade, for the kanji cells of two rows.
    pub(super) fn between(record: &str, resident: &str, show_values: bool) -> Vec<Self> {
        let read =
            |kanji_name| Person::read(&Record { kanji_name, ..Record::default() }, &ReadOptions::default());
        let (Ok(record), Ok(resident)) = (read(record), read(resident)) else { return Vec::new() };
        let mut by_grade: BTreeMap<Grade, Vec<String>> = BTreeMap::new();
        for (own, other, grade) in character_variants(&record, &resident) {
            by_grade.entry(grade).or_default().push(format!("{own}={other}"));
        }
        let told = |(grade, pairs): (Grade, Vec<String>)| Self {
            grade,
            count: pairs.len(),
            characters: show_values.then_some(pairs),
        };
        by_grade.into_iter().map(told).collect()
    }

    fn told(&self, lang: Language) -> String {
        let Self { grade, count, characters } = self;
        let grade = *grade as u8;
        let counted = match (lang, count) {
            (Language::En, 1) => format!("1 character as a variant, grade {grade}"),
            (Language::En, _) => format!("{count} characters as variants, grade {grade}"),
            (Language::Ja, _) => format!("異体字{count}字（等級{grade}）"),
        };
        match characters {
            Some(pairs) => format!("{counted}: {}", pairs.join(" ")),
            None => counted,
        }
    }
}
