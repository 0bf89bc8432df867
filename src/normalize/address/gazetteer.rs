//! The municipalities and towns that exist (data/gazetteer), found at the start of an address by their longest name.
//!
//! Names are looked up by a hash that runs over characters in their widest fold, and accepted by the grade of each pair of
//! characters (R6). The municipalities are indexed at first use, the towns of one when it first occurs.

use std::sync::{LazyLock, OnceLock};

use rustc_hash::FxHashMap;
use xxhash_rust::xxh3::xxh3_64;

use super::KeyHasher;
use super::fold::fold;
use super::text::from;
use super::town::{self, Key};
use super::towns::{Town, TownMatch, Towns};
use crate::normalize::text::clean;
use crate::normalize::{FoldSet, Grade, kanji};

static GAZETTEER: LazyLock<Gazetteer> = LazyLock::new(|| {
    let [municipalities, towns, former] = TABLES;
    Gazetteer::parse(municipalities, towns, former)
});

const TABLES: [&str; 3] = [
    include_str!("../../../data/gazetteer/municipalities.tsv"),
    include_str!("../../../data/gazetteer/towns.tsv"),
    include_str!("../../../data/gazetteer/former.tsv"),
];

/// A number for the tables.
pub(crate) fn fingerprint() -> u64 {
    TABLES.iter().fold(0, |hash: u64, table| hash.rotate_left(1) ^ xxh3_64(table.as_bytes()))
}

/// Endings at which a municipality's name may be complete.
const ENDINGS: [char; 4] = ['市', '区', '町', '村'];

/// The name of a municipality found at the start of an address.
pub(super) struct Found {
    /// How many characters the county (郡) and the municipality's own name take.
    pub county: usize,
    pub name: usize,
    /// Which municipality it is today, where that can be told.
    pub place: Option<Place>,
}

/// A municipality and the town that follows its name.
#[derive(Clone, Copy)]
pub(super) struct Place {
    pub municipality: &'static Municipality,
    pub town: Option<TownMatch>,
    /// Whether the address names a municipality that is no more.
    pub former: bool,
    /// Whether the name alone tells the municipality, whatever follows it.
    pub only: bool,
    /// The weakest grade of the characters of the municipality's name.
    pub grade: Grade,
}

/// A municipality: a city, a ward of a designated city with the city, a town or a village.
pub(super) struct Municipality {
    /// JIS X 0402, five digits.
    pub code: u32,
    pub county: Box<str>,
    pub name: Box<str>,
    /// Whether its addresses name streets before the town: known here, where a search looks anyway.
    names_streets: bool,
    /// The hash of a place so far, its name written.
    pub hash: KeyHasher,
    /// Its towns as the table writes them.
    source: &'static str,
    towns: OnceLock<Towns>,
}

#[derive(Default)]
struct Gazetteer {
    municipalities: Vec<Municipality>,
    /// Every way to write a municipality without its prefecture, sorted by hash.
    names: Vec<Name>,
    /// Where the names of a hash start.
    by_hash: FxHashMap<u64, usize>,
    /// Characters in the longest of them.
    longest: usize,
}

struct Name {
    hash: u64,
    text: Box<str>,
    municipality: usize,
    former: bool,
    /// How many of its characters are the county.
    county: usize,
}

/// Finds a municipality and its town at the start of characters that follow the prefecture, if one is stated.
///
/// A name of several municipalities (府中市, 北区) is resolved by the prefecture, or else by the town if just one of them
/// has it.
pub(super) fn find(prefecture: Option<u8>, chars: &[char]) -> Option<Found> {
    let gazetteer = &*GAZETTEER;
    let name = chars.get(..gazetteer.longest).unwrap_or(chars);
    let (mut hash, mut hashed, mut best) = (0, 0, None);
    for (at, _) in name.iter().enumerate().skip(1).filter(|(_, c)| ENDINGS.contains(c)) {
        let written = chars.get(..=at).unwrap_or_default();
        hash = from(written, hashed).iter().fold(hash, |hash, &c| step(hash, c));
        hashed = at + 1;
        let mut candidates = gazetteer.candidates(hash, written, prefecture);
        if let Some(first) = candidates.next() {
            best = Some((first, candidates, at + 1));
        }
    }
    let (first, others, len) = best?;
    let county = first.name.county;
    Some(Found { county, name: len - county, place: resolve(first, others, from(chars, len)) })
}

/// Whether a municipality's name, its county included, means several of today's, or some of several prefectures (府中市,
/// 伊達市). Unless its town tells which is meant, an address may be the other's.
pub(super) fn means_several(prefecture: u8, written: &[char]) -> bool {
    let hash = written.iter().fold(0, |hash, &c| step(hash, c));
    let all = || GAZETTEER.candidates(hash, written, (prefecture > 0).then_some(prefecture));
    let mut today = all().filter(|candidate| !candidate.former).map(|candidate| candidate.municipality.code);
    let mut prefectures = all().map(|candidate| candidate.municipality.prefecture());
    today.next().is_some_and(|first| today.any(|code| code != first))
        || prefectures.next().is_some_and(|first| prefectures.any(|other| other != first))
}

/// The municipality of that name today; for addresses whose borders are known.
pub(super) fn exactly(prefecture: u8, county: &str, name: &str) -> Option<&'static Municipality> {
    let written: Vec<char> = county.chars().chain(name.chars()).collect();
    let hash = written.iter().fold(0, |hash, &c| step(hash, c));
    let mut candidates = GAZETTEER.candidates(hash, &written, Some(prefecture));
    let is_it = |found: &Candidate| {
        !found.former && *found.municipality.name == *name && *found.municipality.county == *county
    };
    candidates.find(is_it).map(|found| found.municipality)
}

/// A municipality that a name may mean.
#[derive(Clone, Copy)]
struct Candidate {
    municipality: &'static Municipality,
    name: &'static Name,
    former: bool,
    grade: Grade,
}

/// The one place that the candidates and what follows the name allow.
fn resolve(
    first: Candidate,
    others: impl Iterator<Item = Candidate> + Clone,
    rest: &[char],
) -> Option<Place> {
    if !first.former && others.clone().next().is_none() {
        return Some(Place { only: true, ..first.place(first.municipality.town_at(rest)) });
    }
    let candidates: Vec<Candidate> = std::iter::once(first).chain(others).collect();
    for former in [false, true] {
        let own = candidates.iter().filter(|it| it.former == former && !it.lives_on(&candidates));
        let placed = || own.clone().filter_map(|it| Some((*it, it.town_at(rest)?)));
        // 日本橋本町 is in Tokyo, and no 日本橋 of Osaka.
        let longest = placed().map(|(_, town)| town.end()).max();
        let mut placed = placed().filter(|(_, town)| Some(town.end()) == longest);
        if let Some((it, town)) = placed.next() {
            let only = placed.all(|(other, _)| std::ptr::eq(other.municipality, it.municipality));
            return only.then(|| it.place(Some(town)));
        }
    }
    // The city stands for its wards where the town does not tell which.
    let city = candidates.iter().find(|candidate| !candidate.former)?;
    candidates.iter().all(|ward| ward.municipality.is_part_of(city.municipality)).then(|| city.place(None))
}

impl Candidate {
    fn place(self, town: Option<TownMatch>) -> Place {
        let Self { municipality, former, grade, .. } = self;
        Place { municipality, town, former, only: false, grade }
    }

    /// Whether it is no more, but another of its prefecture bears the very name today: 大阪市北区 means the ward of today, and a
    /// town that it lacks is not sought in all of the city.
    fn lives_on(self, candidates: &[Self]) -> bool {
        let is_same = |other: &Self| {
            !other.former
                && other.name.text == self.name.text
                && other.municipality.prefecture() == self.municipality.prefecture()
        };
        self.former && candidates.iter().any(is_same)
    }

    /// The town at the start of what follows the name, which today may begin with the name of the former municipality
    /// (門前町走出 → 輪島市門前町走出, 頸城村… → 上越市頸城区…).
    fn town_at(self, rest: &[char]) -> Option<TownMatch> {
        if !self.former {
            return self.municipality.town_at(rest);
        }
        let name = county_of(&self.name.text).map_or(&*self.name.text, |(_, name)| name);
        let stem = name.trim_end_matches(ENDINGS);
        let prefixed = || {
            let prefixes = [(name, ""), (stem, "区"), (stem, "町"), (stem, "")];
            prefixes.into_iter().find_map(|prefix| self.municipality.town_after(prefix, rest))
        };
        if self.municipality.keeps_prefix(name, stem) {
            prefixed()
        } else {
            self.municipality.town_at(rest).or_else(prefixed)
        }
    }
}

impl Municipality {
    /// Code of its prefecture, 1 to 47.
    pub fn prefecture(&self) -> u8 {
        u8::try_from(self.code / 1000).unwrap_or(0)
    }

    fn is_part_of(&self, city: &Self) -> bool {
        self.prefecture() == city.prefecture() && self.name.starts_with(&*city.name)
    }

    /// The town at the start, by the longest name that leaves the numbers whole.
    fn town_at(&'static self, chars: &[char]) -> Option<TownMatch> {
        let streets = if self.names_streets { town::street_extent(chars) } else { 0 };
        let chars = from(chars, streets);
        let towns = self.towns();
        let key = Key::new(towns.name_at(chars));
        Some(TownMatch { streets, ..towns.at_start(key, chars)? })
    }

    /// The town whose name is a prefix and then the start of the characters.
    fn town_after(&'static self, prefix: (&str, &str), chars: &[char]) -> Option<TownMatch> {
        let towns = self.towns();
        let key = Key::after(prefix.0.chars().chain(prefix.1.chars()), towns.name_at(chars));
        towns.at_start(key, chars).filter(|found| found.len > 0)
    }

    /// As [`Towns::may_go_on`].
    pub fn may_go_on(&'static self, chars: &[char]) -> bool {
        self.towns().may_go_on(chars)
    }

    /// As [`Towns::named`].
    pub fn town(&'static self, name: &str) -> Option<Town> {
        self.towns().named(name)
    }

    /// Whether the land of a former municipality bears its name here, so that a town without it is another's.
    fn keeps_prefix(&'static self, former: &str, stem: &str) -> bool {
        let begin = |prefix: &str| self.towns().all().filter(|town| town.name.starts_with(prefix)).count();
        let promoted = self.name.starts_with(stem);
        begin(former) > usize::from(self.town(former).is_some()) || (!promoted && begin(stem) >= 3)
    }

    fn towns(&self) -> &Towns {
        self.towns.get_or_init(|| Towns::parse(self.source))
    }
}

impl Gazetteer {
    fn parse(municipalities: &'static str, towns: &'static str, former: &'static str) -> Self {
        let mut sources = rows(towns).peekable();
        let mut gazetteer = Self::default();
        for (code, row) in rows(municipalities).filter(|(code, _)| code.len() == 5) {
            let source = sources.next_if(|(other, _)| *other == code).map_or("", |(_, towns)| towns);
            gazetteer.add(code, &folded(row), source);
        }
        for (_, row) in rows(former) {
            if let Some(successor) = row.rsplit('\t').next() {
                gazetteer.add_former(&folded(row), successor);
            }
        }
        gazetteer.names.sort_unstable_by_key(|name| (name.hash, name.municipality, name.former));
        for (at, name) in gazetteer.names.iter().enumerate() {
            gazetteer.by_hash.entry(name.hash).or_insert(at);
        }
        gazetteer
    }

    fn add(&mut self, code: &str, written: &str, source: &'static str) {
        let index = self.municipalities.len();
        let (county, name) = county_of(written).unwrap_or(("", written));
        self.call(written, index, false);
        if !county.is_empty() {
            self.call(name, index, false);
        }
        // The city without its ward, the ward without its city.
        if let Some((city, ward)) = ward_of(name) {
            self.call(city, index, false);
            self.call(ward, index, false);
        }
        let mut hash = KeyHasher::default();
        hash.write_text(name);
        self.municipalities.push(Municipality {
            code: code.parse().unwrap_or(0),
            hash,
            county: county.into(),
            name: name.into(),
            names_streets: town::names_streets(name),
            source,
            towns: OnceLock::new(),
        });
    }

    fn add_former(&mut self, written: &str, successor: &str) {
        let successor = successor.parse().unwrap_or(0);
        let Ok(index) =
            self.municipalities.binary_search_by_key(&successor, |municipality| municipality.code)
        else {
            return;
        };
        let Some(city) = self.municipalities.get(index).map(|city| city.name.clone()) else { return };
        let wards = from_start(&self.municipalities, index + 1).iter();
        let wards = wards.take_while(|ward| ward.name.starts_with(&*city)).count();
        for heir in index..=index + wards {
            self.call(written, heir, true);
            if let Some((_, name)) = county_of(written) {
                self.call(name, heir, true);
            }
        }
    }

    fn call(&mut self, text: &str, municipality: usize, former: bool) {
        let hash = text.chars().fold(0, step);
        self.longest = self.longest.max(text.chars().count());
        let county = county_of(text).map_or(0, |(county, _)| county.chars().count());
        self.names.push(Name { hash, text: text.into(), municipality, former, county });
    }

    /// The municipalities that a name may mean.
    fn candidates(
        &'static self,
        hash: u64,
        written: &[char],
        prefecture: Option<u8>,
    ) -> impl Iterator<Item = Candidate> + Clone {
        let start = self.by_hash.get(&hash).copied().unwrap_or(self.names.len());
        let names = from_start(&self.names, start).iter().take_while(move |name| name.hash == hash);
        names.filter_map(move |name| {
            let municipality = self.municipalities.get(name.municipality)?;
            let here = prefecture.is_none_or(|code| code == municipality.prefecture());
            let grade = grade(written.iter().copied(), &name.text).filter(|_| here)?;
            Some(Candidate { municipality, name, former: name.former, grade })
        })
    }
}

/// The name in a row, folded.
fn folded(row: &str) -> String {
    let name = row.split('\t').next().unwrap_or_default();
    fold(&clean(name).text, FoldSet::EMPTY).chars.into_iter().collect()
}

/// County, and the town or village in it. Of the islands of Tokyo that have no county, the source writes two as one
/// (三宅島三宅村, 八丈島八丈町); none of any other prefecture.
fn county_of(name: &str) -> Option<(&str, &str)> {
    let in_county = split_after(name, '郡').filter(|(_, town)| town.ends_with(['町', '村']));
    let island =
        || ["三宅島", "八丈島"].into_iter().find_map(|island| Some((island, name.strip_prefix(island)?)));
    in_county.or_else(|| island().filter(|(_, town)| !town.is_empty()))
}

/// Designated city, and the ward of it.
fn ward_of(name: &str) -> Option<(&str, &str)> {
    split_after(name, '市').filter(|(_, ward)| ward.ends_with('区'))
}

/// A name parted after the first such ending that is not its first character.
fn split_after(name: &str, ending: char) -> Option<(&str, &str)> {
    let (at, _) = name.char_indices().skip(1).find(|(_, c)| *c == ending)?;
    name.split_at_checked(at + ending.len_utf8()).filter(|(_, rest)| !rest.is_empty())
}

/// Code and rest of each row.
fn rows(table: &'static str) -> impl Iterator<Item = (&'static str, &'static str)> {
    table.lines().filter(|line| !line.starts_with('#')).filter_map(|line| line.split_once('\t'))
}

/// The grade at which characters agree with a name, if they do.
fn grade(written: impl Iterator<Item = char>, name: &str) -> Option<Grade> {
    let mut name = name.chars();
    let mut worst = Grade::Identical;
    for c in written {
        let named = name.next()?;
        if c != named {
            worst = worst.max(kanji::grade(c, named)?);
        }
    }
    (worst <= Grade::Register && name.next().is_none()).then_some(worst)
}

fn from_start<T>(items: &[T], start: usize) -> &[T] {
    items.get(start..).unwrap_or_default()
}

/// Adds a character to a hash in its widest fold.
fn step(hash: u64, c: char) -> u64 {
    (hash.rotate_left(5) ^ u64::from(kanji::fold(c) as u32)).wrapping_mul(0x517C_C1B7_2722_0A95)
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// Code, municipality and town, as the tables write them.
    pub(in super::super) fn towns() -> impl Iterator<Item = (u32, &'static str, &'static str)> {
        let names = rows(include_str!("../../../data/gazetteer/municipalities.tsv"));
        let names: std::collections::HashMap<_, _> =
            names.map(|(code, row)| (code, row.split('\t').next().unwrap())).collect();
        let rows = rows(include_str!("../../../data/gazetteer/towns.tsv"));
        rows.flat_map(move |(code, towns)| {
            let municipality = names[code];
            towns.split(' ').filter(|town| !town.is_empty()).map(move |town| {
                let name = town.split('=').next().unwrap();
                (code.parse().unwrap(), municipality, name)
            })
        })
    }

    /// Former municipalities: prefecture, name, and code of the successor.
    pub(in super::super) fn former() -> impl Iterator<Item = (u8, &'static str, u32)> {
        rows(include_str!("../../../data/gazetteer/former.tsv")).map(|(code, row)| {
            let (name, rest) = row.split_once('\t').unwrap();
            let (_, successor) = rest.split_once('\t').unwrap();
            (code[..2].parse().unwrap(), name, successor.parse().unwrap())
        })
    }

    proptest::proptest! {
        /// A name is compared with what is written as with its key.
        #[test]
        fn towns_are_found_as_by_their_whole_names(
            code in proptest::sample::select(vec![26_104_u32, 1_101, 36_201, 13_101, 20_201]),
            at in 0_usize..500,
            cut in 0_usize..12,
            tail in "[-大字町辺邊ケ一二十〇1 0本西北条津ノ丁目]{0,8}",
        ) {
            let it = GAZETTEER.municipalities.iter().find(|it| it.code == code).unwrap();
            let town = it.towns().all().nth(at % it.towns().all().count()).unwrap();
            let chars: Vec<char> = town.name.chars().take(cut).chain(tail.chars()).collect();
            let [quick, plain] = [Key::new(&chars), Key::written_out(&chars)]
                .map(|key| it.towns().at_start(key, &chars).map(|it| (it.town.name, it.len, it.grade)));
            proptest::prop_assert_eq!(quick, plain);
        }
    }

    #[test]
    fn codes_end_in_the_check_digit_of_the_ministry() {
        // DOMAIN 8.7
        for (municipality, code) in
            [("千代田区", 131_016), ("札幌市", 11_002), ("横浜市", 141_003), ("大阪市", 271_004)]
        {
            let address = crate::normalize::address::Address::parse(municipality).unwrap();
            assert_eq!(address.municipality_code(), Some(code));
        }
    }
}
