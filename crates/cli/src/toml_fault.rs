//! Where a TOML file is wrong, whatever it is about: the line, the setting on it, and what the reader says.

/// What is wrong with a file. None of these files holds personal data.
pub(crate) struct Fault {
    /// From 1.
    pub(crate) line: usize,
    /// What stands before the `=` of the line.
    pub(crate) key: Option<String>,
    /// The reader's own sentence, on one line. It is English.
    pub(crate) message: String,
}

impl Fault {
    pub(crate) fn of(error: &toml::de::Error, text: &str) -> Self {
        let start = error.span().map_or(0, |span| span.start);
        let line = 1 + text.bytes().take(start).filter(|byte| *byte == b'\n').count();
        let key = text.lines().nth(line - 1).and_then(|line| line.split_once('='));
        let message = error.message().lines().collect::<Vec<_>>().join("; ");
        Self { line, key: key.map(|(key, _)| key.trim().to_owned()), message }
    }

    /// The setting before a sentence in English.
    pub(crate) fn setting(&self) -> String {
        self.key.as_ref().map_or(String::new(), |key| format!("{key}: "))
    }

    /// The place alone, in Japanese: why, the reader says in no other language than its own.
    pub(crate) fn ja(&self) -> String {
        match &self.key {
            Some(key) => format!("{key} という設定がないか、値が正しくありません"),
            None => "この行の設定の書き方が正しくありません".to_owned(),
        }
    }
}
