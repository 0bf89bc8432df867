//! Where a TOML file is wrong, whatever it is about: the line, the setting on it or the one that is missing, and what the reader
//! says.

use crate::{said, words::Said};

/// What is wrong with a file. None of these files holds personal data.
pub(crate) struct Fault {
    /// From 1.
    pub(crate) line: usize,
    /// What stands before the `=` of the line.
    pub(crate) key: Option<String>,
    /// The reader's own sentence, on one line. It is English.
    pub(crate) message: String,
    /// A setting that is not there.
    missing: Option<String>,
    /// Whether what is wrong is on no line: a setting that should stand before all tables.
    nowhere: bool,
}

impl Fault {
    pub(crate) fn of(error: &toml::de::Error, text: &str) -> Self {
        let start = error.span().map_or(0, |span| span.start);
        let line = 1 + text.bytes().take(start).filter(|byte| *byte == b'\n').count();
        let key = text.lines().nth(line - 1).and_then(|line| line.split_once('='));
        let message = error.message().lines().collect::<Vec<_>>().join("; ");
        let missing = message.strip_prefix("missing field `").and_then(|rest| rest.split('`').next());
        let missing = missing.map(str::to_owned);
        // Of a table the reader shows the line that begins it, and of the file its first one, on which another setting stands.
        let table = text.get(start..).is_some_and(|rest| rest.starts_with(['[', '{']));
        let nowhere = missing.is_some() && !table;
        let key = key.map(|(key, _)| key.trim().to_owned()).filter(|_| missing.is_none());
        Self { line, key, message, missing, nowhere }
    }

    /// Where it is, after the name of the file.
    pub(crate) fn place(&self) -> Said {
        let line = self.line;
        if self.nowhere {
            said!("before all tables"; "表の前")
        } else {
            said!("line {line}"; "{line}行目")
        }
    }

    /// The setting before a sentence in English.
    pub(crate) fn setting(&self) -> String {
        self.key.as_ref().map_or(String::new(), |key| format!("{key}: "))
    }

    /// The place alone, in Japanese: why, the reader says in no other language than its own.
    pub(crate) fn ja(&self) -> String {
        match (&self.missing, &self.key) {
            (Some(missing), _) => format!("{missing} という設定がありません"),
            (None, Some(key)) => format!("{key} という設定がないか、値が正しくありません"),
            (None, None) => "この行の設定の書き方が正しくありません".to_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use serde::Deserialize;

    use super::*;

    #[derive(Debug, Deserialize)]
    #[expect(dead_code, reason = "only what is wrong is looked at")]
    struct File {
        name: String,
        columns: Vec<Column>,
        #[serde(default)]
        others: BTreeMap<String, Column>,
    }

    #[derive(Debug, Deserialize)]
    #[expect(dead_code, reason = "only what is wrong is looked at")]
    struct Column {
        from: u32,
        bytes: u32,
    }

    #[test]
    fn what_is_missing_is_named_and_no_other_setting() {
        let columns = "name = \"x\"\n[[columns]]\nfrom = 1\nbytes = 1\n";
        for (text, place, missing) in [
            ("columns = []\n", "before all tables", "name"),
            ("# layout\nname = \"x\"\n\n", "before all tables", "columns"),
            ("name = \"x\"\n\n[[columns]]\nfrom = 1\n", "line 3", "bytes"),
            (&format!("{columns}[[columns]]\nbytes = 2\n"), "line 5", "from"),
            (&format!("{columns}\n[others.a]\nbytes = 2\n"), "line 6", "from"),
            ("name = \"x\"\ncolumns = [\n  { from = 1 },\n]\n", "line 3", "bytes"),
        ] {
            let fault = Fault::of(&toml::from_str::<File>(text).unwrap_err(), text);
            assert_eq!((&*fault.place().en, &*fault.setting()), (place, ""), "{text}");
            assert_eq!(fault.message, format!("missing field `{missing}`"), "{text}");
            assert_eq!(fault.ja(), format!("{missing} という設定がありません"), "{text}");
        }
        let text = "name = 1\ncolumns = []\n";
        let fault = Fault::of(&toml::from_str::<File>(text).unwrap_err(), text);
        assert_eq!((&*fault.place().ja, &*fault.setting()), ("1行目", "name: "));
    }
}
