//! The vocabulary of folding: how strong an agreement is, and which rewritings it needed.

use serde::{Deserialize, Serialize};

/// How good an agreement is, best first (R6, R8).
///
/// Grades 1-4 agree by default; grade 5 never agrees: it only finds candidates and shows in reasons.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize)]
#[repr(u8)]
#[serde(rename_all = "snake_case")]
pub enum Grade {
    /// The same code points.
    Identical = 1,
    /// Width, script (hiragana for katakana), spacing, controls, Unicode-equivalent forms.
    Equivalent = 2,
    /// Official old/new form, variation selector, compatibility ideograph, small/large kana, dash and long vowel.
    Official = 3,
    /// Register-approved variant, residence-card 正字, ヂ/ジ and ヅ/ズ, ヲ/オ.
    Register = 4,
    /// Often confused or look-alike kanji (斉/斎), voiced/unvoiced kana: finds candidates, never agrees.
    Confusable = 5,
}

/// One rewriting that normalization applied to a value.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize)]
#[repr(u8)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Fold {
    /// Full-width or half-width form.
    Width = 0,
    /// Hiragana written as katakana.
    Script = 1,
    /// Spaces trimmed, joined or unified.
    Spacing = 2,
    /// Control or invisible formatting character removed.
    Control = 3,
    /// Letter case.
    Case = 4,
    /// Separate sound mark joined to its kana.
    SoundMark = 5,
    /// Another Unicode-equivalent spelling (NFKC).
    Unicode = 6,
    /// One dash or long-vowel character written as another.
    Dash = 7,
    /// CJK compatibility ideograph written as its unified form.
    Compatibility = 8,
    /// Variation selector removed.
    Selector = 9,
    /// Kana iteration mark written out, or 〻 written as 々 (佐々木 itself stays; comparison knows what 々 repeats).
    Iteration = 10,
    /// Kanji or full-width numeral read as a number.
    Numeral = 11,
    /// A title, trade name or remark set aside.
    Noise = 12,
    /// Hentaigana, or 〆, written as the kana that it stands for.
    Kana = 13,
}

impl Fold {
    /// Every fold, in the order in which sets list them.
    pub const ALL: [Self; 14] = [
        Self::Width,
        Self::Script,
        Self::Spacing,
        Self::Control,
        Self::Case,
        Self::SoundMark,
        Self::Unicode,
        Self::Dash,
        Self::Compatibility,
        Self::Selector,
        Self::Iteration,
        Self::Numeral,
        Self::Noise,
        Self::Kana,
    ];

    /// The grade of an agreement that needs this fold on one side only.
    #[must_use]
    pub const fn grade(self) -> Grade {
        match self {
            // Iteration marks are official spelling: くりかへし符号の使ひ方, Ministry of Education, 1946.
            Self::Dash | Self::Compatibility | Self::Selector | Self::Iteration => Grade::Official,
            Self::Kana => Grade::Register,
            _ => Grade::Equivalent,
        }
    }

    /// The documented snake_case name.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Width => "width",
            Self::Script => "script",
            Self::Spacing => "spacing",
            Self::Control => "control",
            Self::Case => "case",
            Self::SoundMark => "sound_mark",
            Self::Unicode => "unicode",
            Self::Dash => "dash",
            Self::Compatibility => "compatibility",
            Self::Selector => "selector",
            Self::Iteration => "iteration",
            Self::Numeral => "numeral",
            Self::Noise => "noise",
            Self::Kana => "kana",
        }
    }
}

/// A set of [`Fold`]s, as small as a number.
///
/// ```
/// use himozuke::normalize::{Fold, FoldSet, Grade};
/// let folds = FoldSet::EMPTY.with(Fold::Width).with(Fold::Selector);
/// assert_eq!(folds.grade(), Grade::Official);
/// assert_eq!(folds.iter().count(), 2);
/// ```
#[derive(Clone, Copy, Debug, Default, Eq, Hash, PartialEq)]
pub struct FoldSet(u16);

impl FoldSet {
    /// Nothing was folded.
    pub const EMPTY: Self = Self(0);

    /// This set and one more fold.
    #[must_use]
    pub const fn with(self, fold: Fold) -> Self {
        Self(self.0 | 1 << fold as u8)
    }

    /// Adds a fold.
    pub const fn insert(&mut self, fold: Fold) {
        self.0 |= 1 << fold as u8;
    }

    /// Whether the fold is in the set.
    #[must_use]
    pub const fn contains(self, fold: Fold) -> bool {
        self.0 & 1 << fold as u8 != 0
    }

    /// Folds in either set.
    #[must_use]
    pub const fn union(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// Folds in one set but not in the other: what an agreement between two values needed. A selector in both counts as
    /// well: which shape it chose is not kept, and it may have been another (葛 of 2000 and of 2004).
    #[must_use]
    pub const fn difference(self, other: Self) -> Self {
        let selectors = self.0 & other.0 & 1 << Fold::Selector as u8;
        Self(self.0 ^ other.0 | selectors)
    }

    /// The set as a number, for a registry's columns.
    pub(crate) const fn bits(self) -> u16 {
        self.0
    }

    /// The set that [`FoldSet::bits`] made a number of; bits that are no fold are left out.
    pub(crate) const fn from_bits(bits: u16) -> Self {
        Self(bits & ((1 << Fold::ALL.len()) - 1))
    }

    /// Whether nothing was folded.
    #[must_use]
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// The weakest grade among the folds; [`Grade::Identical`] for none.
    #[must_use]
    pub const fn grade(self) -> Grade {
        const REGISTER: FoldSet = FoldSet::of_grade(Grade::Register);
        const OFFICIAL: FoldSet = FoldSet::of_grade(Grade::Official);
        match self.0 {
            0 => Grade::Identical,
            folds if folds & REGISTER.0 != 0 => Grade::Register,
            folds if folds & OFFICIAL.0 != 0 => Grade::Official,
            _ => Grade::Equivalent,
        }
    }

    /// All folds of a grade.
    const fn of_grade(grade: Grade) -> Self {
        let (mut set, mut rest) = (Self::EMPTY, Fold::ALL.as_slice());
        while let Some((fold, others)) = rest.split_first() {
            if fold.grade() as u8 == grade as u8 {
                set.insert(*fold);
            }
            rest = others;
        }
        set
    }

    /// The folds, in the order of [`Fold::ALL`].
    pub fn iter(self) -> impl Iterator<Item = Fold> {
        Fold::ALL.into_iter().filter(move |fold| self.contains(*fold))
    }
}

impl Serialize for FoldSet {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.iter())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_grade_of_a_set_is_its_weakest() {
        for bits in 0..1 << Fold::ALL.len() {
            let set = FoldSet::from_bits(bits);
            assert_eq!(set.grade(), set.iter().map(Fold::grade).max().unwrap_or(Grade::Identical));
        }
    }
}
