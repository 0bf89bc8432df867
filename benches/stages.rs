//! One benchmark per stage of the pipeline, on synthetic residents: what a record costs, and where.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a benchmark stops where its data is not what it expects"
)]

use std::hint::black_box;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use himozuke::normalize::{address::Address, birth_date::BirthDate, kana, name, text};
use himozuke::synth::{Population, Row, SynthConfig, SynthRecord};
use himozuke::{Decision, Linker, Person, Policy, ReadOptions, Registry, compare};

const RESIDENTS: u32 = 100_000;
const RECORDS: u32 = 10_000;

fn data() -> (Vec<Row>, Vec<SynthRecord>) {
    let config = SynthConfig { seed: 1, residents: RESIDENTS, records: RECORDS, ..SynthConfig::default() };
    let population = Population::new(&config);
    let rows = population.residents().map(|resident| {
        let mut row = Row::default();
        resident.write(&mut row);
        row
    });
    (rows.collect(), population.records().collect())
}

fn normalize(c: &mut Criterion) {
    let (_, records) = data();
    let options = ReadOptions::default();
    let mut group = c.benchmark_group("normalize");
    group.throughput(Throughput::Elements(records.len() as u64));
    let each = |read: &dyn Fn(himozuke::Record<'_>)| records.iter().for_each(|record| read(record.record()));
    group.bench_function("text", |b| b.iter(|| each(&|r| drop(black_box(text::clean(r.kanji_name))))));
    group.bench_function("kana", |b| b.iter(|| each(&|r| drop(black_box(kana::canonical(r.kana_name))))));
    group.bench_function("name", |b| {
        b.iter(|| each(&|r| drop(black_box(name::parse(r.kanji_name, r.kana_name)))))
    });
    group.bench_function("birth_date", |b| {
        b.iter(|| each(&|r| _ = black_box(BirthDate::parse(r.birth_date, &options.dates))));
    });
    group.bench_function("address", |b| b.iter(|| each(&|r| drop(black_box(Address::parse(r.address))))));
    group.bench_function("record", |b| b.iter(|| each(&|r| drop(black_box(Person::read(&r, &options))))));
    group.finish();
}

fn comparison(c: &mut Criterion) {
    let (_, records) = data();
    let options = ReadOptions::default();
    let people: Vec<Person> =
        records.iter().filter_map(|r| Person::read(&r.record(), &options).ok()).collect();
    let mut group = c.benchmark_group("compare");
    group.throughput(Throughput::Elements(people.len() as u64 - 1));
    group.bench_function("strangers", |b| {
        b.iter(|| people.windows(2).for_each(|pair| _ = black_box(compare::compare(&pair[0], &pair[1]))));
    });
    group.bench_function("same_person", |b| {
        b.iter(|| people.windows(2).for_each(|pair| _ = black_box(compare::compare(&pair[0], &pair[0]))));
    });
    group.finish();
}

fn link(c: &mut Criterion) {
    let (rows, records) = data();
    let build = || Registry::builder().persons(rows.iter().map(Row::record)).unwrap().build().unwrap();
    let mut group = c.benchmark_group("registry");
    group.sample_size(10).throughput(Throughput::Elements(u64::from(RESIDENTS)));
    group.bench_function("build", |b| b.iter(build));
    group.finish();

    let registry = build();
    let linker = Linker::new(&registry, Policy::guideline()).unwrap();
    // The stages of a decision after reading, each for as many pairs as blocking finds: comparing, weighing, deciding and
    // explaining a pair are what the last takes beyond the first.
    let mut group = c.benchmark_group("pairs");
    let options = ReadOptions::default();
    let people: Vec<Person> =
        records.iter().filter_map(|record| Person::read(&record.record(), &options).ok()).collect();
    let found: Vec<_> = people.iter().map(|person| linker.candidates(person)).collect();
    group.throughput(Throughput::Elements(found.iter().map(|found| found.len() as u64).sum()));
    group.bench_function("block", |b| {
        b.iter(|| people.iter().map(|person| linker.candidates(person).len()).sum::<usize>());
    });
    group.bench_function("compare", |b| {
        let each = |(person, found): (&Person, &Vec<_>)| {
            found.iter().for_each(|resident| _ = black_box(linker.compare(person, *resident)));
        };
        b.iter(|| people.iter().zip(&found).for_each(each));
    });
    group.bench_function("block_compare_weigh_decide", |b| {
        b.iter(|| people.iter().for_each(|person| drop(black_box(linker.decide_person(person)))));
    });
    group.finish();

    let mut group = c.benchmark_group("link");
    group.throughput(Throughput::Elements(records.len() as u64));
    group.bench_function("decide", |b| {
        b.iter(|| {
            records.iter().filter(|r| matches!(linker.decide(&r.record()), Ok(Decision::Link(_)))).count()
        });
    });
    group.bench_function("link_all", |b| {
        b.iter(|| linker.link_all(records.iter().map(SynthRecord::record), |_| Ok::<(), ()>(())));
    });
    group.finish();
}

criterion_group!(benches, normalize, comparison, link);
criterion_main!(benches);
