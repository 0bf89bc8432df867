//! data/gazetteer/former.tsv: municipalities that are no more, until when they were, and what holds their land now.
//!
//! The source has no successors. It does say where the old town hall stands: by an address written after the merger,
//! which names the successor, and by a point, whose nearest town of today is in it.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use anyhow::{Context as _, Result, bail, ensure};

use crate::fetch::{JP_PREFECTURE, PYGEONLP, Scratch};
use crate::gazetteer;

const HAND: &str = "data/gazetteer/former_hand.tsv";

/// Codes of municipalities came in 1968 and the source has them from 1970.
const SINCE: &str = "1970-04-01";

/// Municipalities of today, by code.
struct Today {
    names: BTreeMap<String, String>,
    prefectures: BTreeMap<String, String>,
}

impl Today {
    fn read(scratch: &Scratch) -> Result<Self> {
        let (names, prefectures): (BTreeMap<_, _>, BTreeMap<_, _>) = gazetteer::areas(scratch)?
            .into_iter()
            .map(|(code, [name, _])| (code, name))
            .partition(|(code, _)| code.len() == 5);
        let prefectures = prefectures.into_iter().map(|(code, name)| (name, code)).collect();
        Ok(Self { names, prefectures })
    }

    fn of_prefecture<'a>(&'a self, prefecture: &str) -> impl Iterator<Item = (&'a str, &'a str)> {
        let from = self.names.range(prefecture.to_owned()..);
        from.take_while(move |(code, _)| code.starts_with(prefecture))
            .map(|(code, name)| (code.as_str(), name.as_str()))
    }

    /// The municipality that an address without prefecture and 郡 begins with.
    fn named_in<'a>(&'a self, address: &str, prefecture: &str) -> Option<&'a str> {
        let own = |name: &'_ str| {
            name.split_once('郡').filter(|_| !name.contains('市')).map_or(name.len(), |(_, own)| own.len())
        };
        self.of_prefecture(prefecture)
            .map(|(code, name)| (code, &name[name.len() - own(name)..]))
            .filter(|(_, name)| address.starts_with(name))
            .max_by_key(|(_, name)| name.len())
            .map(|(code, _)| code)
    }

    /// The city of a ward: land that was one town may lie in several wards.
    fn city<'a>(&'a self, code: &'a str) -> &'a str {
        let Some(name) = self.names.get(code).filter(|name| name.ends_with('区')) else { return code };
        let Some((city, _)) = name.split_once('市') else { return code };
        let city = format!("{city}市");
        self.of_prefecture(&code[..2]).find(|(_, name)| *name == city).map_or(code, |(code, _)| code)
    }
}

/// Where a town of today lies, in degrees.
struct Place {
    latitude: f64,
    longitude: f64,
    code: String,
}

fn places(scratch: &Scratch) -> Result<Vec<Place>> {
    let file = scratch.unpacked(&JP_PREFECTURE)?.join("jp_prefecture/data/towns.csv");
    let text = std::fs::read_to_string(file)?;
    let places = text.lines().skip(1).filter_map(|line| {
        let fields: Vec<&str> = line.split(',').collect();
        let [_, _, code, _, _, latitude, longitude, _] = fields[..] else { return None };
        Some(Place {
            latitude: latitude.parse().ok()?,
            longitude: longitude.parse().ok()?,
            code: code.to_owned(),
        })
    });
    Ok(places.collect())
}

/// The code of the town of today that lies nearest.
fn nearest<'a>(places: &'a [Place], prefecture: &str, latitude: f64, longitude: f64) -> Option<&'a str> {
    let shrink = latitude.to_radians().cos();
    let distance = |place: &Place| (place.latitude - latitude).hypot((place.longitude - longitude) * shrink);
    let near = places.iter().filter(|place| place.code.starts_with(prefecture));
    near.min_by(|a, b| distance(a).total_cmp(&distance(b))).map(|place| place.code.as_str())
}

pub fn build(scratch: &Scratch) -> Result<String> {
    let today = Today::read(scratch)?;
    let places = places(scratch)?;
    let file = scratch.unpacked(&PYGEONLP)?.join("pygeonlp-1.2.5/base_data/geoshape-city.csv");
    let source = std::fs::read_to_string(file)?;
    let hand = std::fs::read_to_string(crate::root().join(HAND)).context(HAND)?;
    let mut rows = BTreeMap::new();
    let mut since = BTreeMap::new(); // what became of codes that the older sources still hold
    for line in hand.lines().filter(|line| !line.starts_with('#')) {
        let fields: Vec<&str> = line.split('\t').collect();
        let [code, name, until, successor] = fields[..] else { bail!("{HAND}: expected 4 fields") };
        rows.insert([code, name, until].map(str::to_owned), successor.to_owned());
        since.insert(code, successor);
    }
    for line in source.lines().skip(1) {
        let fields: Vec<&str> = line.split(',').collect();
        let [
            _,
            _,
            body,
            _,
            suffix,
            prefecture,
            _,
            county,
            _,
            _,
            _,
            latitude,
            longitude,
            _,
            code,
            _,
            until,
            hall,
        ] = fields[..]
        else {
            bail!("expected 18 fields, but found {}", fields.len());
        };
        if until < SINCE || code.len() != 5 {
            continue;
        }
        let name = name(first(county), first(body), suffix);
        if today.names.get(code) == Some(&name) {
            continue;
        }
        let prefecture = today.prefectures.get(first(prefecture)).context("an unknown prefecture")?;
        let address = hall.split('/').nth(2).unwrap_or_default();
        let successor = match today.named_in(address, prefecture) {
            Some(code) => code,
            None => nearest(&places, prefecture, latitude.parse()?, longitude.parse()?)
                .context("no town is near")?,
        };
        let successor = since.get(successor).copied().unwrap_or(successor);
        let key = [code.to_owned(), name, until.to_owned()];
        rows.entry(key).or_insert_with(|| today.city(successor).to_owned());
    }
    let mut text = format!(
        "# Former municipalities, abolished or renamed since {SINCE}: code, name, first day when it was no more, code of the successor.\n\
         # Generated by `cargo xtask data`; the format is explained in data/README.md.\n"
    );
    text += &PYGEONLP.header();
    text += &JP_PREFECTURE.header();
    writeln!(text, "# from: {HAND}, MIT OR Apache-2.0")?;
    writeln!(text, "# rows: {}", rows.len())?;
    for ([code, name, until], successor) in &rows {
        ensure!(
            today.names.contains_key(successor),
            "{name} is followed by {successor}, which is no municipality"
        );
        writeln!(text, "{code}\t{name}\t{until}\t{successor}")?;
    }
    Ok(text)
}

/// The source writes alternatives as 木曽郡/西筑摩郡.
fn first(alternatives: &str) -> &str {
    alternatives.split('/').next().unwrap_or_default()
}

/// The name with its 郡 or, for a ward, its city, as the table of municipalities writes it.
fn name(county: &str, body: &str, suffix: &str) -> String {
    let own = format!("{body}{suffix}");
    if county == own { own } else { format!("{county}{own}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn today() -> Today {
        let names = [
            ("20432", "木曽郡木曽町"),
            ("20202", "松本市"),
            ("12441", "夷隅郡大多喜町"),
            ("22130", "浜松市"),
            ("22138", "浜松市中央区"),
            ("16211", "射水市"),
            ("10203", "郡山市"),
        ];
        let names = names.map(|(code, name)| (code.to_owned(), name.to_owned()));
        Today { names: names.into(), prefectures: BTreeMap::new() }
    }

    #[test]
    fn reads_the_successor_from_an_address() {
        let today = today();
        assert_eq!(today.named_in("木曽町三岳6311", "20"), Some("20432"));
        assert_eq!(today.named_in("松本市波田4417-1", "20"), Some("20202"));
        assert_eq!(today.named_in("浜松市西区雄踏1-31-1", "22"), Some("22130"));
        assert_eq!(today.named_in("郡山市朝日", "10"), Some("10203"));
        assert_eq!(today.named_in("荻堀830-1", "20"), None);
    }

    #[test]
    fn answers_with_the_city_of_a_ward() {
        assert_eq!(today().city("22138"), "22130");
        assert_eq!(today().city("20202"), "20202");
    }

    #[test]
    fn names_wards_and_cities_once() {
        assert_eq!(name("札幌市", "札幌", "市"), "札幌市");
        assert_eq!(name("浜松市", "中", "区"), "浜松市中区");
        assert_eq!(name("", "清瀬", "市"), "清瀬市");
    }
}
