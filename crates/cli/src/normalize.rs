//! `himozuke normalize`: how values are read and folded. They are shown because they were asked for by name.

use std::{io::Write, iter};

use himozuke::{
    Unreadable,
    compare::address::{AddressNote, compare},
    normalize::{
        Fold, FoldSet, Grade,
        address::{Address, Label, Number},
        birth_date::{BirthDate, DateOptions},
        name::{self, Name, NameKind, Part, Script, Spelling},
        reading::borders,
        sex::Sex,
        text::{self, Clean},
    },
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
            |error| Reading::problem(error, lang),
            |names| Reading::Read(names.iter().map(|name| ReadName::of(name, lang)).collect()),
        )
    });
    let birth_date = arguments.birth_date.as_deref().map(|text| match BirthDate::parse(text, &options) {
        Ok(None) => Reading::nothing(text, lang),
        Ok(Some(date)) => Reading::Read(ReadDate::of(date, text, lang)),
        Err(error) => Reading::problem(error, lang),
    });
    let sex = arguments.sex.as_deref().map(|text| match Sex::parse(text) {
        Ok(None) => Reading::nothing(text, lang),
        Ok(Some(sex)) => Reading::Read(ReadSex::of(sex, text, lang)),
        Err(error) => Reading::problem(error, lang),
    });
    let address = arguments.address.as_deref().map(|text| match Address::parse(text) {
        Some(address) => Reading::Read(ReadAddress::of(&address, lang)),
        None if text.len() > Address::MAX_LEN => Reading::problem(Unreadable::Address, lang),
        None => Reading::nothing(text, lang),
    });
    let read = ReadValues { names, birth_date, sex, address };
    if arguments.showing.json {
        return Ok(say_json(out, &read)?);
    }
    Ok(say(out, read.lines(lang))?)
}

/// What became of a value.
#[derive(Serialize)]
#[serde(untagged)]
enum Reading<T> {
    /// What it says.
    Read(T),
    /// It says nothing: blank, or unknown.
    Nothing { unknown: [Told; 1] },
    /// A row with it is rejected.
    Problem { problem: &'static str, sentence: String },
}

impl<T> Reading<T> {
    fn nothing(text: &str, lang: Language) -> Self {
        let told = if text::clean(text).text.is_empty() {
            Told::new("not_stated", "nothing is stated", "記載なし", lang)
        } else {
            Told::new("stated_unknown", "stated to be unknown", "不明と記載", lang)
        };
        Self::Nothing { unknown: [told] }
    }

    fn problem(unreadable: impl Into<Unreadable>, lang: Language) -> Self {
        let unreadable = unreadable.into();
        let sentence = if lang == Language::Ja { unreadable.ja() } else { unreadable.to_string() };
        Self::Problem { problem: unreadable.code(), sentence }
    }
}

/// Something noticed about a value: its fixed name, and what it means in the language asked for.
#[derive(Clone, Copy, Serialize)]
struct Told {
    code: &'static str,
    sentence: &'static str,
}

impl Told {
    const fn new(code: &'static str, en: &'static str, ja: &'static str, lang: Language) -> Self {
        Self { code, sentence: lang.pick(en, ja) }
    }
}

fn unknown_lines(unknown: &[Told], lang: Language) -> impl Iterator<Item = String> {
    unknown.iter().map(move |told| format!("{}: {}", lang.pick("unknown", "不明"), told.sentence))
}

/// Those that hold.
fn holding<const N: usize>(facts: [(bool, Told); N]) -> Vec<Told> {
    facts.into_iter().filter_map(|(holds, told)| holds.then_some(told)).collect()
}

/// What a value says, the folds that it took to read it, and what it leaves open.
#[derive(Serialize)]
struct Taken<T> {
    #[serde(flatten)]
    says: T,
    folds: Vec<ToldFold>,
    /// The weakest grade of a fold: what an agreement with the plain form needs.
    grade: Grade,
    unknown: Vec<Told>,
}

/// A fold, and the grade of an agreement that needs it.
#[derive(Serialize)]
struct ToldFold {
    #[serde(flatten)]
    told: Told,
    grade: Grade,
}

impl<T> Taken<T> {
    fn new(says: T, folds: FoldSet, unknown: Vec<Told>, lang: Language) -> Self {
        let folded = folds.iter().map(|fold| ToldFold::of(fold, lang));
        Self { says, folds: folded.collect(), grade: folds.grade(), unknown }
    }

    /// The folds and what is unknown, to stand below what is said.
    fn lines(&self, lang: Language) -> Vec<String> {
        let folds: Vec<String> = self.folds.iter().map(|fold| fold.text(lang)).collect();
        let title = lang.pick("folded", "表記の統一");
        let folded = (!folds.is_empty()).then(|| format!("{title}: {}", folds.join(lang.pick("; ", "、"))));
        folded.into_iter().chain(unknown_lines(&self.unknown, lang)).collect()
    }
}

impl ToldFold {
    fn of(fold: Fold, lang: Language) -> Self {
        let (en, ja) = meaning(fold);
        Self { told: Told::new(fold.code(), en, ja, lang), grade: fold.grade() }
    }

    fn text(&self, lang: Language) -> String {
        let Self { told: Told { code, sentence }, grade } = self;
        match lang {
            Language::En => format!("{code} ({sentence}), grade {}", *grade as u8),
            Language::Ja => format!("{code}（{sentence}）等級{}", *grade as u8),
        }
    }
}

/// A fold in words, English and Japanese; nothing for one that this version has no words for.
const fn meaning(fold: Fold) -> (&'static str, &'static str) {
    match fold {
        Fold::Width => ("full or half width", "全角・半角"),
        Fold::Script => ("hiragana as katakana", "ひらがなをカタカナに"),
        Fold::Spacing => ("spaces and separators", "空白・区切り"),
        Fold::Control => ("invisible characters", "見えない文字"),
        Fold::Case => ("capitals", "大文字・小文字"),
        Fold::SoundMark => ("sound marks joined", "濁点・半濁点の結合"),
        Fold::Unicode => ("Unicode-equivalent forms", "Unicode の同等表記"),
        Fold::Dash => ("dashes and long vowels", "ハイフン・長音"),
        Fold::Compatibility => ("compatibility kanji", "互換漢字"),
        Fold::Selector => ("variation selectors", "異体字セレクタ"),
        Fold::Iteration => ("iteration marks", "繰返し記号"),
        Fold::Numeral => ("numerals", "数字の表記"),
        Fold::Noise => ("titles, trade names, remarks", "敬称・屋号・付記"),
        Fold::Kana => ("hentaigana, 〆", "変体仮名・〆"),
        _ => ("", ""),
    }
}

/// The values that were given, each as it is read.
#[derive(Serialize)]
struct ReadValues {
    #[serde(skip_serializing_if = "Option::is_none")]
    names: Option<Reading<Vec<ReadName>>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    birth_date: Option<Reading<Taken<ReadDate>>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    sex: Option<Reading<Taken<ReadSex>>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    address: Option<Reading<Taken<ReadAddress>>>,
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
                section(lang.pick("birth date", "生年月日"), read, lang, |date| {
                    [date.says.lines(lang), date.lines(lang)].concat()
                })
            }),
            sex.as_ref().map(|read| {
                section(lang.pick("sex", "性別"), read, lang, |sex| {
                    [vec![sex.says.line(lang)], sex.lines(lang)].concat()
                })
            }),
            address.as_ref().map(|read| {
                section(lang.pick("address", "住所"), read, lang, |address| {
                    [address.says.lines(lang), address.lines(lang)].concat()
                })
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
        Reading::Nothing { unknown } => unknown_lines(unknown, lang).collect(),
        Reading::Problem { problem, sentence } => {
            vec![format!("{} {problem}: {sentence}", lang.pick("cannot be read:", "読み取り不能:"))]
        }
    };
    iter::once(title.to_owned()).chain(inside.into_iter().map(|line| format!("  {line}"))).collect()
}

/// A name in the scripts in which it is known.
#[derive(Serialize)]
struct ReadName {
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
    fn of(name: &Name, lang: Language) -> Self {
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

    fn lines(&self, lang: Language) -> Vec<String> {
        let kind = match self.kind {
            NameKind::Registered => lang.pick("registered", "登録名"),
            NameKind::Former => lang.pick("former", "旧氏・旧名"),
            NameKind::Alias => lang.pick("alias", "通称・併記名"),
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

#[derive(Serialize)]
struct ReadDate {
    /// In the manner of ISO 8601; an interval where only a part is known.
    iso: String,
    /// `None` where nothing is known.
    earliest: Option<String>,
    latest: Option<String>,
    notes: Vec<Told>,
    /// The era that was written.
    era: Option<&'static str>,
}

/// Characters of numbers in kanji, as dates are written.
const KANJI_NUMERALS: &[char] = &[
    '〇', '零', '一', '壱', '壹', '二', '弐', '貳', '三', '参', '參', '四', '五', '六', '七', '八', '九',
    '十', '拾', '廿', '卅', '百', '千', '元',
];

impl ReadDate {
    fn of(date: BirthDate, text: &str, lang: Language) -> Taken<Self> {
        let (earliest, latest, stated) = (date.earliest(), date.latest(), !date.is_unknown());
        let partial = stated && !date.is_exact() && !date.is_non_calendar();
        let told = |code, en, ja| Told::new(code, en, ja, lang);
        let notes = holding([
            (
                partial,
                told(
                    "partial",
                    "known only in part: never agrees, never contradicts within",
                    "一部だけ判明（一致とはせず、範囲内なら矛盾ともしない）",
                ),
            ),
            (date.is_non_calendar(), told("non_calendar", "a day that its month lacks", "暦にない日")),
            (date.by_era_code(), told("era_code", "the era was a code", "元号コード")),
            (
                date.has_impossible_era(),
                told("impossible_era", "outside the era it was written in", "元号の期間外"),
            ),
            (date.is_approximate(), told("approximate", "stated as approximate", "概略の日付")),
        ]);
        let ((year, month, _), (last_year, last_month, _)) = (earliest.ymd(), latest.ymd());
        let unknown = if !stated {
            vec![told("date", "the whole date", "年月日すべて")]
        } else if !partial {
            Vec::new()
        } else if year != last_year {
            vec![told("year", "which year of the range", "範囲のうちどの年か")]
        } else if month != last_month {
            vec![told("month", "month and day, within the range", "月日（範囲のうちどの日か）")]
        } else {
            vec![told("day", "the day, within the range", "日（範囲のうちどの日か）")]
        };
        let Clean { text, mut folds } = text::clean(text);
        if text.contains(KANJI_NUMERALS) {
            folds.insert(Fold::Numeral);
        }
        let says = Self {
            iso: date.to_string_iso(),
            earliest: stated.then(|| iso(earliest)),
            latest: stated.then(|| iso(latest)),
            notes,
            era: date.stated_era().map(|era| era.name()),
        };
        Taken::new(says, folds, unknown, lang)
    }

    fn lines(&self, lang: Language) -> Vec<String> {
        let Self { iso, earliest, latest, notes, era } = self;
        let mut lines = vec![iso.clone()];
        let range = earliest.as_ref().zip(latest.as_ref()).filter(|(earliest, latest)| earliest != latest);
        lines.extend(range.map(|(from, to)| format!("{}: {from} .. {to}", lang.pick("between", "範囲"))));
        lines.extend(era.map(|era| format!("{}: {era}", lang.pick("written in", "記載の元号"))));
        lines.extend(notes.iter().map(|told| told.sentence.to_owned()));
        lines
    }
}

#[derive(Serialize)]
struct ReadSex {
    iso_5218: u8,
}

impl ReadSex {
    fn of(sex: Sex, text: &str, lang: Language) -> Taken<Self> {
        let Clean { text, mut folds } = text::clean(text);
        if text.contains(|c: char| c.is_ascii_lowercase()) {
            folds.insert(Fold::Case);
        }
        Taken::new(Self { iso_5218: sex.iso_5218() }, folds, Vec::new(), lang)
    }

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
    notes: Vec<Told>,
}

#[derive(Serialize)]
struct ReadNumber {
    value: u32,
    /// 丁目, 番, 番地, 号, 地割; empty for a bare number.
    label: &'static str,
}

impl ReadAddress {
    fn of(address: &Address, lang: Language) -> Taken<Self> {
        let canonical = address.canonical();
        // What parts an address from its own plain form is what reading it took.
        let plain = Address::parse(&canonical);
        let taken = compare(address, plain.as_ref().unwrap_or(address));
        let noticed = |note| taken.notes.contains(note);
        let told = |code, en, ja| Told::new(code, en, ja, lang);
        let no_municipality = address.municipality().is_empty();
        let ambiguous = noticed(AddressNote::AddressPlaceAmbiguous);
        let bare = |number: &Number| number.label() == Label::Unlabelled;
        let unknown = holding([
            (address.prefecture().is_none(), told("prefecture", "the prefecture", "都道府県")),
            (no_municipality, told("municipality", "the municipality", "市区町村")),
            (
                !no_municipality && address.municipality_code().is_none(),
                told(
                    "municipality_code",
                    "the municipality: it is not in the gazetteer",
                    "市区町村（地名表にない名称）",
                ),
            ),
            (address.town().is_empty(), told("town", "the town", "町字")),
            (
                !address.town().is_empty() && address.town_id().is_none() && !ambiguous,
                told("town_id", "the town: it is not in the gazetteer", "町字（地名表にない名称）"),
            ),
            (ambiguous, told("place", "which of several places of this name", "同名の町のうちどこか")),
            (address.numbers().is_empty(), told("numbers", "the numbers", "番号")),
            (
                address.numbers().iter().any(bare),
                told(
                    "labels",
                    "what a bare number is (丁目, 番, 番地, 号)",
                    "単位のない番号が丁目・番・番地・号のどれか",
                ),
            ),
            (
                noticed(AddressNote::AddressIllegible),
                told("illegible", "a character that cannot be read", "読み取れない文字"),
            ),
        ]);
        let merged = told(
            "merged_municipality",
            "the municipality is no more: given as its successor",
            "合併前などの市区町村名（現在の名称で表示）",
        );
        let forms = told("character_forms", "kana size, old kanji", "仮名の大小・旧字体");
        let notes = holding([(noticed(AddressNote::AddressMergedMunicipality), merged)]);
        let number = |number: &Number| ReadNumber { value: number.value(), label: number.label().text() };
        let says = Self {
            canonical,
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
            notes,
        };
        let mut read = Taken::new(says, address.folds(), unknown, lang);
        if taken.grade > read.grade {
            read.grade = taken.grade;
            read.folds.push(ToldFold { told: forms, grade: taken.grade });
        }
        read
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
        ];
        let stated = parts.into_iter().filter(|(_, text)| !text.is_empty());
        let parts = stated.map(|(name, text)| format!("{name}: {text}"));
        let notes = self.notes.iter().map(|told| told.sentence.to_owned());
        iter::once(self.canonical.clone()).chain(parts).chain(notes).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_fold_has_words_of_its_own() {
        let words: Vec<_> = Fold::ALL.into_iter().map(meaning).collect();
        assert!(words.iter().all(|(en, ja)| !en.is_empty() && !ja.is_empty()));
        for lang in [Language::En, Language::Ja] {
            let distinct: std::collections::BTreeSet<_> =
                words.iter().map(|(en, ja)| lang.pick(en, ja)).collect();
            assert_eq!(distinct.len(), words.len());
        }
    }
}
