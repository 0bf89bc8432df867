//! Files whose cells stand in bytes of their own, as their TOML file describes them.
//!
//! ```toml
//! encoding = "cp932"  # of the records; found out if left out
//! record_bytes = 120  # of one record; up to the last column if left out
//! lines = false       # records follow one another without line ends; true if left out
//! skip = 1            # records before the first that counts; 0 if left out
//!
//! [[columns]]
//! name = "宛名番号"    # as a header would be
//! from = 1            # its first byte in the record, counted from 1
//! bytes = 10
//! ```

use std::{
    convert::Infallible,
    path::{Path, PathBuf},
    str::FromStr,
};

use serde::Deserialize;

use super::{Encoding, ROW_LIMIT, Role};
use crate::{said, toml_fault::Fault, words::Said};

/// One `--layout`: `layout.toml`, for one of the inputs if it begins with `registry:` or `records:`.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct LayoutFile {
    role: Option<Role>,
    path: PathBuf,
}

impl LayoutFile {
    /// Whether the layout is meant for the input.
    #[must_use]
    pub fn applies_to(&self, role: Role) -> bool {
        self.role.is_none_or(|own| own == role)
    }

    /// Whether it is meant for one input only.
    #[must_use]
    pub const fn is_for_one(&self) -> bool {
        self.role.is_some()
    }

    /// Where it is.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }
}

impl FromStr for LayoutFile {
    type Err = Infallible;

    fn from_str(text: &str) -> Result<Self, Infallible> {
        let (role, path) = match text.split_once(':') {
            Some(("registry", path)) => (Some(Role::Registry), path),
            Some(("records", path)) => (Some(Role::Records), path),
            _ => (None, text),
        };
        Ok(Self { role, path: path.into() })
    }
}

/// Where the cells of a record stand.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) struct Fixed {
    names: Vec<String>,
    places: Vec<(usize, usize)>,
    length: usize,
    lines: bool,
    skip: u64,
    encoding: Option<Encoding>,
}

/// The file as it is written.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    encoding: Option<Name>,
    record_bytes: Option<usize>,
    #[serde(default = "yes")]
    lines: bool,
    #[serde(default)]
    skip: u32,
    columns: Vec<WrittenColumn>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenColumn {
    name: String,
    from: usize,
    bytes: usize,
}

/// An encoding whose characters can be counted in bytes.
#[derive(Clone, Copy, Deserialize)]
enum Name {
    #[serde(rename = "utf-8")]
    Utf8,
    #[serde(rename = "cp932")]
    Cp932,
}

const fn yes() -> bool {
    true
}

impl Fixed {
    /// Takes the text of a layout file.
    ///
    /// # Errors
    /// What is wrong with it, with its line or its column; a layout holds no personal data.
    pub(super) fn parse(text: &str) -> Result<Self, Said> {
        let written: Written = toml::from_str(text).map_err(|error| {
            let fault = Fault::of(&error, text);
            let at = fault.place();
            said!("{}: {}", at.en, fault.message; "{}: {}", at.ja, fault.ja())
        })?;
        let Written { encoding, record_bytes, lines, skip, columns } = written;
        let mut end = 0;
        for WrittenColumn { name, from, bytes } in &columns {
            if *from == 0 || *bytes == 0 {
                return Err(said!(
                    "column {name}: from and bytes must be at least 1";
                    "{name} の from と bytes は1以上にしてください"
                ));
            }
            end = end.max((from - 1).saturating_add(*bytes));
        }
        let length = record_bytes.unwrap_or(end);
        if columns.is_empty() {
            return Err(said!("it needs at least one [[columns]]"; "[[columns]] が一つもありません"));
        }
        if length < end {
            return Err(said!(
                "record_bytes is {length}, but the last column ends at byte {end}";
                "record_bytes は{length}ですが、最後の項目は{end}バイト目で終わります"
            ));
        }
        if length > ROW_LIMIT {
            return Err(said!(
                "a record of {length} bytes is longer than {ROW_LIMIT}, the most that is read";
                "1件{length}バイトは、読める上限の{ROW_LIMIT}バイトを超えます"
            ));
        }
        let mut order: Vec<&WrittenColumn> = columns.iter().collect();
        order.sort_by_key(|column| column.from);
        for pair in order.windows(2) {
            if let [first, second] = pair
                && first.from + first.bytes > second.from
            {
                let [first, second] = [&first.name, &second.name];
                return Err(said!(
                    "columns {first} and {second} share bytes";
                    "{first} と {second} のバイト位置が重なっています"
                ));
            }
        }
        Ok(Self {
            places: columns.iter().map(|column| (column.from - 1, column.bytes)).collect(),
            names: columns.into_iter().map(|column| column.name).collect(),
            length,
            lines,
            skip: skip.into(),
            encoding: encoding.map(|name| match name {
                Name::Utf8 => Encoding::Utf8,
                Name::Cp932 => Encoding::Cp932,
            }),
        })
    }

    /// What stands for a header.
    pub(super) fn names(&self) -> &[String] {
        &self.names
    }

    /// Bytes of a record, without its line end.
    pub(super) const fn length(&self) -> usize {
        self.length
    }

    /// Whether each record is a line.
    pub(super) const fn is_in_lines(&self) -> bool {
        self.lines
    }

    /// Records before the first that counts.
    pub(super) const fn skip(&self) -> u64 {
        self.skip
    }

    /// The encoding, where the layout says it.
    pub(super) const fn encoding(&self) -> Option<Encoding> {
        self.encoding
    }

    /// The bytes of a cell, with what pads it. A record of the right length has all of its cells.
    pub(super) fn cell<'r>(&self, record: &'r [u8], place: usize) -> Option<&'r [u8]> {
        let (start, length) = *self.places.get(place)?;
        record.get(start..start + length)
    }
}

/// Takes away what pads a cell that begins at `mark` and ends with the text: spaces, those of full width too. Done on text,
/// for half a character can look like a space.
pub(super) fn trim(text: &mut String, mark: usize) {
    const PADDING: [char; 2] = [' ', '\u{3000}'];
    let cell = text.get(mark..).unwrap_or_default();
    let start = mark + cell.len() - cell.trim_start_matches(PADDING).len();
    let end = mark + cell.trim_end_matches(PADDING).len();
    text.truncate(end.max(mark));
    if start > mark {
        text.replace_range(mark..start.min(text.len()), "");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_layout_says_what_is_wrong_with_it() {
        let cases = [
            ("columns = 1", "line 1: invalid type"),
            ("lines = true\nrecord = 3", "line 2: unknown field `record`"),
            ("columns = []", "it needs at least one [[columns]]"),
            (
                "[[columns]]\nname = \"id\"\nfrom = 0\nbytes = 3",
                "column id: from and bytes must be at least 1",
            ),
            (
                "record_bytes = 9\n[[columns]]\nname = \"id\"\nfrom = 8\nbytes = 3",
                "record_bytes is 9, but the last column ends at byte 10",
            ),
            (
                "[[columns]]\nname = \"a\"\nfrom = 4\nbytes = 3\n[[columns]]\nname = \"b\"\nfrom = 1\nbytes = 4",
                "columns b and a share bytes",
            ),
            ("encoding = \"utf-16le\"\ncolumns = []", "line 1: unknown variant"),
            (
                "record_bytes = 9999999\n[[columns]]\nname = \"a\"\nfrom = 1\nbytes = 1",
                "a record of 9999999 bytes",
            ),
        ];
        for (text, message) in cases {
            let error = Fixed::parse(text).unwrap_err();
            assert!(error.en.starts_with(message), "{}", error.en);
        }
    }

    #[test]
    fn padding_is_taken_away_on_both_sides() {
        for (cell, kept) in [("  a b ", "a b"), ("\u{3000}山 \u{3000}", "山"), ("\u{3000} ", ""), ("", "")]
        {
            let mut text = format!("x {cell}");
            trim(&mut text, 2);
            assert_eq!(text, format!("x {kept}"));
        }
    }
}
