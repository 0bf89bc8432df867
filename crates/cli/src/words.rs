//! What people are told at run time, in both languages at once: whoever has a sentence for one has it for the other, or it does not
//! compile. Which one is heard is settled once for the process, as the terminal is that it speaks to. Knows no command.

use std::{
    fmt,
    io::{self, ErrorKind},
    sync::OnceLock,
};

use himozuke::{
    IndexFileError, PolicyError, RegistryError, Unreadable,
    model::{
        ParametersError,
        train::{ModelFileError, SplinkError},
    },
    normalize::kanji::VariantsInUse,
    once::OnceError,
};

use crate::{args::Language, input::Problem};

/// A sentence in both languages. Holds no value of a record.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Said {
    /// In English.
    pub en: String,
    /// In Japanese.
    pub ja: String,
}

/// A [`Said`] from two formats, the English one first, each with its own arguments: `said!("cannot read {}", file; "{} を読めません",
/// file)`. What both name can stand in the formats themselves.
#[macro_export]
macro_rules! said {
    ($en:literal $(, $english:expr)* ; $ja:literal $(, $japanese:expr)* $(,)?) => {
        $crate::words::Said { en: format!($en $(, $english)*), ja: format!($ja $(, $japanese)*) }
    };
}

/// An error that has Japanese words beside its English ones.
pub trait InJapanese: fmt::Display {
    /// What is wrong, in Japanese.
    fn ja(&self) -> String;
}

impl Said {
    /// What an error says.
    pub fn of(error: &impl InJapanese) -> Self {
        Self { en: error.to_string(), ja: error.ja() }
    }

    /// What stands for itself in either language: an id, a key, a path.
    #[must_use]
    pub fn name(name: String) -> Self {
        Self { en: name.clone(), ja: name }
    }

    /// The sentence in a language.
    #[must_use]
    pub fn pick(&self, lang: Language) -> &str {
        lang.pick(&self.en, &self.ja)
    }

    /// Several, one after the other.
    #[must_use]
    pub fn join(all: &[Self], between: &str) -> Self {
        let joined = |lang| all.iter().map(|own| own.pick(lang)).collect::<Vec<_>>().join(between);
        Self { en: joined(Language::En), ja: joined(Language::Ja) }
    }
}

impl AsRef<str> for Said {
    /// As it is heard.
    fn as_ref(&self) -> &str {
        self.pick(language())
    }
}

static LANGUAGE: OnceLock<Language> = OnceLock::new();

/// Settles in which language this process speaks; who settles it first has settled it.
pub fn speak(lang: Language) {
    LANGUAGE.get_or_init(|| lang);
}

/// The language in which this process speaks: English, where nobody has settled it.
#[must_use]
pub fn language() -> Language {
    LANGUAGE.get().copied().unwrap_or(Language::En)
}

/// What the operating system says, by its kind and number: its own sentences are English.
impl InJapanese for io::Error {
    fn ja(&self) -> String {
        let inner = self.get_ref();
        let known = inner.and_then(|inner| inner.downcast_ref::<Problem>()).map(InJapanese::ja);
        #[cfg(feature = "arrow")]
        let known = known.or_else(|| Some(inner?.downcast_ref::<himozuke_arrow::Error>()?.ja()));
        let what = match known {
            Some(known) => known,
            None => match (kind(self.kind()), inner) {
                // What a reader says of its own format has no number, and is better than nothing.
                (FAILED, Some(inner)) => format!("{FAILED}（{inner}）"),
                (what, _) => what.to_owned(),
            },
        };
        match self.raw_os_error() {
            Some(number) => format!("{what}（OS のエラー番号 {number}）"),
            None => what,
        }
    }
}

/// Of a kind that has no words of its own.
const FAILED: &str = "読み書きに失敗しました";

const fn kind(kind: ErrorKind) -> &'static str {
    match kind {
        ErrorKind::NotFound => "ファイルかディレクトリがありません",
        ErrorKind::PermissionDenied => "権限がありません",
        ErrorKind::AlreadyExists => "同じ名前のものがすでにあります",
        ErrorKind::IsADirectory => "ファイルではなくディレクトリです",
        ErrorKind::NotADirectory => "ディレクトリではありません",
        ErrorKind::DirectoryNotEmpty => "ディレクトリが空ではありません",
        ErrorKind::ReadOnlyFilesystem => "書き込みのできない場所です",
        ErrorKind::StorageFull => "空き容量がありません",
        ErrorKind::QuotaExceeded => "割り当てられた容量を使い切りました",
        ErrorKind::FileTooLarge => "ファイルが大きくなりすぎました",
        ErrorKind::InvalidFilename => "使えないファイル名です",
        ErrorKind::ResourceBusy => "ほかで使われています",
        ErrorKind::BrokenPipe => "受け取る側が先に終わりました",
        ErrorKind::InvalidData => "内容が壊れているか、想定した形式ではありません",
        ErrorKind::UnexpectedEof => "内容が途中で終わっています",
        ErrorKind::OutOfMemory => "メモリが足りません",
        ErrorKind::TimedOut => "時間内に応答がありませんでした",
        ErrorKind::Interrupted => "中断されました",
        ErrorKind::Unsupported => "この環境ではできません",
        _ => FAILED,
    }
}

/// Errors of the library have words in both languages there: nobody outside could match all variants of what may get more.
macro_rules! of_the_library {
    ($($error:ty),*) => { $(
        impl InJapanese for $error {
            fn ja(&self) -> String {
                String::from((*self).ja())
            }
        }
    )* };
}

of_the_library!(
    ModelFileError,
    ParametersError,
    PolicyError,
    RegistryError,
    SplinkError,
    Unreadable,
    VariantsInUse
);

/// As the library has it, but for what the system says.
impl InJapanese for OnceError {
    fn ja(&self) -> String {
        match self {
            Self::WorkingFile(source) => {
                format!("作業ファイルを使えません: {}。住民1人につき100バイトの空きがありますか", source.ja())
            }
            other => other.ja(),
        }
    }
}

/// As the library has it, but for what the system says.
impl InJapanese for IndexFileError {
    fn ja(&self) -> String {
        match self {
            Self::Read { path, source } => format!("{} を読めません: {}", path.display(), source.ja()),
            Self::Write { path, source } => format!("{} に書けません: {}", path.display(), source.ja()),
            other => other.ja(),
        }
    }
}

/// As the reader of such files has it, but for what the system says.
#[cfg(feature = "arrow")]
impl InJapanese for himozuke_arrow::Error {
    fn ja(&self) -> String {
        match self {
            Self::Io(source) => source.ja(),
            other => other.ja(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sentence_is_said_in_either_language() {
        let (file, rows) = ("r.csv", 3);
        let said = said!("{file}: {} rows", rows; "{file}: {rows}行");
        assert_eq!([Language::En, Language::Ja].map(|lang| said.pick(lang)), ["r.csv: 3 rows", "r.csv: 3行"]);
        let both = Said::join(&[said.clone(), said], "; ");
        assert_eq!(both.ja, "r.csv: 3行; r.csv: 3行");
    }

    #[test]
    fn the_system_is_translated_by_kind_and_keeps_its_number() {
        let error = io::Error::from_raw_os_error(2);
        assert_eq!(error.ja(), "ファイルかディレクトリがありません（OS のエラー番号 2）");
        let error = io::Error::other(Problem::RowTooLong);
        assert_eq!(error.ja(), Problem::RowTooLong.ja());
    }
}
