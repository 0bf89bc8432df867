//! People of whom every attribute can be recognised wherever it is written, and the ways in which it could be: in other
//! notations, in parts, as bytes of a number, as a hash.

use std::{
    collections::HashSet,
    hash::{DefaultHasher, Hash, Hasher},
};

use memchr::memmem::Finder;
use rustc_hash::FxHasher;
use sha2::{Digest, Sha256};
use xxhash_rust::xxh3::{xxh3_64, xxh3_128};

/// Kanji and reading; no help, message or page of the project has them.
const FAMILIES: [[&str; 2]; 8] = [
    ["金糸雀", "カナリヤ"],
    ["鳥籠", "トリカゴ"],
    ["鶺鴒", "セキレイ"],
    ["瑠璃垣", "ルリガキ"],
    ["鷦鷯部", "ササキベ"],
    ["郭公谷", "カッコウダニ"],
    ["黄鶲", "キビタキ"],
    ["懸巣森", "カケスモリ"],
];
const GIVEN: [[&str; 2]; 6] = [
    ["讚良", "ササララ"],
    ["穹窿", "キュウリュウ"],
    ["瑪瑙子", "メノウコ"],
    ["鼈甲", "ベッコウ"],
    ["蜻蛉", "カゲロウ"],
    ["玻璃", "ハリリン"],
];
const TOWNS: [[&str; 2]; 4] = [
    ["東京都千代田区", "霞が関二丁目"],
    ["大阪府大阪市北区", "中之島一丁目"],
    ["愛知県名古屋市中区", "三の丸三丁目"],
    ["福岡県福岡市中央区", "天神一丁目"],
];

/// How many there are: each family name with each given name.
pub const PEOPLE: usize = FAMILIES.len() * GIVEN.len();

/// A resident who does not exist.
pub struct Person(usize);

impl Person {
    pub fn all() -> impl Iterator<Item = Self> {
        (0..PEOPLE).map(Self)
    }

    pub fn id(&self) -> String {
        format!("p{:02}", self.0)
    }

    fn names(&self) -> [[&'static str; 2]; 2] {
        [FAMILIES[self.0 % FAMILIES.len()], GIVEN[self.0 / FAMILIES.len()]]
    }

    pub fn kanji(&self) -> String {
        self.names().map(|[kanji, _]| kanji).join(" ")
    }

    pub fn kana(&self) -> String {
        self.names().map(|[_, kana]| kana).join(" ")
    }

    pub fn birth(&self) -> (usize, usize, usize) {
        (1931 + self.0, 10 + self.0 % 3, 11 + self.0 % 17)
    }

    pub fn date(&self) -> String {
        let (year, month, day) = self.birth();
        format!("{year}-{month}-{day}")
    }

    /// The date as an office writes it.
    pub fn era_date(&self) -> String {
        let (year, month, day) = self.birth();
        format!("S{}.{month}.{day}", year - 1925)
    }

    pub fn sex(&self) -> usize {
        1 + self.0 % 2
    }

    /// The number of the dwelling, which nobody else has. As thousandths of a bit it would be more evidence than there is: no
    /// figure of a decision is taken for it.
    pub fn block(&self) -> usize {
        97_300 + 7 * self.0
    }

    pub fn address(&self) -> String {
        let [city, town] = TOWNS[self.0 % TOWNS.len()];
        format!("{city}{town}{}番6号", self.block())
    }

    pub fn former_address(&self) -> String {
        let [city, town] = TOWNS[(self.0 + 1) % TOWNS.len()];
        format!("{city}{town}{}番6号", self.block() + 3)
    }

    pub fn is_protected(&self) -> bool {
        self.0 % 5 == 4
    }

    /// The individual number, with its check digit (R17).
    pub fn number(&self) -> String {
        let digits = format!("{:011}", 30_415_926_535 + 1_010_107 * self.0);
        let weights = [6, 5, 4, 3, 2, 7, 6, 5, 4, 3, 2];
        let sum: u32 =
            digits.bytes().zip(weights).map(|(digit, weight)| u32::from(digit - b'0') * weight).sum();
        format!("{digits}{}", if sum % 11 < 2 { 0 } else { 11 - sum % 11 })
    }
}

/// What a canary is of, by which places are told where it may be seen.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Kind {
    /// A name, a date, an address, an id of a scheme; a part or another notation of one.
    Value,
    /// The dwelling of a protected resident.
    Protected,
    /// A hash of a value.
    ValueHash,
    /// An individual number, or a part of one.
    Number,
    /// A hash of a number.
    NumberHash,
}

/// Something that can be recognised.
pub struct Canary {
    pub kind: Kind,
    /// What it is, for whoever reads that it was found.
    pub what: String,
    find: Finder<'static>,
    /// Whether it is only itself where no letter or digit stands beside it: four digits are found anywhere.
    whole: bool,
}

impl Canary {
    pub fn is_in(&self, bytes: &[u8]) -> bool {
        let beside = |at: Option<usize>| {
            at.and_then(|at| bytes.get(at)).is_some_and(|byte| byte.is_ascii_alphanumeric() || *byte == b'.')
        };
        let length = self.find.needle().len();
        let stands = |at: usize| !self.whole || (!beside(at.checked_sub(1)) && !beside(Some(at + length)));
        let is_hash = matches!(self.kind, Kind::ValueHash | Kind::NumberHash);
        self.find.find_iter(bytes).any(|at| stands(at) && (is_hash || !in_random(bytes, at, length)))
    }
}

/// Whether a place is within a handle or a seal: any eight digits are found in some of so many.
fn in_random(bytes: &[u8], at: usize, length: usize) -> bool {
    const SHORTEST: usize = 32;
    let is_hex = |byte: &&u8| matches!(byte, b'0'..=b'9' | b'a'..=b'f');
    let before = bytes[..at].iter().rev().take_while(is_hex).count();
    let after = bytes[at..].iter().take_while(is_hex).count();
    after >= length && before + after >= SHORTEST
}

/// Everything that no output may show unasked.
pub fn canaries() -> Vec<Canary> {
    let mut found = Collected::default();
    for [kanji, kana] in FAMILIES.into_iter().chain(GIVEN) {
        found.text(Kind::Value, "name", kanji);
        found.text(Kind::Value, "name", kana);
        found.text(Kind::Value, "name", &in_script(kana, HIRAGANA));
        found.text(Kind::Value, "name", &in_script(kana, HALF_WIDTH));
    }
    for [city, town] in TOWNS {
        for part in [city, town, town.trim_end_matches("丁目"), &town[..town.len() - 9]] {
            found.text(Kind::Value, "place", part);
        }
    }
    for id in ["KOUZA-77", "TECHOU-77", "SHINSEI-77", "SETAI-77"] {
        found.text(Kind::Value, "id of a scheme", id);
    }
    for person in Person::all() {
        let (id, (year, month, day)) = (person.id(), person.birth());
        let era = year - 1925;
        for date in [
            person.date(),
            person.era_date(),
            format!("{year}/{month}"),
            format!("{year}-{month}"),
            format!("{year}年"),
            format!("S{era}.{month}"),
            format!("S{era:02}{month}{day}"),
            format!("昭和{era}年"),
        ] {
            found.text(Kind::Value, &format!("birth date of {id}"), &date);
        }
        for date in [format!("{year}{month}{day}"), format!("3{era:02}{month}{day}"), year.to_string()] {
            found.whole(Kind::Value, &format!("birth date or year of {id}"), &date);
        }
        let dwelling = if person.is_protected() { Kind::Protected } else { Kind::Value };
        for block in [person.block(), person.block() + 3] {
            found.whole(dwelling, &format!("dwelling of {id}"), &block.to_string());
            found.text(dwelling, &format!("dwelling of {id}"), &format!("{block}番"));
            found.text(dwelling, &format!("dwelling of {id}"), &format!("{block}-6"));
        }
        let (kanji, kana) = (person.kanji(), person.kana());
        for value in [
            kanji.clone(),
            kana.clone(),
            kanji.replace(' ', ""),
            kana.replace(' ', ""),
            kanji.replace(' ', "\u{3000}"),
            person.date(),
            format!("{year}{month}{day}"),
            person.address(),
        ] {
            found.hashes(Kind::ValueHash, &format!("value of {id}"), &value);
        }
        let number = person.number();
        let what = format!("individual number of {id}");
        // A part of a number is a part too much: eight digits in a row are no coincidence.
        for start in 0..=4 {
            found.text(Kind::Number, &what, &number[start..start + 8]);
        }
        for between in [" ", "-"] {
            let groups = [&number[..4], &number[4..8], &number[8..]];
            found.text(Kind::Number, &what, &groups[..2].join(between));
            found.text(Kind::Number, &what, &groups[1..].join(between));
        }
        let value: u64 = number.parse().unwrap();
        found.bytes(Kind::Number, &what, &value.to_le_bytes());
        found.bytes(Kind::Number, &what, &value.to_be_bytes());
        found.text(Kind::Number, &what, &format!("{value:x}"));
        found.hashes(Kind::NumberHash, &what, &number);
        found.hash(Kind::NumberHash, &what, fx(|hasher| hasher.write_u64(value)));
        found.hash(Kind::NumberHash, &what, xxh3_64(&value.to_le_bytes()));
    }
    found.canaries
}

/// Canaries, each once.
#[derive(Default)]
struct Collected {
    seen: HashSet<Vec<u8>>,
    canaries: Vec<Canary>,
}

impl Collected {
    fn add(&mut self, kind: Kind, what: &str, bytes: &[u8], whole: bool) {
        if self.seen.insert(bytes.to_vec()) {
            let find = Finder::new(bytes).into_owned();
            self.canaries.push(Canary { kind, what: what.to_owned(), find, whole });
        }
    }

    fn bytes(&mut self, kind: Kind, what: &str, bytes: &[u8]) {
        self.add(kind, what, bytes, false);
    }

    /// As UTF-8 and, where that is something else, as CP932.
    fn text(&mut self, kind: Kind, what: &str, text: &str) {
        self.bytes(kind, what, text.as_bytes());
        self.bytes(kind, what, &encoding_rs::SHIFT_JIS.encode(text).0);
    }

    fn whole(&mut self, kind: Kind, what: &str, text: &str) {
        self.add(kind, what, text.as_bytes(), true);
    }

    /// A hash in every way that it could be written.
    fn hash(&mut self, kind: Kind, what: &str, hash: u64) {
        let what = format!("hash of the {what}");
        for text in [format!("{hash:016x}"), format!("{hash:016X}"), hash.to_string()] {
            self.bytes(kind, &what, text.as_bytes());
        }
        self.bytes(kind, &what, &hash.to_le_bytes());
        self.bytes(kind, &what, &hash.to_be_bytes());
    }

    /// The hashes of the project and of what it depends on.
    fn hashes(&mut self, kind: Kind, what: &str, value: &str) {
        let sha: [u8; 32] = Sha256::digest(value).into();
        let hex: String = sha.iter().map(|byte| format!("{byte:02x}")).collect();
        // The first sixteen letters are enough to know it by.
        self.bytes(kind, &format!("hash of the {what}"), &hex.as_bytes()[..16]);
        self.bytes(kind, &format!("hash of the {what}"), &sha[..8]);
        let wide = xxh3_128(value.as_bytes());
        self.bytes(kind, &format!("hash of the {what}"), format!("{wide:032x}").as_bytes());
        let mut sip = DefaultHasher::new();
        value.hash(&mut sip);
        for hash in [
            xxh3_64(value.as_bytes()),
            sip.finish(),
            fx(|hasher| value.hash(hasher)),
            fx(|hasher| hasher.write(value.as_bytes())),
            key(value),
        ] {
            self.hash(kind, what, hash);
        }
    }
}

fn fx(write: impl FnOnce(&mut FxHasher)) -> u64 {
    let mut hasher = FxHasher::default();
    write(&mut hasher);
    hasher.finish()
}

/// The library's own hash (`src/hash.rs`), which it does not give away.
fn key(text: &str) -> u64 {
    let mut hash = text.chars().fold(0x9E37_79B9_7F4A_7C15u64, |hash, c| {
        (hash.rotate_left(25) ^ u64::from(u32::from(c))).wrapping_mul(0xD6E8_FEB8_6659_FD93)
    });
    for _ in 0..2 {
        hash = (hash ^ (hash >> 32)).wrapping_mul(0xD6E8_FEB8_6659_FD93);
    }
    hash ^ (hash >> 32)
}

const KATAKANA: &str =
    "アイウエオカキクケコサシスセソタチツテトナニヌネノハヒフヘホマミムメモヤユヨラリルレロワンャュョッ";
const HIRAGANA: &str =
    "あいうえおかきくけこさしすせそたちつてとなにぬねのはひふへほまみむめもやゆよらりるれろわんゃゅょっ";
const HALF_WIDTH: &str = "ｱｲｳｴｵｶｷｸｹｺｻｼｽｾｿﾀﾁﾂﾃﾄﾅﾆﾇﾈﾉﾊﾋﾌﾍﾎﾏﾐﾑﾒﾓﾔﾕﾖﾗﾘﾙﾚﾛﾜﾝｬｭｮｯ";

/// Katakana in another script, without the library that is tested.
pub fn in_script(katakana: &str, script: &str) -> String {
    let voiced = "ガギグゲゴザジズゼゾダヂヅデドバビブベボ".chars();
    let plain: Vec<char> = "カキクケコサシスセソタチツテトハヒフヘホ".chars().collect();
    let voiced: Vec<char> = voiced.collect();
    let of = |c: char| {
        let at = KATAKANA.chars().position(|own| own == c);
        at.and_then(|at| script.chars().nth(at)).unwrap_or(c)
    };
    let mut text = String::new();
    for c in katakana.chars() {
        match voiced.iter().position(|own| *own == c) {
            Some(at) if script == HALF_WIDTH => text.extend([of(plain[at]), 'ﾞ']),
            // The sound mark is one code point further in the block of either script.
            Some(at) => text.extend(char::from_u32(u32::from(of(plain[at])) + 1)),
            None => text.push(of(c)),
        }
    }
    text
}

pub fn half_width(katakana: &str) -> String {
    in_script(katakana, HALF_WIDTH)
}

#[test]
fn readings_are_written_in_every_script() {
    assert_eq!(in_script("ガキュウベッコ", HIRAGANA), "がきゅうべっこ");
    assert_eq!(half_width("ガキュウベッコ"), "ｶﾞｷｭｳﾍﾞｯｺ");
}

#[test]
fn what_is_written_in_any_way_is_found() {
    let canaries = canaries();
    let person = Person(11);
    let found = |bytes: &[u8]| canaries.iter().find(|canary| canary.is_in(bytes)).map(|canary| canary.kind);
    let number = person.number();
    let value: u64 = number.parse().unwrap();
    let cases: [(Vec<u8>, Option<Kind>); 14] = [
        (person.kanji().into(), Some(Kind::Value)),
        (half_width(&person.kana()).into(), Some(Kind::Value)),
        (encoding_rs::SHIFT_JIS.encode(&person.address()).0.into(), Some(Kind::Value)),
        (format!("born {}.", person.date()).into(), Some(Kind::Value)),
        (format!("|{}|", person.birth().0).into(), Some(Kind::Value)),
        (format!("0.{}", person.birth().0).into(), None),
        (format!("{}{}", person.birth().0, 7).into(), None),
        (format!("<td>{}</td>", Person(4).block()).into(), Some(Kind::Protected)),
        (format!("…{}", &number[4..]).into(), Some(Kind::Number)),
        (value.to_le_bytes().into(), Some(Kind::Number)),
        (format!("{:x}", xxh3_64(number.as_bytes())).into(), Some(Kind::NumberHash)),
        (key(&number).to_string().into(), Some(Kind::NumberHash)),
        (Sha256::digest(person.kanji()).to_vec(), Some(Kind::ValueHash)),
        (b"2026-11-22T10:11:12Z 48 rows, p11".to_vec(), None),
    ];
    for (bytes, kind) in cases {
        assert_eq!(found(&bytes), kind, "{}", bytes.escape_ascii());
    }
}
