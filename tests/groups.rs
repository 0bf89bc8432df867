//! Records of a batch are sought side by side: whoever stands beside a record has no part in its answer.

use himozuke::synth::{Population, Row, SynthConfig};
use himozuke::{Decided, Decision, Linker, Model, Policy, Reason, Record, Registry};

/// Everything that was answered, with weights and posteriors.
fn answers(linker: &Linker<'_>, records: &[Record<'_>], together: usize) -> Vec<String> {
    let answer = |Decided { answer, pairs, .. }| format!("{answer:?} {pairs}");
    records.chunks(together).flat_map(|some| linker.decide_chunk(some)).map(answer).collect()
}

#[test]
fn a_record_is_decided_as_by_itself() {
    for seed in 1..=3 {
        let population =
            Population::new(&SynthConfig { seed, residents: 1_500, records: 300, ..SynthConfig::default() });
        let others = Population::new(&SynthConfig {
            seed: seed + 90,
            residents: 150,
            records: 60,
            ..SynthConfig::default()
        });
        let mut builder = Registry::builder();
        population.try_for_each_resident(|row| builder.push(&[row])).unwrap();
        // More of one name than are ever compared, most of them with a birth date.
        let crowd = Record { kanji_name: "山田 太郎", birth_date: "1985-01-01", ..Record::default() };
        for number in 0..5_100 {
            let (id, birth_date) =
                (format!("c{number}"), if number % 9 == 0 { "" } else { crowd.birth_date });
            builder.push(&[Record { id: &id, birth_date, ..crowd }]).unwrap();
        }
        let base = builder.build().unwrap();
        let model = Model::of(&base);
        let came = others.residents().map(|resident| {
            let mut row = Row::default();
            resident.write(&mut row);
            row
        });
        let came: Vec<Row> = came.collect();
        let changed = Registry::builder().persons(came.iter().map(Row::record)).unwrap();
        let gone: Vec<String> = (0..1_500)
            .step_by(9)
            .map(|row| base.id(himozuke::ResidentIndex::from_number(row)).to_owned())
            .collect();
        let today = base.with_changes(changed, gone.iter().map(String::as_str)).unwrap();
        let linker = Linker::with_model(&today, Policy::guideline(), model).unwrap();

        let written: Vec<_> = population.records().chain(others.records()).collect();
        let mut records: Vec<Record<'_>> = Vec::new();
        for (number, written) in written.iter().enumerate() {
            let record = written.record();
            records.push(record);
            match number % 20 {
                3 => records.push(Record { birth_date: "", ..record }),
                7 => records.push(Record { birth_date: "1970", ..record }),
                11 => records.push(Record { birth_date: "平成31年5月1日", ..record }),
                13 => records.push(Record::default()),
                17 => records.push(Record { birth_date: "", ..crowd }),
                19 => records.push(crowd),
                _ => {}
            }
        }
        let alone = answers(&linker, &records, 1);
        for together in [2, 7, 16, 17, 50, records.len()] {
            assert!(answers(&linker, &records, together) == alone, "seed {seed}: {together} together");
        }
        records.reverse();
        let mut reversed = answers(&linker, &records, records.len());
        reversed.reverse();
        assert!(reversed == alone, "seed {seed}: reversed");
        // What the service asks is the same, but for what it cannot know.
        let decided = linker.decide_chunk(&records);
        let mut refused = 0;
        for (record, decided) in records.iter().zip(decided) {
            let single = linker.decide(record);
            assert_eq!(single.is_err(), decided.answer.is_err());
            let (Ok(single), Ok(decided)) = (single, decided.answer) else { continue };
            refused += u32::from(decided.reasons().contains(Reason::BlockTooLarge));
            if !matches!(decided, Decision::Link(_)) {
                assert_eq!(single, decided, "seed {seed}, {}", record.id);
            }
        }
        assert!(refused > 10, "{refused}");
    }
}
