//! A day's changes laid over a registry: whoever is decided by it is decided as by a registry of today's residents.

use himozuke::synth::{Population, Row, SynthConfig};
use himozuke::{Decision, Linker, Model, Policy, Record, Registry, ResidentIndex};

/// The answer with everybody by id, for rows are numbered anew when registries are merged.
fn answer(registry: &Registry, linker: &Linker<'_>, record: &Record<'_>) -> String {
    let id = |resident: ResidentIndex| registry.id(resident);
    match linker.decide(record) {
        Err(unreadable) => unreadable.code().to_owned(),
        Ok(Decision::NoMatch(none)) => format!("{none:?}"),
        Ok(Decision::Link(link)) => {
            format!(
                "{} {:?} {:?} {:?}",
                id(link.candidate.resident),
                link.candidate.evidence,
                link.margin,
                link.rival.map(id)
            )
        }
        Ok(Decision::Review(review)) => {
            let listed = review.candidates.iter().map(|c| format!("{} {:?}", id(c.resident), c.evidence));
            format!("{} {:?} {:?}", review.total, review.reasons, listed.collect::<Vec<_>>())
        }
    }
}

#[test]
fn an_overlay_decides_like_the_merged_registry() {
    for seed in 1..=3 {
        let population =
            Population::new(&SynthConfig { seed, residents: 2_000, records: 600, ..SynthConfig::default() });
        let others =
            Population::new(&SynthConfig { seed: seed + 90, residents: 150, ..SynthConfig::default() });
        let written = |population: &Population| -> Vec<Row> {
            let row = |resident: himozuke::synth::Resident| {
                let mut row = Row::default();
                resident.write(&mut row);
                row
            };
            population.residents().map(row).collect()
        };
        let (yesterday, new) = (written(&population), written(&others));
        let base = Registry::builder().persons(yesterday.iter().map(Row::record)).unwrap().build().unwrap();
        let model = Model::of(&base);
        // Every tenth went, every seventh has the name of somebody else, and some came.
        let went: Vec<&str> = yesterday.iter().step_by(10).map(|row| row.record().id).collect();
        let changed = yesterday.iter().zip(&new).skip(3).step_by(7).map(|(old, other)| {
            let (old, other) = (old.record(), other.record());
            Record { kanji_name: other.kanji_name, kana_name: other.kana_name, ..old }
        });
        let changed: Vec<Record<'_>> = changed.filter(|row| !went.contains(&row.id)).collect();
        let (first, second) = new.split_at(40);
        let builder = |rows: &[Row]| Registry::builder().persons(rows.iter().map(Row::record)).unwrap();
        // Two days, one after the other; the second takes back one who came on the first.
        let came = first.first().unwrap().record().id;
        let monday = base
            .with_changes(builder(first).persons(changed.iter().copied()).unwrap(), went.iter().copied())
            .unwrap();
        let today = monday.with_changes(builder(second), [came, "nobody"]).unwrap();
        let merged = today.merged().unwrap();
        let expected = 2_000 - went.len() + new.len() - 1;
        assert_eq!((today.len(), merged.len()), (expected, expected));
        assert!(went.iter().chain([&came]).all(|id| today.find(id).is_none() && merged.find(id).is_none()));
        let linker = |registry| Linker::with_model(registry, Policy::guideline(), model.clone()).unwrap();
        let (over, whole) = (linker(&today), linker(&merged));
        let mut decided = 0;
        for record in population.records().chain(others.records()) {
            let record = record.record();
            let answered = answer(&today, &over, &record);
            assert_eq!(answered, answer(&merged, &whole, &record), "seed {seed}, {}", record.id);
            decided += usize::from(answered.contains("Evidence"));
        }
        assert!(decided > 300, "{decided}");
    }
}

#[test]
fn a_saved_overlay_is_the_merged_registry() {
    let row = |id, kanji_name| Record { id, kanji_name, birth_date: "1985-01-01", ..Record::default() };
    let base = Registry::builder().persons([row("p1", "山田 太郎"), row("p2", "鈴木 一郎")]).unwrap();
    let changed = Registry::builder().persons([row("p1", "田中 太郎")]).unwrap();
    let today = base.build().unwrap().with_changes(changed, ["p2"]).unwrap();
    let file = std::env::temp_dir().join(format!("himozuke-overlay-{}.hmz", std::process::id()));
    today.save(&file).unwrap();
    let opened = Registry::open_checked(&file).unwrap();
    std::fs::remove_file(&file).unwrap();
    assert_eq!((opened.len(), opened.find("p2")), (1, None));
    assert!(opened.find("p1").is_some());
}
