//! The language of sentences. Knows headers; nothing of what the sentences say.

use axum::http::{HeaderMap, header};

/// In which language a caller is told.
#[derive(Clone, Copy)]
pub(crate) enum Language {
    En,
    Ja,
}

impl Language {
    /// Japanese where it is the first choice, else English.
    pub(crate) fn asked_for(headers: &HeaderMap) -> Self {
        let asked = headers.get(header::ACCEPT_LANGUAGE);
        if asked.is_some_and(|value| value.as_bytes().starts_with(b"ja")) { Self::Ja } else { Self::En }
    }

    pub(crate) const fn pick<'t>(self, en: &'t str, ja: &'t str) -> &'t str {
        match self {
            Self::En => en,
            Self::Ja => ja,
        }
    }
}
