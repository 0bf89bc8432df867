//! Drawing names: concentrated as real ones are, by cohort and sex, with a long tail of rarer ones.
//!
//! Knows nothing of households or addresses. All text is static: a name is a handful of pointers.

use std::sync::LazyLock;

use rustc_hash::{FxHashMap, FxHashSet};

use super::calendar::THIS_YEAR;
use super::name_tables::{
    Fashion, KANJI_FORMS, LISTED_PERCENT, MEN, NATIONS, NEWER_PERCENT, Nation, OLD_SURNAMES, PART_SETS, Pair,
    Parts, SURNAME_HEADS, SURNAME_TAILS, SURNAMES, TOP_SHARES, WOMEN,
};
use super::random::{Random, Weighted};

/// One family or given name in its two scripts, as one or two pieces.
#[derive(Clone, Copy, Eq, PartialEq)]
pub(super) struct Word {
    pub(super) written: [&'static str; 2],
    pub(super) kana: [&'static str; 2],
}

impl Word {
    fn whole((written, kana): Pair) -> Self {
        Word { written: [written, ""], kana: [kana, ""] }
    }

    fn joined(first: Pair, last: Pair) -> Self {
        Word { written: [first.0, last.0], kana: [first.1, last.1] }
    }

    /// The name as its kana.
    pub(super) fn in_kana(self) -> Self {
        Word { written: self.kana, kana: self.kana }
    }

    fn same_kana(self, other: Self) -> bool {
        self.kana.iter().flat_map(|piece| piece.chars()).eq(other.kana.iter().flat_map(|piece| piece.chars()))
    }

    fn same_writing(self, other: Self) -> bool {
        let chars = |word: Self| word.written.into_iter().flat_map(str::chars);
        chars(self).eq(chars(other))
    }
}

/// The sex of a resident as the register holds it.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Sex {
    Man,
    Woman,
}

impl Sex {
    pub(super) fn other(self) -> Self {
        match self {
            Sex::Man => Sex::Woman,
            Sex::Woman => Sex::Man,
        }
    }
}

/// The script of a name and what follows from it; for a foreign resident, with the number of the nation.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Origin {
    Japanese,
    /// Registered in kanji.
    Han(u8),
    /// Registered in Roman letters, family name first.
    Roman(u8),
    /// Registered in katakana.
    Kana(u8),
}

impl Origin {
    pub(super) fn is_foreign(self) -> bool {
        self != Origin::Japanese
    }

    pub(super) fn is_roman(self) -> bool {
        matches!(self, Origin::Roman(_))
    }

    /// The name as people of this origin are registered.
    fn registered(self, name: Word) -> Word {
        if matches!(self, Origin::Kana(_)) { name.in_kana() } else { name }
    }

    fn nation(self) -> &'static Nation {
        let at = match self {
            Origin::Japanese => 0,
            Origin::Han(nation) | Origin::Roman(nation) | Origin::Kana(nation) => nation,
        };
        let [first, ..] = &NATIONS;
        NATIONS.get(usize::from(at)).unwrap_or(first)
    }
}

/// A given name and, where it was composed, from which parts: a sibling's name is made from those.
#[derive(Clone, Copy)]
pub(super) struct Given {
    pub(super) word: Word,
    parts: Option<&'static Parts>,
}

impl Given {
    fn composed(parts: &'static Parts, first: Pair, last: Pair) -> Self {
        Given { word: Word::joined(first, last), parts: Some(parts) }
    }

    /// The parts of a composed name, and which two it has.
    fn composition(&self) -> Option<(&'static Parts, Pair, Pair)> {
        let Word { written: [first, last], kana: [first_kana, last_kana] } = self.word;
        Some((self.parts?, (first, first_kana), (last, last_kana)))
    }
}

/// Ready-made draws from the name tables.
pub(super) struct Names {
    surnames: &'static Surnames,
    heads: Weighted,
    tails: Weighted,
    /// By sex, then by decade of birth from the 1910s.
    given: [Vec<Weighted>; 2],
    nations: Weighted,
    /// Families and given names of men and women of each nation: the *n*-th weighs 1/(n + 4).
    foreign: Vec<[Weighted; 3]>,
}

const FIRST_DECADE: u32 = 191;

/// How a given name rises in the decades before its peak, and how it fades after it, from the peak outwards.
const RISING: [u32; 4] = [16, 9, 3, 1];
const FADING: [u32; 7] = [16, 13, 9, 5, 3, 1, 1];

/// Family names in the order of their frequency, and how to draw one.
struct Surnames {
    names: Vec<Pair>,
    weighted: Weighted,
    /// Those that are not rare, by their kana and by their kanji.
    by_kana: FxHashMap<&'static str, Vec<Pair>>,
    by_kanji: FxHashMap<&'static str, Vec<Pair>>,
}

static SURNAMES_BY_RANK: LazyLock<Surnames> = LazyLock::new(Surnames::load);

/// Beyond this rank a surname has less than one bearer in 37,000.
const COMMON: usize = 5_000;

impl Surnames {
    /// The names listed by hand, then the rest of the shipped table, the commonest first.
    ///
    /// Shares follow ranks: the ten known ones, then 13.4 % / (rank + 9), which gives the first hundred the 33.4 % of
    /// DOMAIN 10.2, and from rank 4,000 on the square of that course, so that a tail of some 65,000 names has an end. What
    /// is left of the whole is drawn as names that no table has.
    fn load() -> Self {
        let by_hand = || SURNAMES.iter().chain(OLD_SURNAMES.iter().map(|(pair, _)| pair)).copied();
        let known: FxHashSet<Pair> = by_hand().collect();
        let table = include_str!("../../data/names/surnames.tsv");
        let listed =
            table.lines().filter(|line| !line.starts_with('#')).filter_map(|line| line.split_once('\t'));
        let mut rest: Vec<(u32, Pair)> = listed
            .flat_map(|(kana, forms)| forms.split(' ').map(move |form| (form, kana)))
            .filter_map(|(form, kana)| {
                let digits = form.find(|c: char| c.is_ascii_digit())?;
                let (written, weight) = form.split_at_checked(digits)?;
                Some((weight.parse().ok()?, (written, kana)))
            })
            .filter(|(_, pair)| !known.contains(pair))
            .collect();
        // Another reading of a common name's kanji is a rarer name than the dictionaries make it: 16 quarter bits.
        let kanji: FxHashSet<&str> = by_hand().map(|(kanji, _)| kanji).collect();
        rest.sort_by_key(|(weight, (written, _))| weight + if kanji.contains(written) { 16 } else { 0 });
        let names: Vec<Pair> = by_hand().chain(rest.into_iter().map(|(_, pair)| pair)).collect();

        let of_rank = |rank: usize| {
            let known = rank
                .checked_sub(1)
                .and_then(|at| TOP_SHARES.get(at))
                .map(|&share| u64::from(share) * 1_000_000);
            let rank = rank as u64;
            let tail = 13_400_000_000 * 4_847 / 4_009 * 4_847 / (rank + 847).pow(2);
            known.unwrap_or(if rank <= 4_000 { 13_400_000_000 / (rank + 9) } else { tail })
        };
        let first = 1..=SURNAMES.len();
        let old_forms = OLD_SURNAMES.iter().map(|(_, share)| u64::from(*share) * 1_000_000);
        let further = SURNAMES.len() + 1..=names.len() - OLD_SURNAMES.len();
        let mut shares: Vec<u64> = first.map(of_rank).chain(old_forms).chain(further.map(of_rank)).collect();
        shares.push(100_000_000_000_u64.saturating_sub(shares.iter().sum()));
        let (mut by_kana, mut by_kanji) =
            (FxHashMap::<_, Vec<_>>::default(), FxHashMap::<_, Vec<_>>::default());
        for &(kanji, kana) in names.iter().take(COMMON) {
            by_kana.entry(kana).or_default().push((kanji, kana));
            by_kanji.entry(kanji).or_default().push((kanji, kana));
        }
        Surnames { weighted: Weighted::new(shares), names, by_kana, by_kanji }
    }
}

/// The *n*-th of so many weighs 1/(n + offset).
fn skewed(entries: usize, offset: u64) -> Weighted {
    Weighted::new((0..entries as u64).map(|n| 1_000_000 / (n + offset)))
}

impl Names {
    pub(super) fn new() -> Self {
        let given = [MEN, WOMEN].map(|names| {
            (FIRST_DECADE..=THIS_YEAR / 10)
                .map(|decade| Weighted::new(names.iter().map(|name| popularity(name, decade))))
                .collect()
        });
        let of_nation =
            |nation: &Nation| [nation.families, nation.men, nation.women].map(|names| skewed(names.len(), 4));
        Names {
            surnames: &SURNAMES_BY_RANK,
            heads: skewed(SURNAME_HEADS.len(), 20),
            tails: skewed(SURNAME_TAILS.len(), 20),
            given,
            nations: Weighted::new(NATIONS.iter().map(|nation| nation.percent.into())),
            foreign: NATIONS.iter().map(of_nation).collect(),
        }
    }

    /// A Japanese family name.
    pub(super) fn surname(&self, random: &mut Random) -> Word {
        if let Some(&pair) = self.surnames.names.get(self.surnames.weighted.draw(random)) {
            return Word::whole(pair);
        }
        let head = SURNAME_HEADS.get(self.heads.draw(random)).copied().unwrap_or_default();
        let tail = SURNAME_TAILS.get(self.tails.draw(random)).copied().unwrap_or_default();
        // 田田 and 川川 are not names.
        if head.0 == tail.0 { Word::joined(head, ("田", "ダ")) } else { Word::joined(head, tail) }
    }

    /// Whether a Japanese family name has less than one bearer in 37,000.
    pub(super) fn is_rare(&self, family: Word) -> bool {
        let ([written, rest], [kana, _]) = (family.written, family.kana);
        let common =
            || self.surnames.by_kanji.get(written).is_some_and(|pairs| pairs.contains(&(written, kana)));
        !rest.is_empty() || !common()
    }

    /// A family name of the same sound in other kanji (菊池 / 菊地), if the tables know one.
    pub(super) fn family_homophone(&self, family: Word, random: &mut Random) -> Option<Word> {
        let [kana, _] = family.kana;
        other(self.surnames.by_kana.get(kana)?, |word| !word.same_writing(family), random)
    }

    /// The same family name read otherwise (幸田 ユキタ / コウダ), if the tables know how.
    pub(super) fn family_read_otherwise(&self, family: Word, random: &mut Random) -> Option<Word> {
        let [written, _] = family.written;
        other(
            self.surnames.by_kanji.get(written)?,
            |word| !word.same_kana(family) && word.same_writing(family),
            random,
        )
    }

    /// A given name in the fashion of the birth year.
    pub(super) fn given(&self, sex: Sex, birth_year: u32, random: &mut Random) -> Given {
        let decade = (birth_year / 10).saturating_sub(FIRST_DECADE) as usize;
        let (tickets, names) = match sex {
            Sex::Man => (&self.given[0], MEN),
            Sex::Woman => (&self.given[1], WOMEN),
        };
        if random.percent(LISTED_PERCENT.get(decade).copied().unwrap_or(20)) {
            let listed = tickets.get(decade).and_then(|tickets| names.get(tickets.draw(random)));
            if let Some(&(written, kana, ..)) = listed {
                return Given { word: Word::whole((written, kana)), parts: None };
            }
        }
        compose(sex, decade, random)
    }

    /// A made-up given name, whose parts a sibling or child can share.
    pub(super) fn composed(&self, sex: Sex, birth_year: u32, random: &mut Random) -> Given {
        compose(sex, (birth_year / 10).saturating_sub(FIRST_DECADE) as usize, random)
    }

    /// A name that differs from this one in its last or first part only (和也 / 和人), in kana too, if this one has parts.
    pub(super) fn sibling(&self, given: &Given, random: &mut Random) -> Option<Given> {
        let (parts, first, last) = given.composition()?;
        let keep_first = random.percent(70);
        (0..8).find_map(|_| {
            let other = if keep_first {
                Given::composed(parts, first, *random.pick(parts.lasts)?)
            } else {
                Given::composed(parts, *random.pick(parts.firsts)?, last)
            };
            let differs = !other.word.same_writing(given.word) && !other.word.same_kana(given.word);
            differs.then_some(other)
        })
    }

    /// A given name of the same sound in other characters (雄太 / 勇太), if the tables know one.
    pub(super) fn homophone(&self, given: &Given, random: &mut Random) -> Option<Given> {
        if let Some((parts, first, last)) = given.composition() {
            let sounds_like = |pair: Pair| move |other: &&Pair| other.1 == pair.1 && other.0 != pair.0;
            let firsts: Vec<Pair> = parts.firsts.iter().filter(sounds_like(first)).copied().collect();
            let lasts: Vec<Pair> = parts.lasts.iter().filter(sounds_like(last)).copied().collect();
            return match (random.pick(&firsts), random.pick(&lasts)) {
                (Some(&first), _) => Some(Given::composed(parts, first, last)),
                (None, Some(&last)) => Some(Given::composed(parts, first, last)),
                (None, None) => None,
            };
        }
        let homophones: Vec<Word> = [MEN, WOMEN]
            .into_iter()
            .flatten()
            .map(|&(written, kana, ..)| Word::whole((written, kana)))
            .filter(|other| other.same_kana(given.word) && !other.same_writing(given.word))
            .collect();
        random.pick(&homophones).map(|&word| Given { word, parts: None })
    }

    /// The same given name read otherwise (幸子 サチコ / ユキコ), if the tables know how.
    pub(super) fn given_read_otherwise(&self, given: &Given, random: &mut Random) -> Option<Word> {
        let pairs = [MEN, WOMEN].into_iter().flatten().map(|&(written, kana, ..)| (written, kana));
        let same: Vec<Pair> = pairs.filter(|pair| Word::whole(*pair).same_writing(given.word)).collect();
        other(&same, |word| !word.same_kana(given.word), random)
    }

    /// Where a foreign resident is from and how the register writes their name: in katakana for one in twelve of those
    /// who have no kanji.
    pub(super) fn nation(&self, random: &mut Random) -> Origin {
        let nation = self.nations.draw(random) as u8;
        match random.below(12) {
            _ if Origin::Han(nation).nation().kanji => Origin::Han(nation),
            0 => Origin::Kana(nation),
            _ => Origin::Roman(nation),
        }
    }

    /// Family name of a foreign resident.
    pub(super) fn foreign_surname(&self, origin: Origin, random: &mut Random) -> Word {
        origin.registered(Word::whole(self.foreign(origin, 0, origin.nation().families, random)))
    }

    /// Given name of a foreign resident.
    pub(super) fn foreign_given(&self, origin: Origin, sex: Sex, random: &mut Random) -> Given {
        let nation = origin.nation();
        let first = match sex {
            Sex::Man => self.foreign(origin, 1, nation.men, random),
            Sex::Woman => self.foreign(origin, 2, nation.women, random),
        };
        let end = random.pick(nation.ends).filter(|end| end.0 != first.0);
        let word = match end.filter(|_| random.percent(75)) {
            Some(&end) => Word::joined(first, end),
            None => Word::whole(first),
        };
        Given { word: origin.registered(word), parts: None }
    }

    fn foreign(&self, origin: Origin, which: usize, names: &[Pair], random: &mut Random) -> Pair {
        let nation = match origin {
            Origin::Japanese => return Pair::default(),
            Origin::Han(nation) | Origin::Roman(nation) | Origin::Kana(nation) => usize::from(nation),
        };
        let weighted = self.foreign.get(nation).and_then(|weighted| weighted.get(which));
        weighted.and_then(|weighted| names.get(weighted.draw(random))).copied().unwrap_or_default()
    }
}

/// One of the names that is as wanted.
fn other(names: &[Pair], wanted: impl Fn(Word) -> bool, random: &mut Random) -> Option<Word> {
    let others: Vec<Word> = names.iter().copied().map(Word::whole).filter(|word| wanted(*word)).collect();
    random.pick(&others).copied()
}

fn compose(sex: Sex, decade: usize, random: &mut Random) -> Given {
    let [men_old, men_new, women_old, women_new] = PART_SETS;
    let [men_newer, women_newer] = &NEWER_PERCENT;
    let (old, new, percents) = match sex {
        Sex::Man => (men_old, men_new, men_newer),
        Sex::Woman => (women_old, women_new, women_newer),
    };
    let parts = if random.percent(percents.get(decade).copied().unwrap_or(100)) { new } else { old };
    let first = random.pick(parts.firsts).copied().unwrap_or_default();
    let last = random.pick(parts.lasts).copied().unwrap_or_default();
    if first.0 == last.0 {
        // 一一 and 美美: the first part alone would be another name, so take the set's plainest ending.
        return Given::composed(parts, first, parts.lasts.first().copied().unwrap_or_default());
    }
    Given::composed(parts, first, last)
}

fn popularity(&(_, _, peak, weight): &Fashion, decade: u32) -> u64 {
    let peak = u32::from(peak) / 10;
    let course: &[u32] = if decade < peak { &RISING } else { &FADING };
    u64::from(weight) * course.get(peak.abs_diff(decade) as usize).map_or(0, |&weight| u64::from(weight))
}

/// The character that stands for both forms of a kanji.
pub(super) fn plain_form(c: char) -> char {
    KANJI_FORMS.iter().find(|(old, _)| *old == c).map_or(c, |(_, plain)| *plain)
}

/// The first other form of a kanji, either way.
pub(super) fn other_form(c: char) -> Option<char> {
    KANJI_FORMS.iter().find_map(|&(old, plain)| match c {
        _ if c == old => Some(plain),
        _ if c == plain => Some(old),
        _ => None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashMap;

    /// Sum of squared shares of 200,000 draws, in millionths: the chance that two people share the name.
    fn concentration(mut draw: impl FnMut(&mut Random) -> Word) -> u64 {
        const DRAWS: u64 = 200_000;
        let mut counts: HashMap<String, u64> = HashMap::new();
        let mut random = Random::keyed(1, 2, 3);
        (0..DRAWS).for_each(|_| *counts.entry(draw(&mut random).written.concat()).or_default() += 1);
        counts.values().map(|n| n * n).sum::<u64>() * 1_000_000 / (DRAWS * DRAWS)
    }

    #[test]
    fn surnames_are_as_concentrated_as_real_ones() {
        let names = Names::new();
        let found = concentration(|random| names.surname(random));
        assert!((1_700..=2_400).contains(&found), "{found} millionths, about 2,000 expected (DOMAIN 10.6)");
    }

    #[test]
    fn given_names_of_a_cohort_are_as_concentrated_as_real_ones() {
        let names = Names::new();
        for sex in [Sex::Man, Sex::Woman] {
            let cohorts: Vec<u64> = (1925..2025)
                .step_by(10)
                .map(|year| concentration(|random| names.given(sex, year, random).word))
                .collect();
            let sane = cohorts.iter().all(|found| (1_000..=4_000).contains(found));
            assert!(sane, "{cohorts:?} millionths for {sex:?} by decade from 1925 (DOMAIN 10.6)");
        }
    }

    #[test]
    fn the_commonest_surname_has_its_share() {
        let names = Names::new();
        let mut random = Random::keyed(5, 5, 5);
        let sato = (0..100_000).filter(|_| names.surname(&mut random).written == ["佐藤", ""]).count();
        assert!((1_400..1_660).contains(&sato), "{sato} of 100,000, 1,530 expected (DOMAIN 10.2)");
    }

    #[test]
    fn siblings_and_homophones_differ_as_told() {
        let names = Names::new();
        let mut random = Random::keyed(9, 9, 9);
        let mut homophones = 0;
        for year in 1920..2025 {
            let given = names.composed(if year % 2 == 0 { Sex::Man } else { Sex::Woman }, year, &mut random);
            let sibling = names.sibling(&given, &mut random).unwrap();
            assert!(!sibling.word.same_writing(given.word) && !sibling.word.same_kana(given.word));
            let shared = (0..2).filter(|&at| sibling.word.written[at] == given.word.written[at]).count();
            assert_eq!(shared, 1, "one part is shared");
            if let Some(homophone) = names.homophone(&given, &mut random) {
                assert!(homophone.word.same_kana(given.word) && !homophone.word.same_writing(given.word));
                homophones += 1;
            }
        }
        assert!(homophones > 60, "{homophones}");
    }

    #[test]
    fn kanji_forms_are_pairs_both_ways() {
        for (old, plain) in KANJI_FORMS {
            assert_eq!(plain_form(*old), *plain);
            assert!(other_form(*old) == Some(*plain) && other_form(*plain).is_some());
            assert_eq!(plain_form(*plain), *plain, "a plain form stands for itself");
        }
    }

    #[test]
    fn kana_are_katakana_and_kanji_are_there() {
        let kana = |kana: &str| !kana.is_empty() && kana.chars().all(|c| matches!(c, 'ァ'..='ヶ' | 'ー'));
        let pairs = [SURNAMES, SURNAME_HEADS, SURNAME_TAILS].concat();
        let parts = PART_SETS.iter().flat_map(|set| set.firsts.iter().chain(set.lasts)).copied();
        let listed = [MEN, WOMEN].concat().into_iter().map(|(written, kana, ..)| (written, kana));
        let foreign =
            NATIONS.iter().flat_map(|names| [names.families, names.men, names.women, names.ends].concat());
        for (written, reading) in pairs.into_iter().chain(parts).chain(listed).chain(foreign) {
            assert!(!written.is_empty() && kana(reading), "{written} {reading}");
        }
    }
}
