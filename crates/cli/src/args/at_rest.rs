//! Arguments of how results lie on the disk. No secret is among them: they name files and variables that hold secrets.

use std::path::PathBuf;

use clap::Args;

use crate::at_rest::Pack;

/// What opens encrypted results.
#[derive(Args, Debug, Default)]
pub struct Keys {
    /// The key file that results are encrypted to, as himozuke keygen makes it
    #[arg(long, value_name = "FILE")]
    pub key_file: Option<PathBuf>,
    /// A file whose first line is the passphrase that results are encrypted with
    #[arg(long, value_name = "FILE", conflicts_with_all = ["key_file", "passphrase_env"])]
    pub passphrase_file: Option<PathBuf>,
    /// The environment variable that holds that passphrase
    #[arg(long, value_name = "NAME", conflicts_with = "key_file")]
    pub passphrase_env: Option<String>,
    /// Ask for that passphrase on the terminal, without showing it: twice where results are encrypted with it
    #[arg(long, conflicts_with_all = ["key_file", "passphrase_file", "passphrase_env"])]
    pub ask_passphrase: bool,
}

/// The form of what is written.
#[derive(Args, Debug, Default)]
pub struct Forms {
    /// Pack tables
    #[arg(long, value_name = "FORM")]
    pub pack: Option<Pack>,
    /// Encrypt everything that names a record or a resident, so that the key file of this public key opens it
    #[arg(long, value_name = "PUBLIC_KEY", conflicts_with_all = ["passphrase_file", "passphrase_env", "ask_passphrase"])]
    pub encrypt_to: Vec<String>,
    /// With what the results, too, are encrypted.
    #[command(flatten)]
    pub keys: Keys,
}

/// `himozuke decrypt`
#[derive(Args, Debug)]
pub struct Decrypt {
    /// The directory that a run wrote to, or one encrypted file
    #[arg(value_name = "PATH")]
    pub path: PathBuf,
    /// The directory to write the plain files to; of one file, the plain file, or - for standard output
    #[arg(long, value_name = "PATH")]
    pub out: PathBuf,
    /// What opens them.
    #[command(flatten)]
    pub keys: Keys,
    /// Replace plain files of before
    #[arg(long)]
    pub force: bool,
}

/// `himozuke keygen`
#[derive(Args, Debug)]
pub struct Keygen {
    /// The key file to write
    #[arg(long, value_name = "FILE")]
    pub out: PathBuf,
}
