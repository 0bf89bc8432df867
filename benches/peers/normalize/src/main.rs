//! Himozuke's normalization against what people use today, on the same synthetic records, in one run and one thread.
//!
//! Rounds are interleaved (every contestant once, then every contestant again), the median of the rounds is printed, and
//! the clock counts the thread's CPU time, so that a shared machine disturbs all alike and little.

mod chain;

use std::hint::black_box;
use std::time::Duration;

use chain::{Chain, Nfkc};
use cpu_time::ThreadTime;
use himozuke::normalize::address::Address;
use himozuke::normalize::birth_date::BirthDate;
use himozuke::normalize::sex::Sex;
use himozuke::normalize::{Grade, kana, kanji, name, text};
use himozuke::synth::{ErrorRates, Population, SubjectRates, SynthConfig, SynthRecord};
use himozuke::{Person, ReadOptions, Record};
use icu_normalizer::ComposingNormalizerBorrowed;
use kaiji::{Normalizer, NormalizerConfig};
use unicode_normalization::UnicodeNormalization;
use yosina::recipes::{
    HiraKataOptions, ReplaceHyphensOptions, ReplaceSuspiciousHyphensOptions, ToFullWidthOptions,
    ToHalfwidthOptions,
};
use yosina::transliterators::HyphensTransliterationVariant;
use yosina::{TransliterationRecipe, make_transliterator};

type Tests<'a> = Vec<Test<'a>>;

/// One contestant at one task.
struct Test<'a> {
    task: &'static str,
    attribute: &'static str,
    who: &'static str,
    items: usize,
    pass: Box<dyn Fn() + 'a>,
    /// ns per item, one for each round.
    rounds: Vec<f64>,
}

impl Test<'_> {
    fn run(&mut self) {
        let start = ThreadTime::now();
        (self.pass)();
        self.rounds.push(nanos(start.elapsed()) / self.items as f64);
    }

    fn median(&self) -> f64 {
        let mut rounds = self.rounds.clone();
        rounds.sort_by(f64::total_cmp);
        rounds[rounds.len() / 2]
    }
}

fn nanos(time: Duration) -> f64 {
    time.as_secs_f64() * 1e9
}

/// The columns of a file.
struct File<'a> {
    kanji: Vec<&'a str>,
    kana: Vec<&'a str>,
    date: Vec<&'a str>,
    sex: Vec<&'a str>,
    address: Vec<&'a str>,
    records: Vec<Record<'a>>,
}

/// The five attributes of every record, one after the other as in the file they come from: a reader has a cell at hand,
/// and cells scattered over memory would measure the memory.
struct Cells {
    text: String,
    lengths: Vec<[usize; 5]>,
}

impl Cells {
    fn new(synthetic: impl Iterator<Item = SynthRecord>) -> Self {
        let mut cells = Self { text: String::new(), lengths: Vec::new() };
        for synthetic in synthetic {
            let r = synthetic.record();
            let five = [r.kanji_name, r.kana_name, r.birth_date, r.sex, r.address];
            cells.lengths.push(five.map(str::len));
            cells.text.extend(five);
        }
        cells
    }

    fn records(&self) -> impl Iterator<Item = Record<'_>> {
        let mut rest = &*self.text;
        let mut next = move |length| {
            let (cell, after) = rest.split_at(length);
            rest = after;
            cell
        };
        self.lengths.iter().map(move |lengths| {
            let [kanji_name, kana_name, birth_date, sex, address] = lengths.map(&mut next);
            Record { kanji_name, kana_name, birth_date, sex, address, ..Record::default() }
        })
    }
}

impl<'a> File<'a> {
    fn new(cells: &'a Cells) -> Self {
        let records: Vec<Record<'a>> = cells.records().collect();
        let column = |get: fn(&Record<'a>) -> &'a str| records.iter().map(get).collect();
        Self {
            kanji: column(|r| r.kanji_name),
            kana: column(|r| r.kana_name),
            date: column(|r| r.birth_date),
            sex: column(|r| r.sex),
            address: column(|r| r.address),
            records,
        }
    }

    fn describe(&self) {
        println!("{:<12} {:>10} {:>10} {:>14}", "attribute", "bytes/cell", "blank %", "already clean %");
        for (name, cells) in [
            ("kanji name", &self.kanji),
            ("kana name", &self.kana),
            ("birth date", &self.date),
            ("sex", &self.sex),
            ("address", &self.address),
        ] {
            let share = |fits: fn(&str) -> bool| {
                100.0 * cells.iter().filter(|cell| fits(cell)).count() as f64 / cells.len() as f64
            };
            let bytes = cells.iter().map(|cell| cell.len()).sum::<usize>() as f64 / cells.len() as f64;
            let clean = share(|cell| text::clean(cell).folds.is_empty());
            println!("{name:<12} {bytes:>10.1} {:>10.1} {clean:>14.1}", share(str::is_empty));
        }
    }
}

/// Adds a contestant that maps one cell to a value, dropped at once.
fn add<'a, I: Copy + 'a, T>(
    tests: &mut Tests<'a>,
    (task, attribute, who): (&'static str, &'static str, &'static str),
    items: &'a [I],
    read: impl Fn(I) -> T + 'a,
) {
    let pass = Box::new(move || items.iter().for_each(|item| drop(black_box(read(black_box(*item))))));
    tests.push(Test { task, attribute, who, items: items.len(), pass, rounds: Vec::new() });
}

const TEXT: &str = "1 text: width, spaces, script";
const FOLD: &str = "2 fold: text to compare";
const READ: &str = "3 read: structured attribute";
const OURS: &str = "himozuke";
const NFKC: &str = "NFKC + passes";
const ONCE: &str = "NFKC, one pass";
const ICU: &str = "icu_normalizer + passes";

fn himozuke<'a>(tests: &mut Tests<'a>, file: &'a File<'a>, options: &'a ReadOptions) {
    add(tests, (TEXT, "kanji", OURS), &file.kanji, text::clean);
    add(tests, (TEXT, "kana", OURS), &file.kana, kana::canonical);
    add(tests, (TEXT, "address", OURS), &file.address, text::clean);
    add(tests, (FOLD, "kanji", OURS), &file.kanji, |cell| {
        text::clean(cell).text.chars().filter(|c| *c != ' ').map(kanji::fold).collect::<String>()
    });
    add(tests, (FOLD, "kana", OURS), &file.kana, |cell| {
        kana::folded(kana::canonical(cell).text.chars(), Grade::Official).collect::<String>()
    });
    // There is no text of an address to compare: it is read into its parts, under the third task, or not at all.
    add(tests, (READ, "both names", OURS), &file.records, |r| name::parse(r.kanji_name, r.kana_name));
    add(tests, (READ, "date", OURS), &file.date, |cell| BirthDate::parse(cell, &options.dates));
    add(tests, (READ, "sex", OURS), &file.sex, Sex::parse);
    add(tests, (READ, "address", OURS), &file.address, Address::parse);
    add(tests, (READ, "record", OURS), &file.records, |r| Person::read(&r, options));
}

fn chains<'a>(tests: &mut Tests<'a>, file: &'a File<'a>, chain: &'a Chain) {
    for (who, by) in [(NFKC, Nfkc::Crate), (ICU, Nfkc::Icu)] {
        add(tests, (TEXT, "kanji", who), &file.kanji, move |cell| chain.text(cell, by));
        add(tests, (TEXT, "kana", who), &file.kana, move |cell| chain.kana_text(cell, by));
        add(tests, (TEXT, "address", who), &file.address, move |cell| chain.text(cell, by));
        add(tests, (FOLD, "kanji", who), &file.kanji, move |cell| chain.kanji(cell, by));
        add(tests, (FOLD, "kana", who), &file.kana, move |cell| chain.kana(cell, by));
        add(tests, (FOLD, "address", who), &file.address, move |cell| chain.address(cell, by));
        let names = move |r: Record<'a>| (chain.kanji(r.kanji_name, by), chain.kana(r.kana_name, by));
        add(tests, (READ, "both names", who), &file.records, names);
        add(tests, (READ, "date", who), &file.date, move |cell| chain.date(cell, by));
        add(tests, (READ, "sex", who), &file.sex, move |cell| chain.sex(cell, by));
        add(tests, (READ, "address", who), &file.address, move |cell| chain.address(cell, by));
        add(tests, (READ, "record", who), &file.records, move |r| {
            let date_and_sex = (chain.date(r.birth_date, by), chain.sex(r.sex, by));
            (names(r), date_and_sex, chain.address(r.address, by))
        });
    }
    add(tests, (FOLD, "kanji", ONCE), &file.kanji, |cell| chain.kanji_once(cell));
    add(tests, (FOLD, "kana", ONCE), &file.kana, |cell| chain.kana_once(cell));
    add(tests, (FOLD, "address", ONCE), &file.address, |cell| chain.address_once(cell));

    // The bare normal form, which borrows where it can: the least that anybody can do.
    for (attribute, cells) in [("kanji", &file.kanji), ("kana", &file.kana), ("address", &file.address)] {
        let icu = ComposingNormalizerBorrowed::new_nfkc();
        add(tests, (TEXT, attribute, "NFKC alone"), cells, |cell| cell.nfkc().collect::<String>());
        add(tests, (TEXT, attribute, "icu_normalizer alone"), cells, move |cell| icu.normalize(cell));
    }
}

fn kaiji<'a>(tests: &mut Tests<'a>, file: &'a File<'a>) {
    let kanji = Normalizer::builder().build();
    let kana = Normalizer::builder().kana_to_katakana(true).build();
    let mut config = NormalizerConfig::default();
    (config.width_normalization, config.address_normalization) = (true, true);
    let address = Normalizer::with_config(config);
    add(tests, (FOLD, "kanji", "kaiji"), &file.kanji, move |cell| {
        kanji.normalize(cell).map(|text| text.into_owned())
    });
    add(tests, (FOLD, "kana", "kaiji"), &file.kana, move |cell| {
        kana.normalize(cell).map(|text| text.into_owned())
    });
    add(tests, (FOLD, "address", "kaiji"), &file.address, move |cell| {
        address.normalize(cell).map(|text| text.into_owned())
    });
}

fn yosina<'a>(tests: &mut Tests<'a>, file: &'a File<'a>) {
    let kanji = TransliterationRecipe {
        kanji_old_new: true,
        replace_spaces: true,
        to_halfwidth: ToHalfwidthOptions::Yes { hankaku_kana: false },
        ..TransliterationRecipe::default()
    };
    let kana = TransliterationRecipe {
        hira_kata: HiraKataOptions::HiraToKata,
        replace_spaces: true,
        replace_suspicious_hyphens_to_prolonged_sound_marks: ReplaceSuspiciousHyphensOptions::Conservative,
        replace_small_hirakatas: true,
        combine_decomposed_hiraganas_and_katakanas: true,
        to_fullwidth: ToFullWidthOptions::Yes { u005c_as_yen_sign: false },
        ..TransliterationRecipe::default()
    };
    let hyphens = ReplaceHyphensOptions::Yes { precedence: vec![HyphensTransliterationVariant::Ascii] };
    let address = TransliterationRecipe { replace_hyphens: hyphens, ..kanji.clone() };
    for (attribute, cells, recipe) in
        [("kanji", &file.kanji, kanji), ("kana", &file.kana, kana), ("address", &file.address, address)]
    {
        let transliterate = make_transliterator(&recipe).expect("a recipe of the library's own options");
        add(tests, (FOLD, attribute, "yosina"), cells, move |cell| transliterate(cell));
    }
}

fn print(tests: &Tests<'_>) {
    let of = |task, attribute, who| {
        let test = tests.iter().find(|test| (test.task, test.attribute, test.who) == (task, attribute, who));
        test.map(Test::median)
    };
    for (task, attributes, contestants) in [
        (
            TEXT,
            &["kanji", "kana", "address"][..],
            &[OURS, NFKC, "NFKC alone", ICU, "icu_normalizer alone"][..],
        ),
        (FOLD, &["kanji", "kana", "address"], &[OURS, NFKC, ONCE, ICU, "kaiji", "yosina"]),
        (READ, &["both names", "date", "sex", "address", "record"], &[OURS, NFKC, ICU]),
    ] {
        println!("\n{task}: ns per cell (record: per record), and throughput as a multiple of {NFKC}");
        print!("{:<24}", "");
        attributes.iter().for_each(|attribute| print!("{attribute:>17}"));
        println!("{:>17}", "sum");
        let times = |who| {
            let cells = attributes.iter().map(|attribute| of(task, attribute, who)).collect::<Vec<_>>();
            let parts = attributes.iter().zip(&cells).filter(|(attribute, _)| **attribute != "record");
            let sum = parts.map(|(_, time)| *time).sum::<Option<f64>>();
            cells.into_iter().chain([sum])
        };
        for who in contestants {
            print!("{who:<24}");
            for (time, chain) in times(who).zip(times(NFKC)) {
                match (time, chain) {
                    (Some(time), Some(chain)) => print!("{time:>9.0} {:>6.2}x", chain / time),
                    (Some(time), None) => print!("{time:>9.0} {:>7}", "-"),
                    (None, _) => print!("{:>17}", "-"),
                }
            }
            println!();
        }
    }
}

fn variants() -> [(&'static str, SubjectRates, ErrorRates); 3] {
    let dirty = ErrorRates {
        half_width_kana: 30_000,
        hiragana: 20_000,
        bank_kana: 30_000,
        large_kana: 20_000,
        space_removed: 30_000,
        space_changed: 40_000,
        kanji_form: 80_000,
        date_era: 50_000,
        date_wide: 40_000,
        sex_notation: 80_000,
        address_labelled: 30_000,
        address_kanji: 20_000,
        address_bare: 45_000,
        address_wide: 70_000,
        prefecture_omitted: 50_000,
        room_joined: 30_000,
        ..ErrorRates::default()
    };
    [
        ("mix (the default of himozuke::synth)", SubjectRates::default(), ErrorRates::default()),
        ("clean (the register's own notation)", SubjectRates::RESIDENTS, ErrorRates::NONE),
        ("dirty (notation changed in most cells)", SubjectRates::default(), dirty),
    ]
}

fn main() {
    let mut arguments = std::env::args().skip(1);
    let mut number = |default: u32| {
        arguments
            .next()
            .map_or(default, |number| number.parse().expect("records and rounds are whole numbers"))
    };
    let (records, rounds) = (number(50_000), number(9));
    let only = arguments.next().unwrap_or_default(); // for a profiler: "himozuke record"
    let options = ReadOptions::default();
    let chain = Chain::new();
    let start = ThreadTime::now();
    let first =
        Record { kanji_name: "髙橋", address: "東京都千代田区霞が関2-1-6", ..Record::default() };
    drop(black_box(Person::read(&first, &options)));
    println!("first record, tables loaded: {:.1} ms", nanos(start.elapsed()) / 1e6);
    for (name, subjects, errors) in variants() {
        let config = SynthConfig {
            residents: records.saturating_mul(4),
            records,
            subjects,
            errors,
            ..SynthConfig::default()
        };
        let cells = Cells::new(Population::new(&config).records());
        let file = File::new(&cells);
        println!(
            "\n== {name}: {records} records, median of {rounds} interleaved rounds, CPU time of one thread"
        );
        file.describe();
        let mut tests = Tests::new();
        himozuke(&mut tests, &file, &options);
        chains(&mut tests, &file, &chain);
        kaiji(&mut tests, &file);
        yosina(&mut tests, &file);
        tests.retain(|test| format!("{} {}", test.who, test.attribute).contains(&only));
        for _ in 0..=rounds {
            tests.iter_mut().for_each(Test::run);
        }
        for test in &mut tests {
            test.rounds.remove(0); // it warmed caches and tables
        }
        print(&tests);
    }
}
