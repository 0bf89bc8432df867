//! What is told of any value beside what it says: the folds that it took to read it, and what it leaves open.

use himozuke::normalize::{Fold, FoldSet, Grade};
use serde::Serialize;

use crate::args::Language;

/// Something noticed about a value: its fixed name, and what it means in the language asked for.
#[derive(Clone, Copy, Serialize)]
pub(super) struct Told {
    pub(super) code: &'static str,
    pub(super) sentence: &'static str,
}

impl Told {
    pub(super) const fn new(code: &'static str, en: &'static str, ja: &'static str, lang: Language) -> Self {
        Self { code, sentence: lang.pick(en, ja) }
    }
}

pub(super) fn unknown_lines(unknown: &[Told], lang: Language) -> impl Iterator<Item = String> {
    unknown.iter().map(move |told| format!("{}: {}", lang.pick("unknown", "不明"), told.sentence))
}

/// Those that hold.
pub(super) fn holding<const N: usize>(facts: [(bool, Told); N]) -> Vec<Told> {
    facts.into_iter().filter_map(|(holds, told)| holds.then_some(told)).collect()
}

/// What a value says, the folds that it took to read it, and what it leaves open.
#[derive(Serialize)]
pub(super) struct Taken<T> {
    #[serde(flatten)]
    pub(super) says: T,
    pub(super) folds: Vec<ToldFold>,
    /// The weakest grade of a fold: what an agreement with the plain form needs.
    pub(super) grade: Grade,
    unknown: Vec<Told>,
}

/// A fold, and the grade of an agreement that needs it.
#[derive(Serialize)]
pub(super) struct ToldFold {
    #[serde(flatten)]
    pub(super) told: Told,
    pub(super) grade: Grade,
}

impl<T> Taken<T> {
    pub(super) fn new(says: T, folds: FoldSet, unknown: Vec<Told>, lang: Language) -> Self {
        let folded = folds.iter().map(|fold| ToldFold::of(fold, lang));
        Self { says, folds: folded.collect(), grade: folds.grade(), unknown }
    }

    /// The folds and what is unknown, to stand below what is said.
    pub(super) fn lines(&self, lang: Language) -> Vec<String> {
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
