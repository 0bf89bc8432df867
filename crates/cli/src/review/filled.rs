//! A filled sheet as a spreadsheet saves it: in whatever encoding, with commas or tabs, the columns in any order.

use std::{
    fs::{self, File},
    io::Read,
    path::Path,
};

use csv::StringRecord;
use encoding_rs::{Encoding, SHIFT_JIS, UTF_8};

use super::headers::Field;
use crate::{
    args::Language,
    failure::Failure,
    input::{Problem, ROW_LIMIT},
    rows::Bounded,
    said,
    words::{InJapanese, Said},
};

/// The most bytes of a sheet; more is no work of people.
const LARGEST: u64 = 256 << 20;

/// A row on which a reviewer wrote something.
#[derive(Clone)]
pub(super) struct Filled {
    pub(super) line: u64,
    pub(super) record: String,
    pub(super) decision: String,
    pub(super) reviewer: String,
}

/// Reads the rows of a sheet that have a decision.
///
/// # Errors
/// Where it cannot be read as a table, or has not the columns that reviewers fill in.
pub(super) fn read(path: &Path) -> Result<Vec<Filled>, Failure> {
    let fields = [Field::RecordId, Field::Decision, Field::Reviewer];
    let titles = fields.map(|field| [Language::En, Language::Ja].map(|lang| field.header(lang)));
    let is = |place: usize, header: &str| fields.get(place).is_some_and(|field| field.is(header));
    let hint = said!(
        "fill in the sheet that himozuke review sheet made, and leave its headers";
        "himozuke review sheet が作った表に、見出しを変えずに記入してください"
    );
    let rows = table(path, titles, is, hint)?;
    let filled = |(line, [record, decision, reviewer]): (u64, [String; 3])| {
        let blank = decision.trim().is_empty();
        (!blank).then_some(Filled { line, record, decision, reviewer })
    };
    Ok(rows.into_iter().filter_map(filled).collect())
}

/// The rows of a sheet, each with its line and its cells in these columns, in English and Japanese. `is` says whether a header is that of the column
/// at a place.
///
/// # Errors
/// Where it cannot be read as a table, or has not each column once.
pub(super) fn table<const N: usize>(
    path: &Path,
    columns: [[&str; 2]; N],
    is: impl Fn(usize, &str) -> bool,
    hint: Said,
) -> Result<Vec<(u64, [String; N])>, Failure> {
    let name = path.display();
    let text = text(path)?;
    let separator = separator(text.lines().next().unwrap_or_default());
    let mut reader = csv::ReaderBuilder::new()
        .delimiter(separator)
        .flexible(true)
        .from_reader(Bounded::new(text.as_bytes()));
    let malformed = |line: u64, error: &csv::Error| {
        if error.is_io_error() {
            return too_long(path, line);
        }
        let message = said!(
            "{name}, line {line}: not a row of a table";
            "{name} の{line}行目は、表の行ではありません"
        );
        Failure::usage(message, None)
    };
    let headers = reader.headers().map_err(|error| malformed(1, &error))?.clone();
    let mut places = [0; N];
    for (column, (place, [title, title_ja])) in places.iter_mut().zip(columns).enumerate() {
        let mut found = headers.iter().enumerate().filter(|(_, header)| is(column, header));
        *place = match (found.next(), found.next()) {
            (Some((place, _)), None) => place,
            _ => {
                let message = said!(
                    "{name} has not one column {title}";
                    "{name} に「{title_ja}」の列がないか、二つ以上あります"
                );
                return Err(Failure::usage(message, Some(hint)));
            }
        };
    }
    let mut rows = Vec::new();
    let mut row = StringRecord::new();
    loop {
        let before = reader.position().line();
        reader.get_mut().begin_row();
        if !reader.read_record(&mut row).map_err(|error| malformed(before, &error))? {
            return Ok(rows);
        }
        let line = row.position().map_or(before, csv::Position::line);
        if row.as_slice().len() > ROW_LIMIT {
            return Err(too_long(path, line));
        }
        rows.push((line, places.map(|place| row.get(place).unwrap_or_default().to_owned())));
    }
}

/// What no reviewer writes: most likely a quote that is not closed, behind which the rest of the sheet is one cell.
fn too_long(path: &Path, line: u64) -> Failure {
    let (problem, name) = (Problem::RowTooLong, path.display());
    let message = said!(
        "{name}, line {line}: {}: {problem}", problem.code();
        "{name} の{line}行目: {}: {}", problem.code(), problem.ja()
    );
    let hint = said!(
        "look for a quote that is not closed";
        "閉じていない引用符（\"）がないか確かめてください"
    );
    Failure::usage(message, Some(hint))
}

/// The text of a sheet: by its mark, else UTF-8 if it is that, else CP932.
fn text(path: &Path) -> Result<String, Failure> {
    let name = path.display();
    let unreadable = |error| Failure { hint: None, ..Failure::unreadable(path, &error) };
    let size = fs::metadata(path).map_err(unreadable)?.len();
    if size > LARGEST {
        let message = said!("{name} is larger than 256 MiB"; "{name} が 256 MiB を超えています");
        return Err(Failure::usage(message, None));
    }
    let mut bytes = Vec::new();
    // What grows while it is read is cut off, and then is no whole table.
    File::open(path).and_then(|file| file.take(LARGEST).read_to_end(&mut bytes)).map_err(unreadable)?;
    let marked = Encoding::for_bom(&bytes).map(|(encoding, _)| encoding);
    let encoding = marked.unwrap_or(if str::from_utf8(&bytes).is_ok() { UTF_8 } else { SHIFT_JIS });
    let (text, _, wrong) = encoding.decode(&bytes);
    if wrong || text.contains('\0') {
        let message = said!(
            "{name} is not text that a spreadsheet saves";
            "{name} は表計算ソフトが保存する文字のファイルではありません"
        );
        let hint = said!("save it as CSV in UTF-8"; "UTF-8 の CSV で保存し直してください");
        return Err(Failure::usage(message, Some(hint)));
    }
    // The reader counts a line end of two characters as one row too late.
    Ok(text.replace("\r\n", "\n"))
}

/// Whatever of the usual separators the header has most of.
fn separator(header: &str) -> u8 {
    let count = |separator: u8| header.bytes().filter(|byte| *byte == separator).count();
    [b',', b'\t', b';'].into_iter().rev().max_by_key(|separator| count(*separator)).unwrap_or(b',')
}
