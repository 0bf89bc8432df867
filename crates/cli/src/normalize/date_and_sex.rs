//! A birth date and a sex as they are read.

use himozuke::normalize::{
    Fold,
    birth_date::BirthDate,
    sex::Sex,
    text::{self, Clean},
};
use serde::Serialize;

use super::taken::{Taken, Told, holding};
use crate::{args::Language, deciding::iso};

#[derive(Serialize)]
pub(super) struct ReadDate {
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
    pub(super) fn of(date: BirthDate, text: &str, lang: Language) -> Taken<Self> {
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

    pub(super) fn lines(&self, lang: Language) -> Vec<String> {
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
pub(super) struct ReadSex {
    iso_5218: u8,
}

impl ReadSex {
    pub(super) fn of(sex: Sex, text: &str, lang: Language) -> Taken<Self> {
        let Clean { text, mut folds } = text::clean(text);
        if text.contains(|c: char| c.is_ascii_lowercase()) {
            folds.insert(Fold::Case);
        }
        Taken::new(Self { iso_5218: sex.iso_5218() }, folds, Vec::new(), lang)
    }

    pub(super) fn line(&self, lang: Language) -> String {
        let word = if self.iso_5218 == 1 { lang.pick("male", "男") } else { lang.pick("female", "女") };
        format!("{word} ({})", self.iso_5218)
    }
}
