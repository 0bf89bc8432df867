//! Error rates estimated without the truth, held against the truth (METHOD 6): crowded villages in which chance alone makes
//! people share names and birth dates, so that a loose policy does link wrongly, at a rate that differs from batch to batch.
//!
//! `HIMOZUKE_BATCHES=50 cargo test --release --test estimates -- --nocapture` for the figures of docs/ACCURACY.md.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, clippy::print_stderr, reason = "a test")]

mod village;

use himozuke::estimate::{ClericalSample, DecoyCount, Decoys, Estimate, PosteriorSum, Redaction};
use himozuke::evaluate::Interval;
use himozuke::{ClaimsRule, Decision, Linker, Losses, Policy, Profile, Registry};
use village::{Chance, Village};

/// What a batch was, and what was estimated of it.
struct Batch {
    links: u64,
    wrong: u64,
    posteriors: Estimate,
    /// The sum under what policy and model assume, as the budget has it.
    as_decided: f64,
    found: f64,
    /// Records whose person is registered.
    registered: f64,
    decoys: Estimate,
    redaction: Estimate,
    clerical: Estimate,
}

/// Name and birth date link, whoever else may have them: the policy that makes errors to be estimated.
fn loose(claims: ClaimsRule) -> Policy {
    Policy {
        profile: Profile::NameBirthdateUnique,
        max_expected_namesakes: 1.0,
        min_margin_bits: 1.0,
        losses: Losses { wrong: 4.0, none: 4.0, miss: 2.0 },
        budget_per_million: 1e6,
        claims,
        ..Policy::guideline()
    }
}

/// How many batches: few, or as many as the environment says.
fn batches() -> u64 {
    std::env::var("HIMOZUKE_BATCHES").map_or(5, |batches| batches.parse().unwrap())
}

/// A village of its own for each batch: from 12 to 30 names of either kind, from half of the records to nearly all about
/// residents.
fn village(batch: u64) -> (Village, Policy) {
    let chance = &mut Chance::new(0xBA7C4 + batch);
    let village = Village {
        seed: batch,
        residents: 20_000 + chance.below(20_000),
        records: 6_000 + chance.below(6_000),
        families: 12 + chance.below(19),
        givens: 12 + chance.below(19),
        outsiders: 0.02 + 0.48 * chance.share(),
        moved: 0.3 * chance.share(),
    };
    let claims = if chance.below(2) == 0 { ClaimsRule::ManyToOne } else { ClaimsRule::OneToOne };
    (village, loose(claims))
}

fn run(batch: u64) -> Batch {
    let (village, policy) = village(batch);
    let (residents, records) = village.people();
    let registry =
        Registry::builder().persons(residents.iter().map(|row| row.record())).unwrap().build().unwrap();
    let policy = Policy { population: residents.len() as f64, ..policy };
    let linker = Linker::new(&registry, policy).unwrap();
    let decoys = Decoys::of(&registry, batch, residents.len() as u32).unwrap();
    let mut posteriors = PosteriorSum::new(&linker);
    let mut count = DecoyCount::new(&linker, &decoys);
    let (mut redaction, mut sample) = (Redaction::default(), ClericalSample::new(1_000, batch));
    let (mut links, mut wrong, mut registered) = (0, 0, 0);
    let chance = &mut Chance::new(batch ^ 0xACE);
    let mut next = records.iter();
    let report = linker
        .link_all(records.iter().map(|row| row.record()), |outcome| {
            let truth = next.next().unwrap().truth.as_ref().and_then(|id| registry.find(id));
            let decision = outcome.answer.ok();
            posteriors.add(decision);
            sample.add(outcome.id, decision);
            if chance.share() < 0.3 {
                redaction.add(truth, decision);
            }
            registered += u64::from(truth.is_some());
            if let Some(Decision::Link(link)) = decision {
                links += 1;
                wrong += u64::from(truth != Some(link.candidate.resident));
            }
            Ok::<(), std::convert::Infallible>(())
        })
        .unwrap();
    decoys
        .linker(&linker)
        .link_all(records.iter().map(|row| row.record()), |outcome| {
            count.add(outcome.answer.ok());
            Ok::<(), std::convert::Infallible>(())
        })
        .unwrap();
    let (sampled, mut design) = sample.finish();
    for link in sampled {
        let truth = records.iter().find(|row| row.id == link.record_id).unwrap().truth.as_deref();
        design.get_mut(&link.stratum).unwrap().wrong += u64::from(truth != Some(registry.id(link.resident)));
    }
    Batch {
        links,
        wrong,
        found: posteriors.found(),
        registered: registered as f64 / records.len() as f64,
        posteriors: posteriors.estimate(),
        as_decided: report.expected_wrong_links,
        decoys: count.estimate(posteriors.links(), posteriors.claims()),
        redaction: redaction.found().estimate,
        clerical: ClericalSample::estimate(&design.into_values().collect::<Vec<_>>()),
    }
}

fn covers(estimate: &Estimate, rate: f64) -> bool {
    estimate.interval.low <= rate && rate <= estimate.interval.high
}

#[test]
fn intervals_cover_the_true_rate_of_batches_built_to_differ() {
    let names = ["posteriors", "decoys", "redaction", "clerical"];
    let (mut covered, mut sums, mut truth) = ([0u64; 4], [0.0; 4], 0.0);
    let mut as_decided = (0, 0.0);
    eprintln!("batch   links  wrong/million   estimates and 95 % intervals: {}", names.join(", "));
    for batch in 0..batches() {
        let run = run(batch);
        let rate = run.wrong as f64 / run.links as f64;
        truth += rate;
        let mut line = format!("{batch:5} {:7} {:9.0} ({:3})", run.links, rate * 1e6, run.wrong);
        for (at, estimate) in [run.posteriors, run.decoys, run.redaction, run.clerical].iter().enumerate() {
            let covers = covers(estimate, rate);
            covered[at] += u64::from(covers);
            sums[at] += estimate.share.unwrap();
            let (rate, interval) = estimate.per_million();
            line += &format!(
                " {} {:6.0} ({:.0}-{:.0})",
                if covers { ' ' } else { '!' },
                rate.unwrap(),
                interval.low,
                interval.high
            );
        }
        eprintln!("{line}  found {:.3} of {:.3}", run.found, run.registered);
        let Interval { low, high } = Interval::expected(run.as_decided);
        as_decided.0 += u64::from((low..=high).contains(&(run.wrong as f64)));
        as_decided.1 += run.as_decided / run.links as f64;
    }
    for ((name, covered), sum) in names.iter().zip(covered).zip(sums) {
        eprintln!(
            "{name}: {covered} of {} covered; mean estimate / mean truth {:.3}",
            batches(),
            sum / truth
        );
    }
    let (plain, sum) = as_decided;
    eprintln!("posteriors as decided: {plain} of {} covered; mean {:.3}", batches(), sum / truth);
    // Nine of ten; of a few batches, as many as are covered but once in a thousand times if that is so.
    let least = if batches() < 50 { batches() * 2 / 5 } else { batches() * 9 / 10 };
    for (name, covered) in names.iter().zip(covered) {
        assert!(covered >= least, "{name}: {covered} of {}", batches());
    }
}
