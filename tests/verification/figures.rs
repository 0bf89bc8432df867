//! What verification made of a synthetic town, by the cause of each wrong number.

use std::collections::BTreeMap;

use himozuke::synth::{Cause, ClaimRates, Population, SynthClaim, SynthConfig};
use himozuke::{Alert, AlertKind, Linker, NumberTable, Policy, Registry, Verdict};

/// What became of the claims of a town.
#[derive(Default)]
pub struct Figures {
    pub confirmed: u64,
    pub review: u64,
    pub suspect: u64,
    pub rejected: u64,
    /// By cause: wrong, confirmed, suspect, suspect with the truth as the better candidate, explained by an alert.
    pub causes: BTreeMap<Cause, [u64; 5]>,
    /// Right numbers under suspicion.
    pub false_suspects: u64,
    /// Reasons of reviews of right numbers.
    pub reasons: BTreeMap<&'static str, u64>,
    pub alerts: BTreeMap<&'static str, u64>,
}

impl Figures {
    pub fn add(&mut self, config: &SynthConfig, rates: ClaimRates, policy: Policy) {
        let population = Population::new(config);
        let (mut builder, mut numbers) = (Registry::builder(), NumberTable::builder());
        let mut ids = Vec::new();
        population
            .try_for_each_resident(|row| {
                ids.push(row.id.to_owned());
                builder.push(&[row])
            })
            .unwrap();
        let registry = builder.build().unwrap();
        for (resident, id) in population.residents().zip(&ids) {
            numbers.push(&resident.my_number().parse().unwrap(), registry.find(id).unwrap());
        }
        let numbers = numbers.build();
        assert_eq!(numbers.len(), ids.len());
        let linker = Linker::new(&registry, policy).unwrap();
        let claims: Vec<SynthClaim> = population.claims(rates).collect();
        let mut by_alert = vec![Vec::new(); claims.len()];
        let mut answers = Vec::new();
        let report = linker
            .verify_all(claims.iter().map(SynthClaim::claim), Some(&numbers), |verified| {
                answers.push(verified.answer.cloned().ok());
                Ok::<(), std::convert::Infallible>(())
            })
            .unwrap();
        for Alert { kind, rows, .. } in &report.alerts {
            *self.alerts.entry(kind.code()).or_default() += 1;
            rows.iter().for_each(|row| by_alert[*row as usize].push(*kind));
        }
        self.confirmed += report.confirmed;
        self.review += report.review;
        self.suspect += report.suspect;
        self.rejected += report.rejected;
        for ((claim, verdict), alerts) in claims.iter().zip(&answers).zip(&by_alert) {
            let verdict = verdict.as_ref().expect("a readable claim");
            let Some(cause) = claim.cause else {
                self.false_suspects += u64::from(matches!(verdict, Verdict::Suspect(_)));
                if !matches!(verdict, Verdict::Confirmed(_)) {
                    verdict.reasons().iter().for_each(|r| *self.reasons.entry(r.code()).or_default() += 1);
                }
                continue;
            };
            let better = verdict.better().map(|better| registry.id(better.resident));
            let expected = match cause {
                Cause::Family => Some(AlertKind::HouseholdNumber),
                Cause::RowShift => Some(AlertKind::RowShift),
                Cause::Crossed => Some(AlertKind::CrossedPair),
                Cause::TypingSlip => Some(AlertKind::NumberSlip),
                _ => None,
            };
            let of = self.causes.entry(cause).or_default();
            of[0] += 1;
            of[1] += u64::from(matches!(verdict, Verdict::Confirmed(_)));
            of[2] += u64::from(matches!(verdict, Verdict::Suspect(_)));
            of[3] += u64::from(better == Some(&claim.truth));
            of[4] += u64::from(expected.is_some_and(|kind| alerts.contains(&kind)));
        }
    }

    pub fn wrong(&self) -> u64 {
        self.causes.values().map(|[wrong, ..]| wrong).sum()
    }

    pub fn missed(&self) -> u64 {
        self.causes.values().map(|[_, confirmed, ..]| confirmed).sum()
    }

    pub fn print(&self, what: &str) {
        let Self { confirmed, review, suspect, rejected, false_suspects, .. } = self;
        eprintln!(
            "{what}: confirmed {confirmed}, review {review}, suspect {suspect}, rejected {rejected}; {} wrong numbers, {} \
             confirmed, {false_suspects} right ones suspect",
            self.wrong(),
            self.missed()
        );
        for (cause, [wrong, confirmed, suspect, better, alert]) in &self.causes {
            eprintln!(
                "  {:12} {wrong} wrong: {confirmed} confirmed, {suspect} suspect, {better} with the truth named, {alert} explained",
                cause.name()
            );
        }
        eprintln!("  reasons where the number is right: {:?}\n  alerts: {:?}", self.reasons, self.alerts);
    }
}
