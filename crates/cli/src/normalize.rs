//! `himozuke normalize`: how values are read and folded. They are shown because they were asked for by name.

use std::io::Write;

use himozuke::normalize::{
    FoldSet, Grade,
    address::Address,
    birth_date::{BirthDate, DateOptions},
    name::{self, Name, NameKind, Part, Script, Spelling},
    sex::{Sex, SexError},
};
use serde::Serialize;

use crate::{
    args::{Language, Normalize},
    deciding::iso,
    failure::Failure,
    mj,
    output::{say, say_json},
};

/// Shows each value in its structured form, or why it would be rejected.
///
/// # Errors
/// Where standard output cannot be written.
pub fn normalize(arguments: &Normalize, out: &mut impl Write) -> Result<(), Failure> {
    mj::install(&arguments.mj)?;
    let lang = arguments.showing.lang;
    let options = DateOptions { era_codes: arguments.era_codes.into(), ..DateOptions::default() };
    let [kanji, kana] = [&arguments.kanji_name, &arguments.kana_name].map(Option::as_deref);
    let names = (kanji.is_some() || kana.is_some()).then(|| {
        let names = name::parse(kanji.unwrap_or_default(), kana.unwrap_or_default());
        names.map_or_else(
            |error| Reading::Problem { problem: error.code(), sentence: error.to_string() },
            |names| Reading::Read(names.iter().map(ReadName::of).collect()),
        )
    });
    let birth_date = arguments.birth_date.as_deref().map(|text| match BirthDate::parse(text, &options) {
        Ok(None) => Reading::Nothing,
        Ok(Some(date)) => Reading::Read(ReadDate::of(date)),
        Err(error) => {
            let sentence = if lang == Language::Ja { error.ja() } else { error.to_string() };
            Reading::Problem { problem: error.code(), sentence }
        }
    });
    let sex = arguments.sex.as_deref().map(|text| match Sex::parse(text) {
        Ok(None) => Reading::Nothing,
        Ok(Some(sex)) => Reading::Read(ReadSex { iso_5218: sex.iso_5218() }),
        Err(error) => sex_problem(error, lang),
    });
    let address = arguments.address.as_deref().map(read_address);
    let read = ReadValues { names, birth_date, sex, address };
    if arguments.showing.json {
        return Ok(say_json(out, &read)?);
    }
    Ok(say(out, read.lines(lang))?)
}

fn sex_problem<T>(error: SexError, lang: Language) -> Reading<T> {
    let sentence = if lang == Language::Ja { error.ja().to_owned() } else { error.to_string() };
    Reading::Problem { problem: error.code(), sentence }
}

fn read_address(text: &str) -> Reading<ReadAddress> {
    match Address::parse(text) {
        Some(address) => Reading::Read(ReadAddress::of(&address)),
        None if text.len() > Address::MAX_LEN => Reading::Problem {
            problem: "address_too_long",
            sentence: format!("the address is longer than {} bytes", Address::MAX_LEN),
        },
        None => Reading::Nothing,
    }
}

/// What became of a value.
#[derive(Serialize)]
#[serde(rename_all = "snake_case", untagged)]
enum Reading<T> {
    /// What it says.
    Read(T),
    /// It says nothing: blank, or unknown.
    Nothing,
    /// A row with it is rejected.
    Problem { problem: &'static str, sentence: String },
}

/// The values that were given, each as it is read.
#[derive(Serialize)]
struct ReadValues {
    #[serde(skip_serializing_if = "Option::is_none")]
    names: Option<Reading<Vec<ReadName>>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    birth_date: Option<Reading<ReadDate>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    sex: Option<Reading<ReadSex>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    address: Option<Reading<ReadAddress>>,
}

impl ReadValues {
    fn lines(&self, lang: Language) -> Vec<String> {
        let Self { names, birth_date, sex, address } = self;
        let parts = [
            names.as_ref().map(|read| {
                section(lang.pick("name", "氏名"), read, lang, |names| {
                    names.iter().flat_map(|name| name.lines(lang)).collect()
                })
            }),
            birth_date.as_ref().map(|read| {
                section(lang.pick("birth date", "生年月日"), read, lang, |date| date.lines(lang))
            }),
            sex.as_ref()
                .map(|read| section(lang.pick("sex", "性別"), read, lang, |sex| vec![sex.line(lang)])),
            address.as_ref().map(|read| {
                section(lang.pick("address", "住所"), read, lang, |address| address.lines(lang))
            }),
        ];
        parts.into_iter().flatten().flatten().collect()
    }
}

fn section<T>(
    title: &str,
    read: &Reading<T>,
    lang: Language,
    lines: impl Fn(&T) -> Vec<String>,
) -> Vec<String> {
    let inside = match read {
        Reading::Read(value) => lines(value),
        Reading::Nothing => vec![lang.pick("nothing stated", "記載なし").to_owned()],
        Reading::Problem { problem, sentence } => {
            vec![format!("{} {problem}: {sentence}", lang.pick("cannot be read:", "読み取り不能:"))]
        }
    };
    std::iter::once(title.to_owned()).chain(inside.into_iter().map(|line| format!("  {line}"))).collect()
}

/// A name in the scripts in which it is known.
#[derive(Serialize)]
struct ReadName {
    kind: NameKind,
    register: Option<ReadSpelling>,
    reading: Option<ReadSpelling>,
}

#[derive(Serialize)]
struct ReadSpelling {
    /// `None` where the border is not written: then `given` is the whole name.
    family: Option<ReadPart>,
    given: ReadPart,
}

#[derive(Serialize)]
struct ReadPart {
    text: String,
    script: Script,
    folds: Vec<&'static str>,
    grade: Grade,
    unknown_characters: bool,
}

impl ReadName {
    fn of(name: &Name) -> Self {
        let spelling = |spelling: &Spelling| ReadSpelling {
            family: spelling.has_border().then(|| ReadPart::of(&spelling.family)),
            given: ReadPart::of(&spelling.given),
        };
        Self {
            kind: name.kind,
            register: name.register.as_ref().map(spelling),
            reading: name.reading.as_ref().map(spelling),
        }
    }

    fn lines(&self, lang: Language) -> Vec<String> {
        let kind = match self.kind {
            NameKind::Registered => lang.pick("registered", "登録名"),
            NameKind::Former => lang.pick("former", "旧氏・旧名"),
            NameKind::Alias => lang.pick("alias", "通称・併記名"),
        };
        let forms =
            [(lang.pick("form", "表記"), &self.register), (lang.pick("reading", "読み"), &self.reading)];
        let stated = forms.into_iter().filter_map(|(form, spelling)| Some((form, spelling.as_ref()?)));
        let mut lines: Vec<String> =
            stated.flat_map(|(form, spelling)| spelling.lines(&format!("{kind} {form}"), lang)).collect();
        if lines.is_empty() {
            lines.push(format!("{kind}: {}", lang.pick("nothing stated", "記載なし")));
        }
        lines
    }
}

impl ReadSpelling {
    fn lines(&self, title: &str, lang: Language) -> Vec<String> {
        let whole = match &self.family {
            Some(family) => format!("{} | {}", family.text, self.given.text),
            None => format!("{} {}", self.given.text, lang.pick("(no border written)", "（区切りなし）")),
        };
        let parts = || self.family.iter().chain([&self.given]);
        let mut lines = vec![format!("{title}: {whole}")];
        let mut folds: Vec<&str> = Vec::new();
        for fold in parts().flat_map(|part| &part.folds) {
            if !folds.contains(fold) {
                folds.push(fold);
            }
        }
        if let Some(grade) = parts().map(|part| part.grade).max().filter(|_| !folds.is_empty()) {
            let folded = lang.pick("folded", "表記の統一");
            lines.push(format!(
                "  {folded}: {} ({} {})",
                folds.join(", "),
                lang.pick("grade", "等級"),
                grade as u8
            ));
        }
        if parts().any(|part| part.unknown_characters) {
            let unknown = lang.pick(
                "a character is unknown (外字 or a placeholder): it matches nothing",
                "読み取れない文字（外字・代替文字）があり、何とも一致しません",
            );
            lines.push(format!("  {unknown}"));
        }
        lines
    }
}

impl ReadPart {
    fn of(part: &Part) -> Self {
        Self {
            text: part.text().to_owned(),
            script: part.script(),
            folds: codes(part.folds()),
            grade: part.folds().grade(),
            unknown_characters: part.has_unknown(),
        }
    }
}

fn codes(folds: FoldSet) -> Vec<&'static str> {
    folds.iter().map(|fold| fold.code()).collect()
}

#[derive(Serialize)]
struct ReadDate {
    /// In the manner of ISO 8601; an interval where only a part is known.
    iso: String,
    earliest: String,
    latest: String,
    notes: Vec<&'static str>,
    /// The era that was written.
    era: Option<&'static str>,
}

/// What may be noted of a birth date: code, English, Japanese.
const DATE_NOTES: [(&str, &str, &str); 6] = [
    ("partial", "known only in part: never agrees, never contradicts within", "一部だけ判明"),
    ("unknown", "unknown", "不詳"),
    ("non_calendar", "a day that its month lacks", "暦にない日"),
    ("era_code", "the era was a code", "元号コード"),
    ("impossible_era", "outside the era it was written in", "元号の期間外"),
    ("approximate", "stated as approximate", "概略の日付"),
];

impl ReadDate {
    fn of(date: BirthDate) -> Self {
        let partial = !date.is_exact() && !date.is_non_calendar() && !date.is_unknown();
        let noted = [
            partial,
            date.is_unknown(),
            date.is_non_calendar(),
            date.by_era_code(),
            date.has_impossible_era(),
            date.is_approximate(),
        ];
        let notes = DATE_NOTES.iter().zip(noted).filter(|(_, holds)| *holds).map(|((code, ..), _)| *code);
        Self {
            iso: date.to_string_iso(),
            earliest: iso(date.earliest()),
            latest: iso(date.latest()),
            notes: notes.collect(),
            era: date.stated_era().map(|era| era.name()),
        }
    }

    fn lines(&self, lang: Language) -> Vec<String> {
        let Self { iso, earliest, latest, notes, era } = self;
        let mut lines = vec![iso.clone()];
        if earliest != latest {
            lines.push(format!("{}: {earliest} .. {latest}", lang.pick("between", "範囲")));
        }
        lines.extend(era.map(|era| format!("{}: {era}", lang.pick("written in", "記載の元号"))));
        let told = DATE_NOTES.iter().filter(|(code, ..)| notes.contains(code));
        lines.extend(told.map(|(_, en, ja)| lang.pick(en, ja).to_owned()));
        lines
    }
}

#[derive(Serialize)]
struct ReadSex {
    iso_5218: u8,
}

impl ReadSex {
    fn line(&self, lang: Language) -> String {
        let word = if self.iso_5218 == 1 { lang.pick("male", "男") } else { lang.pick("female", "女") };
        format!("{word} ({})", self.iso_5218)
    }
}

#[derive(Serialize)]
struct ReadAddress {
    /// Reads back as the same address.
    canonical: String,
    prefecture_code: Option<u8>,
    /// 全国地方公共団体コード, where the gazetteer knows the municipality.
    municipality_code: Option<u32>,
    county: String,
    municipality: String,
    street: String,
    town: String,
    /// Sixteen hexadecimal digits; himozuke's own, not the 町字ID of the address base registry.
    town_id: Option<String>,
    /// 小字, or the sign of a lot.
    area: String,
    numbers: Vec<ReadNumber>,
    building: String,
    room: String,
    folds: Vec<&'static str>,
}

#[derive(Serialize)]
struct ReadNumber {
    value: u32,
    /// 丁目, 番, 番地, 号, 地割; empty for a bare number.
    label: &'static str,
}

impl ReadAddress {
    fn of(address: &Address) -> Self {
        let number = |number: &himozuke::normalize::address::Number| ReadNumber {
            value: number.value(),
            label: number.label().text(),
        };
        Self {
            canonical: address.canonical(),
            prefecture_code: address.prefecture(),
            municipality_code: address.municipality_code(),
            county: address.county().to_owned(),
            municipality: address.municipality().to_owned(),
            street: address.street().to_owned(),
            town: address.town().to_owned(),
            town_id: address.town_id().map(|id| format!("{:016x}", id.value())),
            area: address.area().to_owned(),
            numbers: address.numbers().iter().map(number).collect(),
            building: address.building().to_owned(),
            room: address.room().to_owned(),
            folds: codes(address.folds()),
        }
    }

    fn lines(&self, lang: Language) -> Vec<String> {
        let numbers: Vec<String> =
            self.numbers.iter().map(|number| format!("{}{}", number.value, number.label)).collect();
        let prefecture = self.prefecture_code.map_or(String::new(), |code| format!("{code:02}"));
        let municipality = self.municipality_code.map_or(String::new(), |code| format!("{code:06}"));
        let parts = [
            (lang.pick("prefecture code", "都道府県コード"), prefecture),
            (lang.pick("municipality code", "団体コード"), municipality),
            (lang.pick("county", "郡"), self.county.clone()),
            (lang.pick("municipality", "市区町村"), self.municipality.clone()),
            (lang.pick("streets", "通り名"), self.street.clone()),
            (lang.pick("town", "町字"), self.town.clone()),
            (
                lang.pick("town id (himozuke's)", "町字の番号（本ソフト独自）"),
                self.town_id.clone().unwrap_or_default(),
            ),
            (lang.pick("area", "小字"), self.area.clone()),
            (lang.pick("numbers", "番号"), numbers.join(" ")),
            (lang.pick("building", "建物"), self.building.clone()),
            (lang.pick("room", "部屋"), self.room.clone()),
            (lang.pick("folded", "表記の統一"), self.folds.join(", ")),
        ];
        let stated = parts.into_iter().filter(|(_, text)| !text.is_empty());
        let parts = stated.map(|(name, text)| format!("{name}: {text}"));
        std::iter::once(self.canonical.clone()).chain(parts).collect()
    }
}
