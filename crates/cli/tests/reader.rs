//! The reader as a whole: what comes out is what was written, and what cannot be read costs its own row only.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "helpers of tests: a panic is the test failing"
)]

use std::io::{self, Read};

use himozuke_cli::input::{Chunk, Column, Encoding, InputError, Mapping, Options, Problem, Role, Table};
use proptest::prelude::*;

/// A row as tests compare it: its line and cells, or its line, column and code.
#[derive(Debug, Eq, PartialEq)]
enum Seen {
    Row(u64, Vec<String>),
    Rejected(u64, Option<usize>, &'static str, Option<String>),
}

fn options(mappings: &[Mapping]) -> Options<'_> {
    Options { encoding: None, role: Role::Records, mappings, layouts: &[] }
}

fn open<'a>(reader: impl Read + Send + 'a) -> Result<Table<'a>, InputError> {
    Table::from_reader(reader, "test.csv", None, options(&[]))
}

fn read_from(reader: impl Read + Send) -> Vec<Seen> {
    let mut table = open(reader).unwrap();
    let width = table.columns().cells();
    let mut chunk = Chunk::default();
    let mut seen = Vec::new();
    while table.read_chunk(&mut chunk).unwrap() {
        for row in chunk.rows() {
            let cells = (0..width).map(|position| chunk.field(row, position).to_owned()).collect();
            seen.push(Seen::Row(row.line(), cells));
        }
        for row in chunk.rejected() {
            seen.push(Seen::Rejected(row.line, row.column, row.problem.code(), row.record_id.clone()));
        }
    }
    seen.sort_by_key(|seen| match seen {
        Seen::Row(line, _) | Seen::Rejected(line, ..) => *line,
    });
    seen
}

fn read(bytes: impl AsRef<[u8]>) -> Vec<Seen> {
    read_from(bytes.as_ref())
}

fn row(line: u64, cells: &[&str]) -> Seen {
    Seen::Row(line, cells.iter().map(|cell| (*cell).to_owned()).collect())
}

fn rejected(line: u64, column: Option<usize>, code: &'static str, id: Option<&str>) -> Seen {
    Seen::Rejected(line, column, code, id.map(str::to_owned))
}

fn cp932(text: &str) -> Vec<u8> {
    encoding_rs::SHIFT_JIS.encode(text).0.into_owned()
}

#[test]
fn cp932_with_japanese_headers_is_read_with_its_line_numbers() {
    let bytes = cp932("整理番号,氏名,フリガナ\r\n001,髙橋 表,ﾀｶﾊｼ ﾋｮｳ\r\n002,\"ソ,能\",ソ\r\n");
    let table = open(&bytes[..]).unwrap();
    assert_eq!(table.form().en, "cp932, comma");
    assert_eq!(read(&bytes), [row(2, &["001", "髙橋 表", "ﾀｶﾊｼ ﾋｮｳ"]), row(3, &["002", "ソ,能", "ソ"])]);
}

#[test]
fn a_record_borrows_from_the_chunk_and_halves_are_joined() {
    let maps = ["address=どこ".parse().unwrap()];
    let text = "id,姓,名,どこ,個人番号\n1,山田,太郎,東京都,123\n2,,花子,\"大阪府\",\n";
    let mut table = Table::from_reader(text.as_bytes(), "test.csv", None, options(&maps)).unwrap();
    let mut chunk = Chunk::default();
    assert!(table.read_chunk(&mut chunk).unwrap());
    let records: Vec<_> = chunk.rows().iter().map(|row| chunk.record(row)).collect();
    assert_eq!((records[0].id, records[0].kanji_name, records[0].address), ("1", "山田 太郎", "東京都"));
    assert_eq!((records[1].kanji_name, records[1].address, records[1].kana_name), ("花子", "大阪府", ""));
    assert_eq!(chunk.value(&chunk.rows()[0], Column::MyNumber), "123");
    fn shared<T: Sync + Send>(_: &T) {}
    shared(&chunk);
}

#[test]
fn one_broken_row_costs_itself() {
    let cases: [(&[u8], Seen); 12] = [
        (b"2,x", rejected(3, None, "column_count", None)),
        (b"2,x,y,z", rejected(3, None, "column_count", None)),
        (b"2,\xE3\x81,y", rejected(3, Some(1), "encoding", Some("2"))),
        (b"2,\"\xE3\x81\",y", rejected(3, Some(1), "encoding", Some("2"))),
        (b"\xE3\x81,x,y", rejected(3, Some(0), "encoding", None)),
        ("2,x,\u{FFFD}".as_bytes(), rejected(3, Some(2), "replacement_character", Some("2"))),
        (b"2,a\0b,y", rejected(3, Some(1), "nul_character", Some("2"))),
        (b"2,\"x,y", rejected(3, None, "unclosed_quote", None)),
        (b"\"2,x,y", rejected(3, None, "unclosed_quote", None)),
        (b"2,\"x\"z,y", rejected(3, None, "text_after_quote", None)),
        (b",x,y", rejected(3, Some(0), "empty_id", None)),
        ("\u{3000} ,x,y".as_bytes(), rejected(3, Some(0), "empty_id", None)),
    ];
    for (broken, expected) in cases {
        for (before, after) in [("1,山,川", "3,林,森"), ("\"1\",\"山\",\"川\"", "\"3\",\"林\",\"森\"")]
        {
            let bytes =
                [b"id,a,b\n", before.as_bytes(), b"\n", broken, b"\r\n", after.as_bytes(), b"\n"].concat();
            let expected = [row(2, &["1", "山", "川"]), clone(&expected), row(4, &["3", "林", "森"])];
            assert_eq!(read(&bytes), expected, "{}", broken.escape_ascii());
        }
    }
}

fn clone(seen: &Seen) -> Seen {
    match seen {
        Seen::Row(line, cells) => Seen::Row(*line, cells.clone()),
        Seen::Rejected(line, column, code, id) => Seen::Rejected(*line, *column, code, id.clone()),
    }
}

#[test]
fn a_cell_may_span_lines_and_the_count_goes_on() {
    let text = "id,\"a\nb\"\n1,\"x\ny\r\nz\"\n\n2,\"\"\"q\"\"\"\n";
    assert_eq!(read(text), [row(3, &["1", "x\ny\r\nz"]), row(7, &["2", "\"q\""])]);
}

#[test]
fn quotes_inside_a_cell_that_begins_without_one_are_text() {
    assert_eq!(read("id,a\n1,5\" disk\n2, \"x\"\n"), [row(2, &["1", "5\" disk"]), row(3, &["2", " \"x\""])]);
}

#[test]
fn a_row_of_more_lines_than_allowed_is_an_unclosed_quote() {
    let most = format!("id,a\n1,\"{}\"\n2,y\n", "\n".repeat(63));
    assert_eq!(read(most).len(), 2);
    let more = format!("id,a\n1,\"{}\"\n2,y\n", "\n".repeat(64));
    let seen = read(more);
    assert_eq!(seen.first(), Some(&rejected(2, None, "unclosed_quote", None)));
    assert_eq!(seen.last(), Some(&row(67, &["2", "y"])));
}

#[test]
fn line_ends_may_be_mixed_and_empty_lines_are_no_rows() {
    let text = "id,a\r1,x\n\n2,y\r\n\r\n3,z\r\r4,w\n\x1A";
    assert_eq!(
        read(text),
        [row(2, &["1", "x"]), row(4, &["2", "y"]), row(6, &["3", "z"]), row(8, &["4", "w"])]
    );
}

#[test]
fn a_lone_ctrl_z_ends_a_file_and_is_a_row_before_its_end() {
    let last = row(2, &["1", "x"]);
    for end in ["\x1A", "\x1A\n", "\x1A\n\n", "\x1A\r\n\r\n", "\x1A\r\r"] {
        let text = format!("id,a\n1,x\n{end}");
        assert_eq!(read(&text), [clone(&last)], "{}", end.escape_debug());
        assert_eq!(read_from(Pieces(text.as_bytes(), vec![1], 0)), [clone(&last)]);
    }
    let text = "id,a\n1,x\n\x1A\n\n2,y\n";
    assert_eq!(read(text), [last, rejected(3, None, "column_count", None), row(5, &["2", "y"])]);
}

#[test]
fn a_multibyte_character_cut_at_the_end_is_told() {
    let mut bytes = cp932("整理番号,氏名\n1,山田\n2,山田");
    bytes.pop();
    assert_eq!(read(&bytes), [row(2, &["1", "山田"]), rejected(3, Some(1), "encoding", Some("2"))]);
    let text = "id,氏名\n1,山田\n2,山田";
    let seen = read(&text.as_bytes()[..text.len() - 1]);
    assert_eq!(seen, [row(2, &["1", "山田"]), rejected(3, Some(1), "encoding", Some("2"))]);
}

#[test]
fn a_file_without_rows_is_read_and_an_empty_one_is_not() {
    assert_eq!(read("id,a\n"), []);
    assert_eq!(read("\u{FEFF}id,a"), []);
    for empty in ["", "\n\r\n", "\u{FEFF}"] {
        assert!(matches!(open(empty.as_bytes()), Err(InputError::Empty { .. })));
    }
}

#[test]
fn tabs_are_found_by_the_header() {
    assert_eq!(read("\u{FEFF}id\ta\n1\tx,y\n"), [row(2, &["1", "x,y"])]);
    assert_eq!(read("\"id\"\t\"a\"\n1\t\"x\ty\"\n"), [row(2, &["1", "x\ty"])]);
}

#[test]
fn private_use_characters_are_kept_and_counted() {
    let bytes = [&cp932("整理番号,氏名\n1,")[..], b"\xF0\x40\xF0\x41", &cp932("田\n")].concat();
    let mut table = open(&bytes[..]).unwrap();
    let mut chunk = Chunk::default();
    table.read_chunk(&mut chunk).unwrap();
    assert_eq!((chunk.field(&chunk.rows()[0], 1), chunk.gaiji()), ("\u{E000}\u{E001}田", 2));
    assert!(!format!("{chunk:?}").contains('田'));
}

#[test]
fn long_cells_and_rows_are_rejected_and_reading_goes_on() {
    let cell = |length: usize| format!("id,a\n1,{}\n2,y\n", "x".repeat(length));
    assert_eq!(read(cell(64 << 10))[1], row(3, &["2", "y"]));
    let next = row(3, &["2", "y"]);
    assert_eq!(read(cell((64 << 10) + 1)), [rejected(2, Some(1), "cell_too_long", Some("1")), clone(&next)]);
    assert_eq!(read(cell(10 << 20)), [rejected(2, None, "row_too_long", None), clone(&next)]);
    let quoted = format!("id,a\n1,\"{}\"\n2,y\n", "x".repeat(10 << 20));
    assert_eq!(read(quoted), [rejected(2, None, "row_too_long", None), next]);
}

#[test]
fn a_line_of_any_length_takes_no_memory() {
    let line = io::repeat(b'x').take(300 << 20);
    let file = io::Cursor::new(&b"id,a\n1,"[..]).chain(line).chain(&b"\n2,y\n"[..]);
    assert_eq!(read_from(file), [rejected(2, None, "row_too_long", None), row(3, &["2", "y"])]);
    #[cfg(target_os = "linux")]
    {
        let status = std::fs::read_to_string("/proc/self/status").unwrap();
        let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
        let kilobytes: u64 = peak.trim().trim_end_matches(" kB").parse().unwrap();
        assert!(kilobytes < 250 << 10, "peak {kilobytes} kB");
    }
}

#[test]
fn what_is_not_a_readable_table_says_so() {
    let cases: [(&[u8], &str, &str); 4] = [
        (b"\x1F\x8B\x08", "this is compressed twice", "decompress it once"),
        (b"PK\x03\x04", "an Excel workbook", "save it as CSV"),
        (b"id,a\0b\nx", "", ""),
        (b"\"id\n1,2\n", "the quote is not closed", "the first row must hold the headers"),
    ];
    for (bytes, message, hint) in cases {
        match open(bytes) {
            Ok(_) => assert!(message.is_empty()),
            Err(error) => {
                assert!(error.to_string().contains(message), "{error}");
                assert!(error.hint().is_some_and(|own| own.en.contains(hint)), "{error}");
            }
        }
    }
}

/// Gives the bytes in pieces of the given lengths, over and over.
struct Pieces<'a>(&'a [u8], Vec<usize>, usize);

impl Read for Pieces<'_> {
    fn read(&mut self, room: &mut [u8]) -> io::Result<usize> {
        let piece = self.1[self.2 % self.1.len()];
        self.2 += 1;
        let length = piece.min(self.0.len()).min(room.len());
        room[..length].copy_from_slice(&self.0[..length]);
        self.0 = &self.0[length..];
        Ok(length)
    }
}

/// Bytes that look enough like a table to reach every branch.
fn soup() -> impl Strategy<Value = Vec<u8>> {
    let pieces: [&[u8]; 19] = [
        b",",
        b",",
        b"\n",
        b"\n",
        b"\r\n",
        b"\r",
        b"\"",
        b"\"\"",
        b"\",\"",
        b"1",
        b"ab",
        "山".as_bytes(),
        b"\x8E\x52",
        b"\x8E",
        b"\0",
        b"\xEF\xBF\xBD",
        b"\x1A",
        b"\t",
        b"\xFF",
    ];
    let piece = proptest::sample::select(pieces.to_vec());
    proptest::collection::vec(piece, 0..120).prop_map(|pieces| pieces.concat())
}

proptest! {
    #[test]
    fn what_the_csv_crate_writes_comes_back(
        rows in proptest::collection::vec(proptest::collection::vec("[a-c,\"\n\r\t |山表ソ髙ｱ]{0,6}", 3), 0..20),
        style in 0..3,
        as_cp932: bool,
        crlf: bool,
    ) {
        let style = [csv::QuoteStyle::Necessary, csv::QuoteStyle::Always, csv::QuoteStyle::NonNumeric][style as usize];
        let terminator = if crlf { csv::Terminator::CRLF } else { csv::Terminator::Any(b'\n') };
        let mut writer = csv::WriterBuilder::new().quote_style(style).terminator(terminator).from_writer(Vec::new());
        writer.write_record(["id", "氏名", "住所", "備考"]).unwrap();
        for (number, cells) in rows.iter().enumerate() {
            writer.write_record(std::iter::once(format!("r{number}")).chain(cells.iter().cloned())).unwrap();
        }
        let text = String::from_utf8(writer.into_inner().unwrap()).unwrap();
        let bytes = if as_cp932 { cp932(&text) } else { text.into_bytes() };
        let seen = read(bytes);
        prop_assert_eq!(seen.len(), rows.len());
        for (number, (seen, cells)) in seen.iter().zip(&rows).enumerate() {
            let Seen::Row(_, found) = seen else { return Err(TestCaseError::fail(format!("{seen:?}"))) };
            prop_assert_eq!(&found[0], &format!("r{number}"));
            prop_assert_eq!(&found[1..], &cells[..]);
        }
    }

    #[test]
    fn soup_is_accounted_for_line_by_line(soup in soup(), pieces in proptest::collection::vec(1usize..9, 1..5)) {
        let bytes = [b"id,a\n", &soup[..]].concat();
        let Ok(_) = open(&bytes[..]) else { return Ok(()) };
        let seen = read(&bytes);
        prop_assert_eq!(&read_from(Pieces(&bytes, pieces, 0)), &seen, "where reads end does not matter");
        let lines: Vec<u64> = seen.iter().map(|seen| match seen {
            Seen::Row(line, _) | Seen::Rejected(line, ..) => *line,
        }).collect();
        prop_assert!(lines.is_sorted_by(|a, b| a < b), "each row on a line of its own");
        // Without quotes, a second count: lines that hold something.
        if !soup.contains(&b'"') {
            let text = bytes.iter().map(|byte| if byte.is_ascii() { char::from(*byte) } else { 'x' }).collect::<String>();
            let text = text.replace("\r\n", "\n").replace('\r', "\n");
            let text = text.trim_end_matches('\n').strip_suffix("\n\x1A").unwrap_or(&text);
            prop_assert_eq!(lines.len(), text.split('\n').skip(1).filter(|line| !line.is_empty()).count());
        }
    }

    #[test]
    fn arbitrary_bytes_never_panic(bytes in proptest::collection::vec(any::<u8>(), 0..300), header: bool) {
        let bytes = [if header { &b"id\n"[..] } else { b"" }, &bytes[..]].concat();
        for encoding in [None, Some(Encoding::Utf8), Some(Encoding::Cp932), Some(Encoding::Utf16Le), Some(Encoding::Utf16Be)] {
            let options = Options { encoding, ..options(&[]) };
            if let Ok(mut table) = Table::from_reader(&bytes[..], "test.csv", None, options) {
                let mut chunk = Chunk::default();
                while table.read_chunk(&mut chunk).unwrap() {}
            }
        }
    }
}

/// Fails after the bytes are given, as a network drive does.
struct Failing<'a>(&'a [u8]);

impl Read for Failing<'_> {
    fn read(&mut self, room: &mut [u8]) -> io::Result<usize> {
        match self.0.read(room)? {
            0 => Err(io::Error::other("gone")),
            count => Ok(count),
        }
    }
}

#[test]
fn a_stream_gives_every_row_in_order() {
    let rows = 40_000;
    let text: String =
        std::iter::once("id\n".to_owned()).chain((0..rows).map(|n| format!("{n}\n"))).collect();
    let table = open(io::Cursor::new(text)).unwrap();
    let chunks: Vec<Chunk> = table.stream().map(Result::unwrap).collect();
    assert!(chunks.len() > 2);
    let ids = chunks.iter().flat_map(|chunk| chunk.rows().iter().map(|row| chunk.record(row).id));
    assert!(ids.eq((0..rows).map(|n| n.to_string())));
}

#[test]
fn a_read_error_is_an_error_and_not_an_end() {
    const SOME: usize = 9 << 20; // past the sample that the encoding is found by
    let text: &'static str = Box::leak(format!("id\n{}", "1\n".repeat(SOME / 2)).into_boxed_str());
    let table = open(Failing(text.as_bytes())).unwrap();
    assert!(table.stream().last().unwrap().is_err());
}

#[test]
fn headers_may_hold_line_breaks() {
    let table = open(&b"id,\"birth\n_date\"\n"[..]).unwrap();
    assert!(table.columns().has(Column::BirthDate));
}

#[test]
fn problems_have_codes_and_sentences_without_values() {
    let problem = Problem::ColumnCount { expected: 6, found: 7 };
    assert_eq!(
        (problem.code(), problem.to_string().as_str()),
        ("column_count", "expected 6 columns, found 7")
    );
}
