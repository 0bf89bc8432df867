//! The form in which results lie on the disk: packed or not, encrypted or not. A table has one name, whatever its form:
//! `links.csv` may lie there as `links.csv.zst.age`. Knows nothing of what is in a file.

mod encryption;
mod keys;
mod layers;
mod prompt;
mod results;

use std::{
    fs::File,
    io,
    path::{Path, PathBuf},
    sync::Arc,
};

use clap::ValueEnum;

pub(crate) use self::prompt::show_again;
pub use self::{
    encryption::{Encryption, Wanted},
    keys::{Keys, Typed, keygen},
    layers::Layer,
    results::{Results, decrypt},
};

/// How tables are packed.
#[derive(Clone, Copy, Debug, Eq, PartialEq, ValueEnum)]
pub enum Pack {
    /// gzip
    Gz,
    /// zstd
    Zst,
}

/// The key to the results of a run that was encrypted with a passphrase, itself encrypted with the passphrase.
pub const RESULTS_KEY: &str = "results-key.age";

/// Files of a run that are neither packed nor encrypted: counts, rules, times, and decisions under random handles. They name
/// no record and no resident, and an audit reads them without a key. Whatever is not in this list is encrypted.
const OPEN: [&str; 6] =
    ["summary.json", "run.json", "review.json", "decisions.log", "report.html", RESULTS_KEY];

/// What a file's name may have behind it.
#[must_use]
pub fn endings(name: &str) -> &'static [&'static str] {
    if OPEN.contains(&name) {
        &[""]
    } else if name.ends_with(".csv") {
        &["", ".gz", ".zst", ".age", ".gz.age", ".zst.age"]
    } else {
        &["", ".age"]
    }
}

/// A file's names in all forms.
pub fn names(name: &str) -> impl Iterator<Item = String> + use<'_> {
    endings(name).iter().map(move |ending| format!("{name}{ending}"))
}

/// Where a file lies in a directory, in whatever form; `None` where it is not.
#[must_use]
pub fn find(directory: &Path, name: &str) -> Option<PathBuf> {
    names(name).map(|name| directory.join(name)).find(|path| path.exists())
}

/// The form that a run gives to what it writes.
#[derive(Clone, Debug, Default)]
pub struct Form {
    /// How tables are packed.
    pub pack: Option<Pack>,
    /// To whom they are encrypted.
    pub encryption: Option<Arc<Encryption>>,
}

impl Form {
    /// What stands behind a file's name.
    #[must_use]
    pub fn ending(&self, name: &str) -> &'static str {
        let pack = self.pack.filter(|_| name.ends_with(".csv"));
        match (pack, &self.encryption) {
            _ if OPEN.contains(&name) => "",
            (None, None) => "",
            (Some(Pack::Gz), None) => ".gz",
            (Some(Pack::Zst), None) => ".zst",
            (None, Some(_)) => ".age",
            (Some(Pack::Gz), Some(_)) => ".gz.age",
            (Some(Pack::Zst), Some(_)) => ".zst.age",
        }
    }

    /// What a file of this name is written through.
    ///
    /// # Errors
    /// Where the file cannot be written.
    pub fn layers(&self, name: &str, file: File) -> io::Result<Box<dyn Layer>> {
        let ending = self.ending(name);
        let mut layers: Box<dyn Layer> = layers::plain(file);
        if let (Some(encryption), true) = (&self.encryption, ending.ends_with(".age")) {
            layers = Box::new(encryption.encrypt(layers)?);
        }
        match self.pack {
            Some(pack) if ending.starts_with(pack.ending()) => layers::packed(pack, layers),
            _ => Ok(layers),
        }
    }
}

impl Pack {
    const fn ending(self) -> &'static str {
        match self {
            Self::Gz => ".gz",
            Self::Zst => ".zst",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_form_is_one_that_is_looked_for_and_what_names_somebody_is_encrypted() {
        let wanted = Arc::new(Encryption::for_test());
        for name in ["links.csv", "handles.csv", "links.parquet", "summary.json", "decisions.log", "new.txt"]
        {
            for pack in [None, Some(Pack::Gz), Some(Pack::Zst)] {
                for encryption in [None, Some(Arc::clone(&wanted))] {
                    let encrypted = encryption.is_some() && !OPEN.contains(&name);
                    let ending = Form { pack, encryption }.ending(name);
                    assert!(endings(name).contains(&ending), "{name}{ending}");
                    assert_eq!(ending.ends_with(".age"), encrypted, "{name}{ending}");
                }
            }
        }
    }
}
