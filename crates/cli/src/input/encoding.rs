//! Which encoding a file is in, judged line by line, so that one broken line does not turn the whole file into another
//! encoding. A file in an encoding that is not read is named as such, never guessed through.

use std::fmt;

use encoding_rs::{DecoderResult, EUC_JP, Encoding as Codec, SHIFT_JIS, UTF_8};
use memchr::{memchr, memchr_iter, memmem, memrchr};

use super::pool::Pool;
use crate::words::InJapanese;

/// How the characters of a file are written.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Encoding {
    /// UTF-8, with or without a byte order mark.
    Utf8,
    /// Shift_JIS as Windows writes it (code page 932), with its NEC and IBM extensions. The user-defined rows (外字, F040
    /// to F9FC) are read as private use characters.
    Cp932,
    /// UTF-16, the low byte first, as Windows calls Unicode.
    Utf16Le,
    /// UTF-16, the high byte first.
    Utf16Be,
}

impl fmt::Display for Encoding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Utf8 => "utf-8",
            Self::Cp932 => "cp932",
            Self::Utf16Le => "utf-16le",
            Self::Utf16Be => "utf-16be",
        })
    }
}

/// What a file is, when it is nothing that can be read as a table.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Foreign {
    /// UTF-16, where another encoding was told.
    Utf16,
    /// ISO-2022-JP (JIS), whose characters hide behind escape sequences.
    Iso2022Jp,
    /// EUC-JP, which CP932 would read as half-width katakana.
    EucJp,
    /// A zip archive, as Excel workbooks are.
    Zip,
    /// Compressed once more, after what was undone.
    Compressed,
    /// Apache Parquet or Arrow, inside something else, or by a command that was built without it.
    Columnar,
    /// Most of its lines are in no encoding that is known.
    Unknown,
}

impl fmt::Display for Foreign {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Utf16 => "this is UTF-16, not the encoding that was told",
            Self::Iso2022Jp => "ISO-2022-JP (JIS) is not read",
            Self::EucJp => "this looks like EUC-JP, which is not read",
            Self::Zip => "this is a zip file or an Excel workbook, not a table in text",
            Self::Compressed => "this is compressed twice",
            Self::Columnar => "Parquet and Arrow are not read from here",
            Self::Unknown => "most lines are neither UTF-8 nor CP932",
        })
    }
}

impl InJapanese for Foreign {
    fn ja(&self) -> String {
        let what = match self {
            Self::Utf16 => "UTF-16 のファイルで、指定された文字コードと違います",
            Self::Iso2022Jp => "ISO-2022-JP（JIS）は読めません",
            Self::EucJp => "EUC-JP のようです。EUC-JP は読めません",
            Self::Zip => "ZIP ファイルか Excel ブックで、文字で書かれた表ではありません",
            Self::Compressed => "二重に圧縮されています",
            Self::Columnar => "Parquet と Arrow はここからは読めません",
            Self::Unknown => "ほとんどの行が UTF-8 でも CP932 でもありません",
        };
        what.to_owned()
    }
}

/// How much of the beginning of a file is looked at where its encoding is told, in bytes.
pub(super) const HEAD: usize = 4096;

/// The byte order mark of UTF-8.
pub(super) const BOM: &[u8] = b"\xEF\xBB\xBF";

/// Formats that announce themselves by their first bytes.
const SIGNATURES: [(&[u8], Foreign); 6] = [
    (b"PK\x03\x04", Foreign::Zip),
    (b"\x1F\x8B", Foreign::Compressed),
    (b"\x28\xB5\x2F\xFD", Foreign::Compressed),
    (b"PAR1", Foreign::Columnar),
    (b"ARROW1", Foreign::Columnar),
    (b"\xFF\xFF\xFF\xFF", Foreign::Columnar),
];

/// Judges by the beginning of a file; what was `told` is believed where it is possible.
pub(super) fn detect(sample: &[u8], told: Option<Encoding>) -> Result<Encoding, Foreign> {
    if let Some((_, found)) = SIGNATURES.iter().find(|(signature, _)| sample.starts_with(signature)) {
        return Err(*found);
    }
    let utf16 = utf16(sample);
    match (told, utf16) {
        // A mark knows the order of the bytes better than who told it.
        (Some(Encoding::Utf16Le | Encoding::Utf16Be) | None, Some(found)) => return Ok(found),
        (Some(Encoding::Utf8 | Encoding::Cp932), Some(_)) => return Err(Foreign::Utf16),
        (_, None) => {}
    }
    let head = sample.get(..HEAD).unwrap_or(sample);
    if memmem::find(head, b"\x1B$B").is_some() || memmem::find(head, b"\x1B$@").is_some() {
        return Err(Foreign::Iso2022Jp);
    }
    if let Some(encoding) = told {
        return Ok(encoding);
    }
    // The sample may end inside a character. Where all lines before its last are UTF-8, and not of ASCII alone, their votes
    // are known.
    let lines = memrchr(b'\n', sample).and_then(|end| sample.get(..end)).unwrap_or_default();
    let all = |text: &[u8]| reads(UTF_8, text);
    if sample.starts_with(BOM) || (all(lines) && !lines.is_ascii()) || all(sample) {
        return Ok(Encoding::Utf8);
    }
    elected(sample)
}

/// The encoding in which most lines are, of a sample that is not UTF-8 throughout.
fn elected(sample: &[u8]) -> Result<Encoding, Foreign> {
    let votes = Votes::count(sample);
    if votes.utf8 * 2 >= votes.lines {
        return Ok(Encoding::Utf8);
    }
    if votes.euc == votes.lines && !votes.lead_of_cp932 {
        return Err(Foreign::EucJp);
    }
    if votes.cp932 * 2 >= votes.lines { Ok(Encoding::Cp932) } else { Err(Foreign::Unknown) }
}

/// Whether this is UTF-16, and which.
fn utf16(sample: &[u8]) -> Option<Encoding> {
    if sample.starts_with(b"\xFF\xFE") {
        return Some(Encoding::Utf16Le);
    }
    if sample.starts_with(b"\xFE\xFF") {
        return Some(Encoding::Utf16Be);
    }
    // Without a mark: every other byte of its digits and commas is NUL, always on the same side.
    let head = sample.get(..HEAD).unwrap_or(sample);
    let (mut even, mut odd) = (0usize, 0usize);
    for position in memchr_iter(0, head) {
        if position % 2 == 0 { even += 1 } else { odd += 1 }
    }
    let one_sided =
        even.max(odd) > 2 && even.max(odd) * 10 > head.len() && even.min(odd) * 10 < even.max(odd);
    one_sided.then_some(if odd > even { Encoding::Utf16Le } else { Encoding::Utf16Be })
}

/// How many of the lines that are not plain ASCII each encoding can read.
#[derive(Default)]
struct Votes {
    lines: usize,
    utf8: usize,
    cp932: usize,
    euc: usize,
    /// A byte that begins most kanji of CP932 and has no meaning in EUC-JP.
    lead_of_cp932: bool,
}

impl Votes {
    fn count(sample: &[u8]) -> Self {
        let mut votes = Self::default();
        let mut rest = sample;
        while !rest.is_empty() {
            let end = memchr(b'\n', rest).unwrap_or(rest.len());
            let line = rest.get(..end).unwrap_or(rest);
            // The sample's last line may be cut inside a character; it votes only if it is the only one.
            let cut = end == rest.len() && votes.lines > 0;
            rest = rest.get(end + 1..).unwrap_or_default();
            if line.is_ascii() || cut {
                continue;
            }
            votes.lines += 1;
            if std::str::from_utf8(line).is_ok() {
                votes.utf8 += 1;
                continue;
            }
            votes.cp932 += usize::from(reads(SHIFT_JIS, line));
            votes.lead_of_cp932 |= line.iter().any(|byte| matches!(byte, 0x81..=0x8D | 0x90..=0x9F));
            // EUC-JP is believed only of all lines: after one that cannot be, no other is worth reading.
            if !votes.lead_of_cp932 && votes.euc + 1 == votes.lines {
                votes.euc += usize::from(reads(EUC_JP, line));
            }
        }
        votes
    }
}

fn reads(codec: &'static Codec, line: &[u8]) -> bool {
    codec.decode_without_bom_handling_and_without_replacement(line).is_some()
}

impl Encoding {
    /// Appends `bytes` as text; at bytes that are not of the encoding gives their offset, `text` as it was before.
    pub(super) fn append(self, bytes: &[u8], text: &mut String) -> Result<(), usize> {
        match self {
            // UTF-16 comes as UTF-8 already (`utf16`), what was broken in it as bytes that UTF-8 does not have.
            Self::Utf8 | Self::Utf16Le | Self::Utf16Be => match std::str::from_utf8(bytes) {
                Ok(valid) => text.push_str(valid),
                Err(error) => return Err(error.valid_up_to()),
            },
            Self::Cp932 if bytes.is_ascii() => text.push_str(std::str::from_utf8(bytes).unwrap_or_default()),
            Self::Cp932 => return append_cp932(bytes, text),
        }
        Ok(())
    }
}

impl Encoding {
    /// Many rows as text at once, in memory from the pool; `None` if anything is not of the encoding.
    pub(super) fn decode(self, bytes: &[u8], pool: &Pool) -> Option<String> {
        let mut room = pool.bytes();
        if self != Self::Cp932 || bytes.is_ascii() {
            // Ten times as fast as the standard library, for which the copy is a small price.
            let text = UTF_8.decode_without_bom_handling_and_without_replacement(bytes)?;
            room.clear();
            let mut copy = String::from_utf8(room).unwrap_or_default();
            copy.push_str(&text);
            return Some(copy);
        }
        room.clear();
        let mut text = String::from_utf8(room).unwrap_or_default();
        // Half-width katakana become three bytes, kanji three of two.
        text.reserve(bytes.len() * 3);
        let mut decoder = SHIFT_JIS.new_decoder_without_bom_handling();
        let (result, _) = decoder.decode_to_string_without_replacement(bytes, &mut text, true);
        (result == DecoderResult::InputEmpty).then_some(text)
    }
}

/// Decodes piece by piece on the stack: decoding into the text itself would clear all its spare room for every row.
fn append_cp932(bytes: &[u8], text: &mut String) -> Result<(), usize> {
    let before = text.len();
    let mut decoder = SHIFT_JIS.new_decoder_without_bom_handling();
    let mut room = [0; 512];
    let mut done = 0;
    loop {
        let rest = bytes.get(done..).unwrap_or_default();
        let (result, read, written) = decoder.decode_to_utf8_without_replacement(rest, &mut room, true);
        done += read;
        let decoded = room.get(..written).and_then(|decoded| std::str::from_utf8(decoded).ok());
        text.push_str(decoded.unwrap_or_default());
        match result {
            DecoderResult::InputEmpty => return Ok(()),
            DecoderResult::OutputFull => {}
            DecoderResult::Malformed(..) => {
                text.truncate(before);
                return Err(done.saturating_sub(1));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn a_sample_is_what_its_lines_elect_wherever_it_is_cut(
            pieces in proptest::collection::vec(proptest::sample::select(vec![
                &b"a"[..], b"\n", "山".as_bytes(), b"\x8E\x52", b"\x8E", b"\xB1", b"\xBB\xB3", b"\xE5\xB1",
            ]), 0..12),
        ) {
            let sample = pieces.concat();
            let plainly = if reads(UTF_8, &sample) { Ok(Encoding::Utf8) } else { elected(&sample) };
            prop_assert_eq!(detect(&sample, None), plainly);
        }
    }

    fn cp932(text: &str) -> Vec<u8> {
        SHIFT_JIS.encode(text).0.into_owned()
    }

    #[test]
    fn detects_what_japanese_offices_write() {
        let table = "整理番号,氏名,カナ\n1,山田 太郎,ﾔﾏﾀﾞ ﾀﾛｳ\n2,髙橋 花子,ﾀｶﾊｼ ﾊﾅｺ\n";
        let detect = |sample: &[u8]| super::detect(sample, None);
        assert_eq!(detect(table.as_bytes()), Ok(Encoding::Utf8));
        assert_eq!(detect(&[BOM, table.as_bytes()].concat()), Ok(Encoding::Utf8));
        assert_eq!(detect(&cp932(table)), Ok(Encoding::Cp932));
        assert_eq!(detect(b"id,kanji_name\n1,x\n"), Ok(Encoding::Utf8));
        assert_eq!(detect(&cp932("id,kana\n1,ﾔﾏﾀﾞﾀﾛｳ\n2,ﾀｶﾊｼ\n3,ｲﾄｳ\n")), Ok(Encoding::Cp932));
        let euc = EUC_JP.encode(table).0.into_owned();
        assert_eq!(detect(&euc), Err(Foreign::EucJp));
        assert_eq!(detect(&encoding_rs::ISO_2022_JP.encode(table).0), Err(Foreign::Iso2022Jp));
        let little: Vec<u8> = table.encode_utf16().flat_map(u16::to_le_bytes).collect();
        let big: Vec<u8> = table.encode_utf16().flat_map(u16::to_be_bytes).collect();
        for marked in [true, false] {
            let mark = |mark: &'static [u8]| if marked { mark } else { b"" };
            assert_eq!(detect(&[mark(b"\xFF\xFE"), &little].concat()), Ok(Encoding::Utf16Le));
            assert_eq!(detect(&[mark(b"\xFE\xFF"), &big].concat()), Ok(Encoding::Utf16Be));
        }
        assert_eq!(super::detect(&little, Some(Encoding::Cp932)), Err(Foreign::Utf16));
        assert_eq!(super::detect("氏名".as_bytes(), Some(Encoding::Utf16Be)), Ok(Encoding::Utf16Be));
        assert_eq!(detect(b"PK\x03\x04...."), Err(Foreign::Zip));
        assert_eq!(detect(b"\xFF\xFF\xFF\n\xFD\xFD\n"), Err(Foreign::Unknown));
    }

    #[test]
    fn a_broken_line_does_not_change_the_encoding() {
        // UTF-8 whose third line is CP932: read as CP932, the others would be mojibake without a single error.
        let mut mixed = "id,氏名\n1,山田\n".as_bytes().to_vec();
        mixed.extend(cp932("2,山田\n"));
        mixed.extend("3,山田\n".as_bytes());
        assert_eq!(detect(&mixed, None), Ok(Encoding::Utf8));
        let mut mixed = cp932("id,氏名\n1,山田\n2,山田\n");
        mixed.extend(b"3,\x85\x40\xFF\n");
        assert_eq!(detect(&mixed, None), Ok(Encoding::Cp932));
    }

    #[test]
    fn cp932_gives_the_offset_of_what_it_cannot_read() {
        let mut text = String::from("kept");
        assert_eq!(Encoding::Cp932.append(b"a,\x8E\x52\x85\x40", &mut text), Err(4));
        assert_eq!(Encoding::Cp932.append(b"ab\x8E", &mut text), Err(2));
        assert_eq!(Encoding::Cp932.append(b"\xFB\xFC\xEE\xE0", &mut text), Ok(()));
        let long = "髙橋ﾀｶﾊｼ".repeat(1000);
        assert_eq!(Encoding::Cp932.append(&cp932(&long), &mut text), Ok(()));
        assert_eq!(text, format!("kept髙髙{long}"));
    }
}
