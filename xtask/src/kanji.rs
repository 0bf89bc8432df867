//! data/kanji_variants.tsv: which two kanji may stand for each other, and how good that agreement is.
//!
//! Pairs come from tables of official and register variants; data/kanji_variants_hand.tsv has the last word. An edge
//! says only what its source says of those two characters: nothing is closed transitively (that would make one
//! class of thousands of characters).

use std::collections::{BTreeMap, HashSet};
use std::fmt::Write as _;

use anyhow::{Context as _, Result, bail, ensure};
use rusqlite::{Connection, OpenFlags};
use unicode_normalization::UnicodeNormalization as _;

use crate::fetch::{MOJIDATA, Scratch};

const HAND: &str = "data/kanji_variants_hand.tsv";

const OFFICIAL: u8 = 3;
const REGISTER: u8 = 4;
const CONFUSABLE: u8 = 5;

/// A query for pairs of characters, and what a pair from it is worth.
struct Source {
    code: &'static str,
    grade: u8,
    query: &'static str,
    /// Only characters of JIS X 0213 are taken: the source is broad, and the rest would never meet in a Japanese name.
    jis_only: bool,
}

const fn source(code: &'static str, grade: u8, query: &'static str) -> Source {
    Source { code, grade, query, jis_only: false }
}

/// Best first; of several sources for one pair the first with the best grade is named.
const SOURCES: &[Source] = &[
    source("joyo", OFFICIAL, r#"SELECT subject, object FROM "kdpv_joyo/variant""#),
    source("joyo", OFFICIAL, "SELECT 漢字, 康熙字典体 FROM joyo_kangxi"),
    source("jinmei", OFFICIAL, r#"SELECT subject, object FROM "kdpv_jinmei1/variant""#),
    source("jinmei", OFFICIAL, r#"SELECT subject, object FROM "kdpv_jinmei2/variant""#),
    source("hyogai", OFFICIAL, r#"SELECT subject, object FROM "kdpv_hyogai/variant""#),
    // One character that Unicode holds twice, for the sake of older codes or by mistake (高 and 髙).
    source("ucs", OFFICIAL, r#"SELECT subject, object FROM "kdpv_ucs-scs/variant""#),
    source("ucs", OFFICIAL, r#"SELECT subject, object FROM "kdpv_cjkvi/duplicate""#),
    // Radicals that documents hold in place of the kanji (⻑ for 長).
    source(
        "radical",
        OFFICIAL,
        "SELECT radical_character, radical_CJKUI FROM radeqv WHERE radical_character BETWEEN '⺀' AND '⻿'",
    ),
    source("koseki", REGISTER, r#"SELECT subject, object FROM "kdpv_koseki/variant""#),
    // The first choice is the 正字 of the residence card, the second another that it may stand for.
    source("nyukan", REGISTER, "SELECT 簡体字等のUCS, 正字のUCS FROM nyukan_itaiji WHERE 順位 = 1"),
    source("jis", REGISTER, r#"SELECT subject, object FROM "kdpv_jisx0213/variant""#),
    source("jis", REGISTER, r#"SELECT subject, object FROM "kdpv_jisx0212/variant""#),
    source("nyukan", CONFUSABLE, "SELECT 簡体字等のUCS, 正字のUCS FROM nyukan_itaiji WHERE 順位 > 1"),
    Source {
        jis_only: true,
        ..source("shape", CONFUSABLE, r#"SELECT subject, object FROM "kdpv_cjkvi/non-cognate""#)
    },
    Source {
        jis_only: true,
        ..source("shape", CONFUSABLE, r#"SELECT subject, object FROM "kdpv_cjkvi/variant""#)
    },
    Source {
        jis_only: true,
        ..source("shape", CONFUSABLE, "SELECT UCS, value FROM unihan_each_kSpoofingVariant")
    },
    Source {
        jis_only: true,
        ..source("meaning", CONFUSABLE, "SELECT UCS, value FROM unihan_each_kSemanticVariant")
    },
];

/// Characters that may be chosen for a name today.
const NAME_LISTS: &str = "SELECT 漢字 FROM joyo UNION SELECT UCS FROM unihan_kJinmeiyoKanji";
pub const JIS_X_0208: &str = "SELECT UCS FROM unihan_kJis0";
const JIS_X_0213: &str = "SELECT UCS FROM unihan_kJIS0213 UNION SELECT UCS FROM unihan_kJis0";

type Pair = (char, char);
type Edges = BTreeMap<Pair, (u8, &'static str)>;

/// The database that the package holds.
pub fn open(scratch: &Scratch) -> Result<Connection> {
    let file = scratch.unpacked(&MOJIDATA)?.join("package/dist/moji.db");
    Ok(Connection::open_with_flags(file, OpenFlags::SQLITE_OPEN_READ_ONLY)?)
}

pub fn build(scratch: &Scratch) -> Result<String> {
    let db = open(scratch)?;
    let jis = characters(&db, JIS_X_0213)?;
    let mut edges = Edges::new();
    for source in SOURCES {
        for (a, b) in pairs(&db, source.query)? {
            if source.jis_only && !(jis.contains(&a) && jis.contains(&b)) {
                continue;
            }
            let edge = edges.entry((a, b)).or_insert((source.grade, source.code));
            if source.grade < edge.0 {
                *edge = (source.grade, source.code);
            }
        }
    }
    keep_names_apart(&mut edges, &characters(&db, NAME_LISTS)?);
    let hand = std::fs::read_to_string(crate::root().join(HAND)).context(HAND)?;
    let mut judged = HashSet::new();
    for (number, line) in hand.lines().enumerate().filter(|(_, line)| !line.starts_with('#')) {
        let (pair, edge) = judge(line).with_context(|| format!("{HAND} line {}", number + 1))?;
        ensure!(judged.insert(pair), "{HAND} line {}: the pair is given twice", number + 1);
        edges.insert(pair, edge);
    }
    render(&edges)
}

/// Two characters that may both be chosen for a name, and that no official list calls forms of each other, are two
/// names (坂/阪, 堺/界), whatever a table of variants says.
fn keep_names_apart(edges: &mut Edges, names: &HashSet<char>) {
    for ((a, b), edge) in edges {
        if edge.0 == REGISTER && names.contains(a) && names.contains(b) {
            *edge = (CONFUSABLE, "apart");
        }
    }
}

/// One line of the hand-written table: two characters, a verdict, a reason.
fn judge(line: &str) -> Result<(Pair, (u8, &'static str))> {
    let fields: Vec<&str> = line.split('\t').collect();
    let [a, b, verdict, reason] = fields[..] else { bail!("expected 4 fields, but found {}", fields.len()) };
    ensure!(!reason.is_empty(), "a verdict wants a reason");
    let pair = pair(a, b).context("expected two different characters")?;
    ensure!(format!("{}{}", pair.0, pair.1) == format!("{a}{b}"), "the lower code point comes first");
    Ok(match verdict {
        "3" => (pair, (OFFICIAL, "hand")),
        "4" => (pair, (REGISTER, "hand")),
        "5" => (pair, (CONFUSABLE, "hand")),
        "apart" => (pair, (CONFUSABLE, "apart")),
        _ => bail!("the verdict must be 3, 4, 5 or apart"),
    })
}

fn render(edges: &Edges) -> Result<String> {
    let mut text = String::from(
        "# Kanji variants: two characters, grade, source. Direct pairs only, never to be closed transitively.\n\
         # Generated by `cargo xtask data`; the format, grades and sources are explained in data/README.md.\n",
    );
    text += &MOJIDATA.header();
    writeln!(text, "# from: {HAND}, MIT OR Apache-2.0")?;
    writeln!(text, "# rows: {}", edges.len())?;
    for ((a, b), (grade, source)) in edges {
        writeln!(text, "{a}\t{b}\t{grade}\t{source}")?;
    }
    Ok(text)
}

pub fn characters(db: &Connection, query: &str) -> Result<HashSet<char>> {
    let mut statement = db.prepare(query)?;
    let rows = statement.query_map([], |row| row.get::<_, String>(0))?;
    let texts = rows.collect::<Result<Vec<_>, _>>()?;
    Ok(texts.iter().filter_map(|text| single(text)).collect())
}

/// The usable pairs of a query; an end may be NULL, a longer text, or written as `U+4E18<kMatthews`.
fn pairs(db: &Connection, query: &str) -> Result<Vec<Pair>> {
    let mut statement = db.prepare(query)?;
    let rows = statement.query_map([], |row| {
        Ok((
            row.get::<_, Option<String>>(0)?.unwrap_or_default(),
            row.get::<_, Option<String>>(1)?.unwrap_or_default(),
        ))
    })?;
    let texts = rows.collect::<Result<Vec<_>, _>>()?;
    Ok(texts.iter().filter_map(|(a, b)| pair(a, b)).collect())
}

/// An unordered pair of different kanji, lower code point first.
fn pair(a: &str, b: &str) -> Option<Pair> {
    let (a, b) = (single(a)?, single(b)?);
    (a != b).then_some((a.min(b), a.max(b)))
}

/// The one kanji or radical that a text is, as normalization would leave it: compatibility ideographs need no edge.
pub fn single(text: &str) -> Option<char> {
    let spelled = text.strip_prefix("U+").map(|rest| {
        let code = rest.split(|c: char| !c.is_ascii_hexdigit()).next().unwrap_or_default();
        u32::from_str_radix(code, 16).ok().and_then(char::from_u32)
    });
    let normal: String = match spelled {
        Some(c) => c?.nfkc().collect(),
        None => text.nfkc().collect(),
    };
    let mut chars = normal.chars();
    let c = chars.next()?;
    let ideograph = matches!(c, '⺀'..='⻿' | '\u{3400}'..='\u{9FFF}' | '\u{F900}'..='\u{FAFF}' | '\u{20000}'..='\u{3FFFF}');
    (ideograph && chars.next().is_none()).then_some(c)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_characters_as_sources_write_them() {
        assert_eq!(single("U+4E18<kMatthews"), Some('丘'));
        assert_eq!(single("\u{FA19}"), Some('神'));
        assert_eq!(single("⻑"), Some('⻑'));
        assert_eq!(single("葛\u{E0100}"), None);
        assert_eq!(single("あ"), None);
        assert_eq!(single(""), None);
    }

    #[test]
    fn judges_by_hand() {
        assert!(judge("大\t太\t5\tlook alike").is_ok());
        for wrong in ["太\t大\t5\torder", "大\t太\t6\tgrade", "大\t太\t5", "大\t大\t5\tsame", "大\t太\t5\t"]
        {
            assert!(judge(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn keeps_characters_for_names_apart() {
        let mut edges =
            Edges::from([(('坂', '阪'), (REGISTER, "koseki")), (('富', '冨'), (OFFICIAL, "jinmei"))]);
        keep_names_apart(&mut edges, &HashSet::from(['坂', '阪', '富', '冨']));
        assert_eq!(edges[&('坂', '阪')], (CONFUSABLE, "apart"));
        assert_eq!(edges[&('富', '冨')], (OFFICIAL, "jinmei"));
    }
}
