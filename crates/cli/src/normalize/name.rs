//! A name as it is read, in the scripts in which it is stated.

use std::iter;

use himozuke::normalize::{
    name::{Name, NameKind, Part, Script, Spelling},
    reading::borders,
};
use serde::Serialize;

use super::taken::{Taken, Told, holding, unknown_lines};
use crate::args::Language;

/// A name in the scripts in which it is known.
#[derive(Serialize)]
pub(super) struct ReadName {
    kind: NameKind,
    register: Option<Taken<ReadSpelling>>,
    reading: Option<Taken<ReadSpelling>>,
    unknown: Vec<Told>,
}

#[derive(Serialize)]
struct ReadSpelling {
    /// `None` where the border is not written: then `given` is the whole name.
    family: Option<ReadPart>,
    given: ReadPart,
    /// Where an unwritten border may be, likeliest first. None of them is taken (R10).
    #[serde(skip_serializing_if = "Option::is_none")]
    assumed_borders: Option<Vec<AssumedBorder>>,
}

#[derive(Serialize)]
struct ReadPart {
    text: String,
    script: Script,
}

#[derive(Serialize)]
struct AssumedBorder {
    family: String,
    given: String,
}

impl ReadName {
    pub(super) fn of(name: &Name, lang: Language) -> Self {
        let Name { kind, register, reading } = name;
        // Other names are seldom stated in both scripts: nothing is missing there.
        let missing = |form: &Option<Spelling>| *kind == NameKind::Registered && form.is_none();
        let unknown = holding([
            (missing(register), Told::new("form_not_stated", "the register form", "表記（漢字など）", lang)),
            (missing(reading), Told::new("reading_not_stated", "the reading", "読み", lang)),
        ]);
        let spelling = |spelling: &Spelling| ReadSpelling::of(spelling, lang);
        Self {
            kind: *kind,
            register: register.as_ref().map(spelling),
            reading: reading.as_ref().map(spelling),
            unknown,
        }
    }

    pub(super) fn lines(&self, lang: Language) -> Vec<String> {
        let kind = match self.kind {
            NameKind::Registered => lang.pick("registered", "登録名"),
            NameKind::Former => lang.pick("former", "旧氏・旧名"),
            NameKind::Alias => lang.pick("alias", "通称・併記名"),
            NameKind::Contested => lang.pick("one of several names", "食い違う氏名"),
        };
        let forms =
            [(lang.pick("form", "表記"), &self.register), (lang.pick("reading", "読み"), &self.reading)];
        let stated = forms.into_iter().filter_map(|(form, spelling)| Some((form, spelling.as_ref()?)));
        let told = stated.flat_map(|(form, spelling)| {
            let below = spelling.lines(lang).into_iter().chain(spelling.says.assumed(lang));
            let title = format!("{kind} {form}: {}", spelling.says.whole());
            iter::once(title).chain(below.map(|line| format!("  {line}"))).collect::<Vec<_>>()
        });
        told.chain(unknown_lines(&self.unknown, lang)).collect()
    }
}

impl ReadSpelling {
    fn of(spelling: &Spelling, lang: Language) -> Taken<Self> {
        let Spelling { family, given } = spelling;
        let bordered = spelling.has_border();
        let part = |part: &Part| ReadPart { text: part.text().to_owned(), script: part.script() };
        let unknown = holding([
            (
                family.has_unknown() || given.has_unknown(),
                Told::new(
                    "unknown_character",
                    "a character (外字 or a placeholder): it matches nothing",
                    "読み取れない文字（外字・代替文字）。何とも一致しません",
                    lang,
                ),
            ),
            (
                !bordered,
                Told::new(
                    "border",
                    "where the family name ends (no border written)",
                    "氏と名の区切り（記載なし）",
                    lang,
                ),
            ),
        ]);
        let says = Self {
            family: bordered.then(|| part(family)),
            given: part(given),
            assumed_borders: (!bordered && given.script() == Script::Han)
                .then(|| AssumedBorder::all(given.text())),
        };
        Taken::new(says, family.folds().union(given.folds()), unknown, lang)
    }

    fn whole(&self) -> String {
        match &self.family {
            Some(family) => format!("{} | {}", family.text, self.given.text),
            None => self.given.text.clone(),
        }
    }

    /// The borders that may be assumed, and that nobody has.
    fn assumed(&self, lang: Language) -> Option<String> {
        let borders = self.assumed_borders.as_ref()?;
        let shown: Vec<String> =
            borders.iter().map(|border| format!("{} | {}", border.family, border.given)).collect();
        Some(match (shown.len(), lang) {
            (0, Language::En) => "ASSUMED border: none, no listed family and given name fit".to_owned(),
            (0, Language::Ja) => "区切りの候補: なし（表にある氏と名の組では分けられません）".to_owned(),
            (1, Language::En) => format!("ASSUMED border, not taken: {}", shown.concat()),
            (_, Language::En) => {
                format!("ASSUMED borders, likeliest first, none taken: {}", shown.join(", "))
            }
            (1, Language::Ja) => format!("区切りの候補（推定、採用しません）: {}", shown.concat()),
            (_, Language::Ja) => {
                format!("区切りの候補（推定、確からしい順、どれも採用しません）: {}", shown.join("、"))
            }
        })
    }
}

impl AssumedBorder {
    fn all(whole: &str) -> Vec<Self> {
        let divided = borders(whole).into_iter().filter_map(|border| whole.split_at_checked(border.at));
        divided.map(|(family, given)| Self { family: family.to_owned(), given: given.to_owned() }).collect()
    }
}
