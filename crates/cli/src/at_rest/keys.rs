//! What opens encrypted results: key files and passphrases. They are read from files or the environment, never from the
//! command line, which every process of the machine can see; in memory they are wiped when they go out of use.

use std::{
    env,
    fs::File,
    io::{BufReader, Read, Write},
    path::Path,
};

use age::{
    DecryptError, Decryptor, scrypt,
    secrecy::{ExposeSecret, SecretString},
    stream::StreamReader,
    x25519::{Identity, Recipient},
};
use zeroize::Zeroizing;

use super::{RESULTS_KEY, prompt};
use crate::{
    args::{self, Keygen},
    failure::Failure,
    output::{OutputError, private, say, there_already},
    said,
    words::{InJapanese, Said},
};

/// The most that a file of secrets is long, in bytes.
const LARGEST: usize = 64 << 10;
/// The fewest characters of a passphrase that results are encrypted with.
const SHORTEST: usize = 12;
/// The work to try one passphrase: 2 to this power, which takes about a second and 256 MiB. More than the second is
/// refused, for a file could otherwise ask for all memory.
const WORK: u8 = 18;
const MOST_WORK: u8 = 20;

/// What was given to open results with.
#[derive(Clone, Default)]
pub struct Keys {
    identities: Vec<Identity>,
    passphrase: Option<SecretString>,
}

impl std::fmt::Debug for Keys {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Keys(…)")
    }
}

/// How often a passphrase is typed.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Typed {
    /// To open what it was encrypted with: one that is mistyped opens nothing.
    Once,
    /// To encrypt: what is encrypted with a mistyped one is lost.
    Twice,
}

impl Keys {
    /// Reads the secrets that the arguments name.
    ///
    /// # Errors
    /// Where one cannot be read, is not what it should be, or lies open to everybody; or nobody types it.
    pub fn read(arguments: &args::Keys, typed: Typed) -> Result<Self, Failure> {
        let args::Keys { key_file, passphrase_file, passphrase_env, ask_passphrase } = arguments;
        let identities = key_file.as_deref().map(key_file_of).transpose()?.unwrap_or_default();
        let passphrase = match (passphrase_file, passphrase_env) {
            (Some(path), _) => {
                let text = secret_file(path)?;
                Some(passphrase(&text, Said::name(path.display().to_string()))?)
            }
            (None, Some(name)) => {
                let unset = || {
                    let message = said!(
                        "the environment has no variable {name}";
                        "環境変数 {name} が設定されていません"
                    );
                    Failure::usage(message, None)
                };
                let text = Zeroizing::new(env::var(name).map_err(|_| unset())?);
                Some(passphrase(&text, Said::name(name.clone()))?)
            }
            (None, None) if *ask_passphrase => Some(asked(typed)?),
            (None, None) => None,
        };
        Ok(Self { identities, passphrase })
    }

    /// The public halves of the key file.
    pub(super) fn recipients(&self) -> impl Iterator<Item = Recipient> + '_ {
        self.identities.iter().map(Identity::to_public)
    }

    pub(super) const fn has_passphrase(&self) -> bool {
        self.passphrase.is_some()
    }

    /// Whether nothing was given.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.identities.is_empty() && self.passphrase.is_none()
    }

    /// Encrypts the key of a run with the passphrase.
    pub(super) fn wrap(&self, key: &[u8]) -> Result<Option<Vec<u8>>, Failure> {
        let Some(passphrase) = &self.passphrase else { return Ok(None) };
        if passphrase.expose_secret().chars().count() < SHORTEST {
            let hint = said!(
                "several words are remembered best and guessed worst";
                "いくつかの語を並べると、覚えやすく推測されにくくなります"
            );
            let message = said!(
                "the passphrase is too short: it needs {SHORTEST} characters";
                "パスフレーズが短すぎます。{SHORTEST}文字以上にしてください"
            );
            return Err(Failure::usage(message, Some(hint)));
        }
        let mut recipient = scrypt::Recipient::new(passphrase.clone());
        recipient.set_work_factor(WORK);
        age::encrypt(&recipient, key)
            .map(Some)
            .map_err(|error| Failure::failed(said!("{error}"; "暗号化できません")))
    }

    /// Opens the key of a run, by whatever was given.
    pub(super) fn unwrap(&self, wrapped: &[u8], name: &str) -> Result<Vec<Identity>, Failure> {
        let mut opened = match &self.passphrase {
            Some(passphrase) => {
                let mut identity = scrypt::Identity::new(passphrase.clone());
                identity.set_max_work_factor(MOST_WORK);
                open(wrapped, name, [&identity as &dyn age::Identity])?
            }
            None => self.open(wrapped, name)?,
        };
        let mut text = Zeroizing::new(String::with_capacity(LARGEST));
        let read = (&mut opened).take(LARGEST as u64).read_to_string(&mut text);
        read.map_err(|_| damaged(name))?;
        identities(&text).ok_or_else(|| damaged(name))
    }

    /// The key of a finished run in a directory, where it has one and a passphrase was given, joins the others.
    pub(super) fn take_results_key(&mut self, directory: &Path) -> Result<(), Failure> {
        let path = directory.join(RESULTS_KEY);
        if self.passphrase.is_some() && path.exists() {
            let wrapped = std::fs::read(&path).map_err(|error| Failure::unreadable(&path, &error))?;
            self.identities = self.unwrap(&wrapped, &path.display().to_string())?;
        }
        Ok(())
    }

    /// Opens a file that was encrypted to one of the keys.
    pub(super) fn open<R: Read>(&self, from: R, name: &str) -> Result<StreamReader<BufReader<R>>, Failure> {
        open(from, name, self.identities.iter().map(|own| own as &dyn age::Identity))
    }
}

fn open<'k, R: Read>(
    from: R,
    name: &str,
    keys: impl IntoIterator<Item = &'k dyn age::Identity>,
) -> Result<StreamReader<BufReader<R>>, Failure> {
    let opened = Decryptor::new_buffered(BufReader::new(from))
        .and_then(|decryptor| decryptor.decrypt(keys.into_iter()));
    opened.map_err(|error| match error {
        DecryptError::NoMatchingKeys | DecryptError::KeyDecryptionFailed | DecryptError::DecryptionFailed => {
            let hint = said!(
                "give the key file or the passphrase that it was encrypted with";
                "暗号化に使った鍵ファイルかパスフレーズを指定してください"
            );
            let message =
                said!("the key that was given does not open {name}"; "指定された鍵では {name} を開けません");
            Failure::usage(message, Some(hint))
        }
        DecryptError::Io(error) if error.kind() != std::io::ErrorKind::UnexpectedEof => {
            Failure::usage(said!("cannot read {name}: {error}"; "{name} を読めません: {}", error.ja()), None)
        }
        _ => damaged(name),
    })
}

/// What is said of a file that is not as it was encrypted.
pub(super) fn damaged(name: &str) -> Failure {
    let message = said!(
        "{name} is damaged, or was changed after it was encrypted";
        "{name} は壊れているか、暗号化の後に変更されています"
    );
    Failure::usage(message, None)
}

/// A passphrase is the first line of a text.
fn passphrase(text: &str, origin: Said) -> Result<SecretString, Failure> {
    // `String::from` takes no more room than it needs: nothing is moved, and no copy stays behind.
    match text.lines().next() {
        Some(line) if !line.trim().is_empty() => Ok(SecretString::from(String::from(line))),
        _ => {
            let Said { en, ja } = origin;
            Err(Failure::usage(said!("{en} holds no passphrase"; "{ja} にパスフレーズがありません"), None))
        }
    }
}

/// A passphrase as it is typed on the terminal.
fn asked(typed: Typed) -> Result<SecretString, Failure> {
    let text = prompt::ask("passphrase / パスフレーズ")?;
    if typed == Typed::Twice && *text != *prompt::ask("once more / もう一度")? {
        let hint = said!(
            "start again, and type the same twice";
            "やり直して、同じものを2回入力してください"
        );
        let message = said!(
            "the two passphrases differ: nothing was done";
            "2回のパスフレーズが違います。何もしませんでした"
        );
        return Err(Failure::usage(message, Some(hint)));
    }
    passphrase(&text, said!("the line that was typed"; "入力された行"))
}

/// The keys in a text, one a line, beside comments; `None` where a line is no key.
fn identities(text: &str) -> Option<Vec<Identity>> {
    let lines = text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'));
    let identities: Vec<Identity> = lines.map(|line| line.parse().ok()).collect::<Option<_>>()?;
    Some(identities).filter(|found| !found.is_empty())
}

fn key_file_of(path: &Path) -> Result<Vec<Identity>, Failure> {
    let text = secret_file(path)?;
    identities(&text).ok_or_else(|| {
        let path = path.display();
        let hint = said!("himozuke keygen makes one"; "鍵ファイルは himozuke keygen で作れます");
        Failure::usage(said!("{path} is no key file"; "{path} は鍵ファイルではありません"), Some(hint))
    })
}

/// Reads a file of secrets into memory that is wiped.
fn secret_file(path: &Path) -> Result<Zeroizing<String>, Failure> {
    let unreadable = |error| Failure::unreadable(path, &error);
    let file = File::open(path).map_err(unreadable)?;
    #[cfg(unix)]
    {
        let mode = std::os::unix::fs::MetadataExt::mode(&file.metadata().map_err(unreadable)?);
        if mode & 0o007 != 0 {
            let path = path.display();
            let hint = Said::name(format!("chmod 600 {path}"));
            let message = said!("everybody may read {path}"; "{path} は誰でも読める状態です");
            return Err(Failure::usage(message, Some(hint)));
        }
    }
    // All of its room at once: text that grows is moved, and what it leaves is not wiped.
    let mut text = Zeroizing::new(String::with_capacity(LARGEST));
    file.take(LARGEST as u64).read_to_string(&mut text).map_err(unreadable)?;
    Ok(text)
}

/// A key as it stands in a key file.
pub(super) fn key_text(identity: &Identity) -> Zeroizing<String> {
    // All of its room at once, as above.
    let mut text = Zeroizing::new(String::with_capacity(1 << 10));
    text.push_str("# public key: ");
    text.push_str(&identity.to_public().to_string());
    text.push('\n');
    text.push_str(identity.to_string().expose_secret());
    text.push('\n');
    text
}

/// `himozuke keygen`: makes a key file, and tells its public key.
///
/// # Errors
/// Where the file is there already, or cannot be written.
pub fn keygen(arguments: &Keygen, out: &mut impl Write) -> Result<(), Failure> {
    let path = &arguments.out;
    if path.exists() {
        let hint = said!(
            "what was encrypted to a key that is lost cannot be read any more: choose another name";
            "鍵を失うと、それで暗号化したものは二度と読めません。別の名前にしてください"
        );
        return Err(Failure::usage(there_already(path), Some(hint)));
    }
    let identity = Identity::generate();
    let written = private().create_new(true).open(path).and_then(|mut file| {
        file.write_all(key_text(&identity).as_bytes())?;
        file.sync_all()
    });
    written.map_err(OutputError::io(path))?;
    Ok(say(out, [identity.to_public().to_string()])?)
}
