//! Results of a run in the age format (age-encryption.org/v1). Every run draws a key of its own. Its working files are
//! encrypted to that, so that the run can read them again; results are encrypted to whoever is to read them. The key of the
//! run lies beside the working files, encrypted to the same readers: who can read the results can go on with the run.

use std::{
    fmt,
    io::{self, Read, Write},
    path::Path,
};

use age::{
    Encryptor,
    stream::StreamWriter,
    x25519::{Identity, Recipient},
};

use super::keys::{Keys, Typed, key_text};
use crate::{
    args::Forms,
    failure::Failure,
    output::{OutDir, OutputError, RESUMABLE},
    said,
    words::{InJapanese, Said},
};

/// What the arguments say of encryption.
#[derive(Debug)]
pub struct Wanted {
    keys: Keys,
    /// Whoever is to read the results; nobody by name where a passphrase is asked for.
    recipients: Vec<Recipient>,
}

impl Wanted {
    /// Reads it; `None` where nothing is to be encrypted.
    ///
    /// # Errors
    /// Where a key cannot be read, or is none.
    pub fn of(arguments: &Forms) -> Result<Option<Self>, Failure> {
        Self::with(Keys::read(&arguments.keys, Typed::Twice)?, &arguments.encrypt_to)
    }

    /// The same, with keys that were read before.
    pub(super) fn with(keys: Keys, encrypt_to: &[String]) -> Result<Option<Self>, Failure> {
        let public = encrypt_to.iter().map(|text| public_key(text));
        let mut recipients = public.collect::<Result<Vec<_>, _>>()?;
        recipients.extend(keys.recipients());
        recipients.sort_by_key(Recipient::to_string);
        recipients.dedup_by_key(|recipient| recipient.to_string());
        Ok((!keys.is_empty() || !recipients.is_empty()).then_some(Self { keys, recipients }))
    }

    /// What a run that goes on must have in common with the one before it. No secret.
    #[must_use]
    pub fn told(&self) -> String {
        if self.keys.has_passphrase() {
            return "passphrase".to_owned();
        }
        self.recipients.iter().map(Recipient::to_string).collect::<Vec<_>>().join(" ")
    }

    /// Whether results are read with a passphrase.
    #[must_use]
    pub const fn by_passphrase(&self) -> bool {
        self.keys.has_passphrase()
    }

    /// How many key files open the results; `None` where a passphrase does.
    #[must_use]
    pub fn readers(&self) -> Option<usize> {
        (!self.by_passphrase()).then_some(self.recipients.len())
    }

    /// Encryption under a key of its own.
    ///
    /// # Errors
    /// Where the passphrase is too short, or the system has no random numbers.
    pub fn begin(&self) -> Result<Encryption, Failure> {
        let own = Identity::generate();
        let text = key_text(&own);
        let wrapped = match self.keys.wrap(text.as_bytes())? {
            Some(wrapped) => Ok(wrapped),
            None => encrypted(&self.recipients, text.as_bytes()),
        };
        let wrapped = wrapped.map_err(|error| {
            Failure::failed(said!("cannot encrypt: {error}"; "暗号化できません: {}", error.ja()))
        })?;
        Ok(self.under(own, wrapped))
    }

    /// Encryption under the key of a run that was stopped in a directory.
    ///
    /// # Errors
    /// Where its key is not there, or is not opened by what was given.
    pub fn go_on(&self, directory: &Path) -> Result<Encryption, Failure> {
        let path = OutDir::working_file(directory, RESUMABLE[2]);
        let wrapped = std::fs::read(&path).map_err(OutputError::io(&path))?;
        let start_again = |mut failure: Failure| {
            let Said { en, ja } = failure.message;
            failure.message = said!(
                "cannot go on with the run that was stopped: {en}";
                "止まった実行を続けられません: {ja}"
            );
            failure.hint = failure.hint.map(|Said { en, ja }| {
                said!("{en}, or start again with --force"; "{ja}。または --force で初めからやり直してください")
            });
            failure
        };
        let name = path.display().to_string();
        let mut own = self.keys.unwrap(&wrapped, &name).map_err(start_again)?;
        match own.pop() {
            Some(own) => Ok(self.under(own, wrapped)),
            None => Err(super::keys::damaged(&name)),
        }
    }

    fn under(&self, own: Identity, wrapped: Vec<u8>) -> Encryption {
        let by_passphrase = self.keys.has_passphrase();
        let recipients = if by_passphrase { vec![own.to_public()] } else { self.recipients.clone() };
        Encryption { recipients, own, wrapped, by_passphrase }
    }
}

/// Reads a public key. What was given is not repeated: it may be a secret one.
fn public_key(text: &str) -> Result<Recipient, Failure> {
    text.trim().parse().map_err(|_| {
        let message = said!(
            "--encrypt-to needs a public key, which begins with age1";
            "--encrypt-to には age1 で始まる公開鍵を指定してください"
        );
        let secret = text.trim().to_ascii_uppercase().starts_with("AGE-SECRET-KEY-");
        let hint = if secret {
            said!(
                "this is a secret key, and the command line is seen by others: use --key-file, and make a new key";
                "これは秘密鍵で、コマンドラインはほかの人にも見えます。新しい鍵を作り、--key-file で指定してください"
            )
        } else {
            said!(
                "himozuke keygen tells the public key of the key file that it makes";
                "公開鍵は、himozuke keygen が鍵ファイルを作るときに表示します"
            )
        };
        Failure::usage(message, Some(hint))
    })
}

/// How the files of a run are encrypted.
pub struct Encryption {
    recipients: Vec<Recipient>,
    own: Identity,
    /// The key of the run, for those who may go on with it.
    wrapped: Vec<u8>,
    by_passphrase: bool,
}

impl fmt::Debug for Encryption {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Encryption(…)")
    }
}

impl Encryption {
    /// Encrypts a result on its way.
    ///
    /// # Errors
    /// Where it cannot be written.
    pub fn encrypt<W: Write>(&self, to: W) -> io::Result<StreamWriter<W>> {
        writer(&self.recipients, to)
    }

    /// Encrypts what only the run itself reads again.
    ///
    /// # Errors
    /// Where the system has no random numbers.
    pub fn encrypt_own(&self, bytes: &[u8]) -> io::Result<Vec<u8>> {
        encrypted(&[self.own.to_public()], bytes)
    }

    /// Reads that again.
    ///
    /// # Errors
    /// Where it is not what was encrypted.
    pub fn decrypt_own(&self, bytes: &[u8]) -> io::Result<Vec<u8>> {
        let damaged = |_| io::Error::from(io::ErrorKind::InvalidData);
        let opened = age::Decryptor::new_buffered(bytes).map_err(damaged)?;
        let mut plain = Vec::new();
        opened
            .decrypt([&self.own as &dyn age::Identity].into_iter())
            .map_err(damaged)?
            .read_to_end(&mut plain)?;
        Ok(plain)
    }

    /// The key of the run, encrypted to those who may go on with it.
    #[must_use]
    pub fn wrapped(&self) -> &[u8] {
        &self.wrapped
    }

    /// The same key, where the results are encrypted to it and it must stay beside them.
    #[must_use]
    pub fn results_key(&self) -> Option<&[u8]> {
        self.by_passphrase.then_some(&self.wrapped)
    }

    #[cfg(test)]
    pub(super) fn for_test() -> Self {
        let own = Identity::generate();
        Self { recipients: vec![own.to_public()], own, wrapped: Vec::new(), by_passphrase: false }
    }
}

fn writer<W: Write>(recipients: &[Recipient], to: W) -> io::Result<StreamWriter<W>> {
    let recipients = recipients.iter().map(|recipient| recipient as &dyn age::Recipient);
    Encryptor::with_recipients(recipients).map_err(io::Error::other)?.wrap_output(to)
}

fn encrypted(recipients: &[Recipient], bytes: &[u8]) -> io::Result<Vec<u8>> {
    let mut writer = writer(recipients, Vec::new())?;
    writer.write_all(bytes)?;
    writer.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_run_keeps_is_read_again_and_a_changed_byte_is_noticed() {
        let encryption = Encryption::for_test();
        for length in [0, 1, 65_535, 65_536, 65_537, 200_000] {
            let plain = vec![b'x'; length];
            let kept = encryption.encrypt_own(&plain).unwrap();
            assert!(!kept.windows(16).any(|part| part == [b'x'; 16]));
            assert_eq!(encryption.decrypt_own(&kept).unwrap(), plain);
            let places = (0..kept.len()).step_by(kept.len() / 50 + 1).chain([kept.len() - 1]);
            for at in places {
                let mut changed = kept.clone();
                changed[at] ^= 1;
                assert!(encryption.decrypt_own(&changed).is_err(), "byte {at} of {length}");
                assert!(encryption.decrypt_own(&kept[..at]).is_err(), "cut at {at} of {length}");
            }
        }
        assert!(Encryption::for_test().decrypt_own(&encryption.encrypt_own(b"x").unwrap()).is_err());
    }

    #[test]
    fn a_secret_key_in_the_wrong_place_is_not_repeated() {
        for text in ["AGE-SECRET-KEY-1QQPQ", "age1nonsense", "x"] {
            let failure = public_key(text).unwrap_err();
            let told = format!("{:?} {:?}", failure.message, failure.hint.unwrap());
            assert!(!told.contains(text) || text == "x", "{told}");
        }
    }
}
