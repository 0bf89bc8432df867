//! `himozuke link --registry-once`: the records decided some at a time, each time by a registry of those whom they ask for. Answers
//! name residents by their places in the whole registry until all are decided.

use himozuke::{Claims, ResidentIndex};

use super::{Answer, Decided, FILES, decide, finish};
use crate::{
    args::Estimating,
    bulk::{Answer as _, AnswersOfRows, Decides, Done, Rules, Setup},
    estimates::Estimates,
    failure::Failure,
    input::Chunk,
    once::{Around, Passed},
    residents::Numbers,
};

/// The job of a registry that is read past the records and not kept.
///
/// # Errors
/// Those of the job.
pub(super) fn job(setup: Setup<'_>, estimating: &Estimating) -> Result<Done, Failure> {
    let mut job = setup.open("link", &FILES)?;
    let (passed, problems) = job.load_once()?;
    let rules = job.rules();
    let claims = Claims::of(&rules.policy);
    let mut links = LinksOnce { rules, passed, around: None, claims, listed: Vec::new() };
    let intake = job.decide(&mut links)?;
    let LinksOnce { passed, around, claims, listed, .. } = links;
    drop(around);
    let named = passed.named(listed)?;
    let residents = passed.residents(named.registry);
    let estimates = Estimates::sample_only(estimating);
    let decided = Decided { intake, claims, estimates, problems };
    finish(job, decided, &residents, Numbers::Left, |place| named.places.find(place))
}

/// Decides records by the registries of a registry that went by, one after the other; answers name residents by their places in
/// the whole.
struct LinksOnce {
    rules: Rules,
    passed: Passed,
    around: Option<Around>,
    claims: Claims,
    /// Whom answers name, as often as they do.
    listed: Vec<ResidentIndex>,
}

impl LinksOnce {
    fn note(&mut self, answer: &Answer) {
        answer.note(&mut self.claims);
        self.listed.extend(answer.residents());
    }
}

impl Decides for LinksOnce {
    type Answer = Answer;

    fn decide(&mut self, chunk: &Chunk) -> Result<AnswersOfRows<Answer>, Failure> {
        let (mut answers, mut pairs) = (Vec::with_capacity(chunk.rows().len()), 0);
        let mut rows = chunk.rows();
        while let Some(first) = rows.first() {
            let line = first.line();
            // One is dropped before the next is made.
            let around = match self.around.take().filter(|around| !around.is_before(line)) {
                None => self.passed.around(line)?,
                Some(around) => around,
            };
            let own = rows.partition_point(|row| !around.is_before(row.line()));
            let (own, further) = rows.split_at(own);
            let decided = decide(&self.rules.linker(around.registry())?, chunk, own);
            for (compared, mut answer) in decided.into_iter().flatten() {
                pairs += compared;
                answer.iter_mut().for_each(|answer| answer.rename(|resident| around.place(resident)));
                answer.iter().for_each(|answer| self.note(answer));
                answers.push(answer);
            }
            self.around = Some(around);
            rows = further;
        }
        Ok((answers, pairs))
    }

    fn recall(&mut self, _: &Chunk, answers: &[Option<Answer>]) {
        answers.iter().flatten().for_each(|answer| self.note(answer));
    }
}

#[cfg(test)]
mod tests {
    use std::{fmt::Write as _, fs, path::Path};

    use himozuke::{Policy, ReadOptions};

    use super::{super::Answered, *};
    use crate::{
        columns::Role,
        input::{Options, Table},
        once::{self, Batch},
        residents::{self, Source},
    };

    const HEADER: &str = "id,kanji_name,kana_name,birth_date,sex,address\n";

    fn chunks(path: &Path, options: Options<'_>) -> Vec<Chunk> {
        Table::open(path, options).unwrap().stream().map(Result::unwrap).collect()
    }

    /// Somebody of a few names, as it is written; some lines are empty.
    fn row(id: char, number: usize, who: usize) -> String {
        let families = [
            ("佐藤", "サトウ"),
            ("髙橋", "タカハシ"),
            ("伊藤", "イトウ"),
            ("長谷川", "ハセガワ"),
            ("五十嵐", "イガラシ"),
            ("小野寺", "オノデラ"),
            ("大久保", "オオクボ"),
        ];
        let givens = [
            ("花子", "ハナコ", 2),
            ("太郎", "タロウ", 1),
            ("静子", "シズコ", 2),
            ("勘三郎", "カンザブロウ", 1),
            ("小百合", "サユリ", 2),
        ];
        let ((family, family_kana), (given, given_kana, sex)) = (families[who % 7], givens[who / 7 % 5]);
        // As if at random, but the same for whoever it is.
        let mixed = (who as u64).wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 20;
        let (year, month, day) = (1940 + mixed % 60, 1 + mixed / 60 % 12, 1 + mixed / 720 % 28);
        let gap = if number % 1_000 == 7 { "\n" } else { "" };
        let address = format!("東京都千代田区霞が関二丁目{}番{}号", 1 + who / 35 % 90, 1 + who % 30);
        format!(
            "{id}{number},{family}　{given},{family_kana} {given_kana},{year}-{month:02}-{day:02},{sex},{address}\n{gap}"
        )
    }

    #[test]
    fn records_are_decided_slice_by_slice_as_by_the_whole_registry() {
        let directory = tempfile::tempdir().unwrap();
        let [registry, records] = ["registry.csv", "records.csv"].map(|name| directory.path().join(name));
        let table = |id, count: usize, who: &dyn Fn(usize) -> usize| {
            (0..count).fold(HEADER.to_owned(), |mut table, number| {
                write!(table, "{}", row(id, number, who(number))).unwrap();
                table
            })
        };
        fs::write(&registry, table('p', 3_000, &|number| number * 7 % 2_900)).unwrap();
        fs::write(&records, table('r', 60_000, &|number| number * 13 % 3_100)).unwrap();

        let options = Options { encoding: None, role: Role::Records, mappings: &[], layouts: &[] };
        let (reading, policy) = (ReadOptions::default(), Policy::statistical());
        let chunks = chunks(&records, options);
        let whole =
            residents::load(Source::unchanged(&registry), options, reading, Numbers::Left, |_| Ok(()));
        let whole = whole.unwrap().registry;
        let mut batch = Batch::in_many_slices();
        chunks.iter().for_each(|chunk| batch.push(chunk, &reading));
        let passed = once::load(&registry, options, reading, batch, |_| Ok(())).unwrap();
        let rules = Rules { policy, parameters: None, reading };
        let linker = rules.linker(&whole).unwrap();
        let ordinary: Vec<Answered> =
            chunks.iter().flat_map(|chunk| decide(&linker, chunk, chunk.rows())).flatten().collect();
        let claims = Claims::of(&rules.policy);
        let mut deciding = LinksOnce { rules, passed, around: None, claims, listed: Vec::new() };
        let (mut once, mut pairs, mut slices) = (Vec::new(), 0, 0);
        for chunk in &chunks {
            let first = chunk.rows()[0].line();
            slices += usize::from(deciding.around.as_ref().is_none_or(|around| around.is_before(first)));
            let (answers, compared) = deciding.decide(chunk).unwrap();
            once.extend(answers);
            pairs += compared;
        }
        assert!(slices > 2, "{slices} slices of {} chunks", chunks.len());
        assert_eq!(pairs, ordinary.iter().map(|(pairs, _)| pairs).sum::<u64>());
        let same = ordinary.iter().map(|(_, answer)| answer).zip(&once).filter(|(a, b)| a == b).count();
        assert_eq!((same, once.len()), (ordinary.len(), 60_000));
        let answers = || once.iter().flatten();
        let links = answers().filter(|answer| matches!(answer, Answer::Link { .. })).count();
        let reviews = answers().filter(|answer| matches!(answer, Answer::Review { .. })).count();
        assert!(links > 1_000 && reviews > 1_000, "{links} links, {reviews} reviews");
        // They are named as whoever stands there.
        let LinksOnce { passed, listed, .. } = deciding;
        let named = passed.named(listed.clone()).unwrap();
        assert!(listed.iter().all(|place| named.registry.id(named.places.find(*place)) == whole.id(*place)));
    }
}
