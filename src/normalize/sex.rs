//! Sex as registers and files write it. Knows nothing of how it is compared.

use super::{kanji, text};

/// The sex that a record states. A scheme that does not hold it, or holds "unknown", has none (R4).
#[derive(Clone, Copy, Eq, Hash, PartialEq)]
#[repr(u8)]
#[expect(clippy::exhaustive_enums, reason = "the resident register knows these two")]
pub enum Sex {
    /// 男, ISO 5218 code 1.
    Male = 1,
    /// 女, ISO 5218 code 2.
    Female = 2,
}

/// Why a sex was refused. The message does not hold the value.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum SexError {
    /// None of the known forms.
    #[error("the sex is in no known form; write 男 or 女, M or F, or an ISO 5218 code (0, 1, 2, 9)")]
    Unreadable,
}

impl SexError {
    /// The stable name of the problem, for files and programs.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Unreadable => "sex_unreadable",
        }
    }

    /// The problem and its mend in Japanese.
    #[must_use]
    pub const fn ja(self) -> &'static str {
        match self {
            Self::Unreadable => {
                "性別が読み取れません。男・女、M・F、または ISO 5218 のコード(0, 1, 2, 9)で書いてください"
            }
        }
    }
}

const FORMS: [(&str, Option<Sex>); 28] = [
    ("1", Some(Sex::Male)),
    ("2", Some(Sex::Female)),
    ("男", Some(Sex::Male)),
    ("女", Some(Sex::Female)),
    ("男性", Some(Sex::Male)),
    ("女性", Some(Sex::Female)),
    ("M", Some(Sex::Male)),
    ("F", Some(Sex::Female)),
    ("MALE", Some(Sex::Male)),
    ("FEMALE", Some(Sex::Female)),
    ("男子", Some(Sex::Male)),
    ("女子", Some(Sex::Female)),
    ("おとこ", Some(Sex::Male)),
    ("おんな", Some(Sex::Female)),
    ("オトコ", Some(Sex::Male)),
    ("オンナ", Some(Sex::Female)),
    ("01", Some(Sex::Male)),
    ("02", Some(Sex::Female)),
    ("", None),
    // ISO 5218: not known, not applicable.
    ("0", None),
    ("9", None),
    ("00", None),
    ("09", None),
    ("不明", None),
    ("不詳", None),
    ("その他", None),
    ("回答なし", None),
    ("UNKNOWN", None),
];

impl Sex {
    /// Reads 男/女, M/F, male/female and ISO 5218 codes, in any width and case. `Ok(None)` for a blank, 不明, marks for a character that
    /// cannot be read (R7), and the codes 0 (not known) and 9 (not applicable).
    ///
    /// # Errors
    /// [`SexError::Unreadable`] for anything else.
    ///
    /// ```
    /// use himozuke::normalize::sex::{Sex, SexError};
    /// assert!(matches!(Sex::parse("女性"), Ok(Some(Sex::Female))));
    /// assert!(matches!(Sex::parse("１"), Ok(Some(Sex::Male))));
    /// assert!(matches!(Sex::parse("不明"), Ok(None)));
    /// assert!(matches!(Sex::parse("3"), Err(SexError::Unreadable)));
    /// ```
    pub fn parse(input: &str) -> Result<Option<Self>, SexError> {
        // As nearly all are written.
        if let Some((_, sex)) = FORMS.iter().find(|(form, _)| *form == input) {
            return Ok(*sex);
        }
        let clean = text::clean(input);
        if clean.text.chars().all(kanji::is_unknown) {
            return Ok(None);
        }
        let form = FORMS.iter().find(|(form, _)| form.eq_ignore_ascii_case(&clean.text));
        form.map(|(_, sex)| *sex).ok_or(SexError::Unreadable)
    }

    /// The ISO 5218 code: 1 or 2.
    #[must_use]
    pub const fn iso_5218(self) -> u8 {
        self as u8
    }
}

impl std::fmt::Debug for Sex {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Sex(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn reads_every_form() {
        for (input, expected) in FORMS {
            assert!(Sex::parse(input) == Ok(expected), "{input}");
        }
        for (input, expected) in [
            ("　男　", Some(Sex::Male)),
            ("ｆ", Some(Sex::Female)),
            ("Female", Some(Sex::Female)),
            ("ｵﾝﾅ", Some(Sex::Female)),
            ("９", None),
            ("  ", None),
        ] {
            assert!(Sex::parse(input) == Ok(expected), "{input}");
        }
        for input in ["3", "男女", "S", "12", "men", "-"] {
            assert!(Sex::parse(input) == Err(SexError::Unreadable), "{input}");
        }
        assert_eq!((Sex::Male.iso_5218(), Sex::Female.iso_5218()), (1, 2));
    }

    #[test]
    fn debug_and_errors_show_no_value() {
        assert_eq!(format!("{:?}", Sex::Male), "Sex(…)");
        assert_eq!(SexError::Unreadable.code(), "sex_unreadable");
    }

    proptest! {
        #[test]
        fn is_total(input in "\\PC*") {
            let _ = Sex::parse(&input);
        }
    }
}
