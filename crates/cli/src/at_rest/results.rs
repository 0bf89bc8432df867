//! The files of a finished run, read in whatever form they lie there; and all of them as plain files.

use std::{
    fs::{self, File},
    io::{self, Read, Write},
    path::{Path, PathBuf},
    sync::Arc,
};

use flate2::read::MultiGzDecoder;

use super::{
    Form, OPEN, RESULTS_KEY, Wanted, find,
    keys::{Keys, Typed, damaged},
};
use crate::{
    args::{self, Decrypt, Forms},
    failure::Failure,
    input::STDIN,
    output::{OutDir, OutputError, Start, replace_by, say, there_already, written_to},
    said,
};

/// A run's directory, and what opens its files.
#[derive(Debug)]
pub struct Results<'a> {
    directory: &'a Path,
    keys: Keys,
}

impl<'a> Results<'a> {
    /// Takes a directory and the keys to it.
    ///
    /// # Errors
    /// Where a key cannot be read, or the passphrase is not that of the run.
    pub fn new(directory: &'a Path, arguments: &args::Keys) -> Result<Self, Failure> {
        Self::with(directory, Keys::read(arguments, Typed::Once)?)
    }

    /// Takes a directory and keys that were read before.
    ///
    /// # Errors
    /// Where the passphrase is not that of the run.
    pub fn with(directory: &'a Path, mut keys: Keys) -> Result<Self, Failure> {
        keys.take_results_key(directory)?;
        Ok(Self { directory, keys })
    }

    /// Takes a directory, and the form of what is written of it: secrets are asked for once.
    ///
    /// # Errors
    /// Where a key cannot be read, or is none, or the passphrase is not that of the run.
    pub fn and_form(directory: &'a Path, arguments: &Forms) -> Result<(Self, Form), Failure> {
        let keys = Keys::read(&arguments.keys, Typed::Twice)?;
        let results = Self::with(directory, keys.clone())?;
        let wanted = Wanted::with(keys, &arguments.encrypt_to)?;
        let encryption = wanted.map(|wanted| wanted.begin()).transpose()?.map(Arc::new);
        Ok((results, Form { pack: arguments.pack, encryption }))
    }

    /// Where they are.
    #[must_use]
    pub const fn directory(&self) -> &Path {
        self.directory
    }

    /// Whether there is such a file.
    #[must_use]
    pub fn has(&self, name: &str) -> bool {
        find(self.directory, name).is_some()
    }

    /// Opens a file as it was before it was packed and encrypted.
    ///
    /// # Errors
    /// Where it cannot be read or opened.
    pub fn open(&self, name: &str) -> Result<Box<dyn Read>, Failure> {
        let path = find(self.directory, name).unwrap_or_else(|| self.directory.join(name));
        let plain = decrypted(&path, &self.keys)?;
        let text = path.to_string_lossy();
        let packed = text.strip_suffix(".age").unwrap_or(&text);
        Ok(match packed {
            _ if packed.ends_with(".gz") => Box::new(MultiGzDecoder::new(io::BufReader::new(plain))),
            _ if packed.ends_with(".zst") => {
                Box::new(zstd::Decoder::new(plain).map_err(|error| unreadable(&path, &error))?)
            }
            _ => plain,
        })
    }
}

/// A file's bytes, decrypted where its name says that it is encrypted.
fn decrypted(path: &Path, keys: &Keys) -> Result<Box<dyn Read>, Failure> {
    let name = path.display().to_string();
    let file = File::open(path).map_err(|error| Failure::unreadable(path, &error))?;
    if !name.ends_with(".age") {
        return Ok(Box::new(file));
    }
    if keys.is_empty() {
        let hint = said!(
            "give its key with --key-file, --passphrase-file, --passphrase-env or --ask-passphrase";
            "鍵を --key-file、--passphrase-file、--passphrase-env、--ask-passphrase のどれかで指定してください"
        );
        return Err(Failure::usage(said!("{name} is encrypted"; "{name} は暗号化されています"), Some(hint)));
    }
    Ok(Box::new(keys.open(file, &name)?))
}

/// `himozuke decrypt`: the files of a run as plain files in another directory, or one file alone.
///
/// # Errors
/// Where a file cannot be opened or was changed, or the plain files cannot be written. Then none is left; to standard output
/// has gone what stands before the fault.
pub fn decrypt(arguments: &Decrypt, out: &mut impl Write) -> Result<(), Failure> {
    let Decrypt { path, out: to, keys, force } = arguments;
    if path.is_dir() {
        return directory(path, to, keys, *force, out);
    }
    fs::metadata(path).map_err(|error| Failure::unreadable(path, &error))?;
    if !path.display().to_string().ends_with(".age") {
        let path = path.display();
        let message = said!(
            "{path} is not encrypted: its name does not end in .age";
            "{path} は暗号化されていません。名前が .age で終わっていません"
        );
        return Err(Failure::usage(message, None));
    }
    let beside = Results::new(path.parent().unwrap_or(Path::new("")), keys)?;
    let mut plain = decrypted(path, &beside.keys)?;
    if to.as_os_str() == STDIN {
        return copy(&mut plain, out, path, to);
    }
    if to.exists() && !force {
        let hint = said!(
            "choose another --out, or replace it with --force";
            "別の --out を指定するか、--force で置き換えてください"
        );
        return Err(Failure::usage(there_already(to), Some(hint)));
    }
    replace_by(to, |file| copy(&mut plain, file, path, to))?;
    Ok(say(out, [written_to(to)])?)
}

fn directory(
    from: &Path,
    to: &Path,
    keys: &args::Keys,
    force: bool,
    out: &mut impl Write,
) -> Result<(), Failure> {
    let results = Results::new(from, keys)?;
    let names = listed(from)?;
    if !names.iter().any(|name| name.ends_with(".age")) {
        let from = from.display();
        let message =
            said!("{from} holds nothing that is encrypted"; "{from} に暗号化されたものはありません");
        return Err(Failure::usage(message, None));
    }
    let place = |path: &Path| fs::canonicalize(path).ok();
    if place(to).is_some() && place(to) == place(from) {
        let message = said!("--out is the directory of the run"; "--out が実行のディレクトリそのものです");
        let hint = said!("choose another --out"; "別の --out を指定してください");
        return Err(Failure::usage(message, Some(hint)));
    }
    let plain: Vec<&str> = names.iter().map(|name| name.strip_suffix(".age").unwrap_or(name)).collect();
    let start = if force { Start::Replace } else { Start::Fresh };
    let directory = OutDir::open(to, &plain, start)?;
    let mut files = Vec::new();
    for (name, plain) in names.iter().zip(&plain) {
        let path = from.join(name);
        let mut file = directory.create(plain)?;
        copy(&mut decrypted(&path, &results.keys)?, &mut file, &path, Path::new(plain))?;
        files.push(file.finish()?);
    }
    let count = files.len();
    directory.commit(files)?;
    let to = to.display();
    let told = said!("{count} files written to {to}"; "{count}個のファイルを {to} に書き出しました");
    Ok(say(out, [told])?)
}

/// The files of a run that are copied as plain ones, the one that says it is whole last.
fn listed(directory: &Path) -> Result<Vec<String>, Failure> {
    let unreadable = |error| Failure::unreadable(directory, &error);
    let entries = fs::read_dir(directory).map_err(unreadable)?.collect::<io::Result<Vec<_>>>();
    let paths = entries.map_err(unreadable)?.into_iter().map(|entry| entry.path());
    let names = paths.filter(|path| path.is_file()).filter_map(|path: PathBuf| {
        let name = path.file_name()?.to_str()?.to_owned();
        let wanted = name.ends_with(".age") || OPEN.contains(&name.as_str());
        (wanted && name != RESULTS_KEY).then_some(name)
    });
    let mut names: Vec<String> = names.collect();
    names.sort_by_key(|name| (name == "run.json", name.clone()));
    Ok(names)
}

/// What cannot be read any further, though it could be opened: there is no mend to tell.
fn unreadable(path: &Path, error: &io::Error) -> Failure {
    Failure { hint: None, ..Failure::unreadable(path, error) }
}

/// Copies what is decrypted; says which side is at fault.
fn copy(from: &mut impl Read, to: &mut impl Write, path: &Path, target: &Path) -> Result<(), Failure> {
    let mut block = vec![0; 1 << 16];
    loop {
        let count = match from.read(&mut block) {
            Ok(0) => break,
            Ok(count) => count,
            Err(error)
                if matches!(error.kind(), io::ErrorKind::InvalidData | io::ErrorKind::UnexpectedEof) =>
            {
                return Err(damaged(&path.display().to_string()));
            }
            Err(error) => {
                return Err(unreadable(path, &error));
            }
        };
        to.write_all(block.get(..count).unwrap_or_default()).map_err(OutputError::io(target))?;
    }
    Ok(to.flush().map_err(OutputError::io(target))?)
}
