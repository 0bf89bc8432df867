//! The page that teaches an official to read a decision: what it shows is what the command says, and its sums are right.

#![expect(clippy::unwrap_used, reason = "a test: a panic is how it fails")]

use std::path::Path;
use std::process::Command;

use himozuke::Policy;
use himozuke::model::{Level, Parameters, U};

const PAGES: [&str; 2] = ["docs/reading-a-decision.md", "docs/reading-a-decision.ja.md"];

fn page(name: &str) -> String {
    std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").join(name)).unwrap()
}

/// The text of the first block of a kind.
fn block<'p>(page: &'p str, kind: &str) -> &'p str {
    page.split_once(&format!("```{kind}\n")).unwrap().1.split_once("\n```").unwrap().0
}

/// The command of a page, run.
fn explained(page: &str) -> String {
    let arguments = block(page, "sh").strip_prefix("cargo run --release -- ").unwrap();
    let output = Command::new(env!("CARGO_BIN_EXE_himozuke"))
        .current_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("../.."))
        .args(arguments.split(' '))
        .output()
        .unwrap();
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn the_pages_show_what_the_command_says() {
    for name in PAGES {
        let page = page(name);
        assert_eq!(block(&page, "text").trim_end(), explained(&page).trim_end(), "{name}");
    }
}

/// The weights of the waterfall, from top to bottom.
fn waterfall(shown: &str) -> Vec<f64> {
    let figure = |line: &str| line.split_whitespace().find_map(|word| word.parse::<f64>().ok());
    let lines = shown.lines().skip_while(|line| !line.starts_with("1. ")).skip(1);
    lines.filter_map(figure).collect()
}

/// How many the sample's registry holds.
fn residents() -> f64 {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../data/sample/registry.csv");
    let text = std::fs::read(path).unwrap();
    (text.split(|byte| *byte == b'\n').filter(|line| !line.is_empty()).count() - 1) as f64
}

#[test]
fn the_sums_of_the_pages_are_right() {
    let Parameters { given_name, birth_date, sex, address: dwelling, household_size, .. } =
        Parameters::default();
    let Policy { coverage, blocking_recall, population, .. } = Policy::guideline();
    let fixed = |Level { m, u, .. }: Level| {
        let U::Fixed(u) = u else { panic!("a fixed u") };
        (m, u)
    };
    for name in PAGES {
        let page = page(name);
        let [prior, family, given, born, same_sex, address, household, total] =
            waterfall(block(&page, "text")).try_into().unwrap();
        let states = |text: String| assert!(page.contains(&text), "{name}: {text}");
        let residents = residents();
        let found = coverage * blocking_recall;
        let none = (1.0 - found).log2();
        assert!(((found / residents).log2() - prior).abs() < 6e-4);
        states(format!("log2({coverage} · {blocking_recall} / {residents}) = {prior:.3}"));
        states(format!("log2(1 - {coverage} · {blocking_recall}) = {none:.3}"));
        for (level, weight) in [(birth_date[0], born), (sex[0], same_sex)] {
            let (m, u) = fixed(level);
            assert!(((m / u).log2() - weight).abs() < 6e-4);
            states(format!("log2({m} / {u}) = {weight:.3}"));
        }
        // As a reader does: with the figures as they are printed.
        let printed = |figure: f64| (figure * 1000.0).round() / 1000.0;
        let alone = [given_name[0], birth_date[0], sex[0]];
        let within = alone.map(|level| printed((level.m / level.household).log2()));
        for (level, weight) in alone.iter().zip(within) {
            states(format!("log2({} / {}) = {weight:.3}", level.m, level.household));
        }
        let within: f64 = within.iter().sum();
        let strangers = family + given + born + same_sex + address;
        states(format!("{within:.3}"));
        states(format!(
            "{family:.3} + {given:.3} + {born:.3} + {same_sex:.3} + {address:.3} = {strangers:.3}"
        ));
        let share = (household_size - 1.0) / residents;
        let evidence = -((1.0 - share) * (-strangers).exp2() + share * (-within).exp2()).log2();
        states(format!(
            "-log2(2^-{strangers:.3} + {:.2} / {residents} · 2^-{within:.3}) = {evidence:.3}",
            household_size - 1.0
        ));
        assert!((evidence - strangers - household).abs() < 2e-3, "{} {household}", evidence - strangers);
        states(format!("{prior:.3} + {evidence:.3} = {total:.3}"));
        assert!((prior + evidence - total).abs() < 2e-3);
        let nobody = none.exp2() / (total.exp2() + none.exp2());
        states(format!("2^{none:.3} / (2^{total:.3} + 2^{none:.3}) = {nobody:.2e}"));
        assert!(block(&page, "text").contains(&format!("{nobody:.2e}")));
        assert!(block(&page, "text").contains(&format!("{:.7}", 1.0 - nobody)));
        let even = ((2.0 - blocking_recall) / blocking_recall * residents).log2();
        states(format!("log2((2 - {blocking_recall}) / {blocking_recall} · {residents}) = {even:.3}"));
        let (outside, dwelling, namesakes) = (population - residents, dwelling[0].m, 8.35e-4);
        let nobody = (even - evidence).exp2();
        let alike = (namesakes + 1e-4) * 10_000.0 / outside / dwelling;
        states(format!("2^({even:.3} - {evidence:.3}) = {:.3}e-6", nobody * 1e6));
        let namesakes = format!("({:.2}e-4 + 1e-4)", namesakes * 1e4);
        states(format!("{namesakes} · 10000 / {outside} / {dwelling} = {:.2}e-7", alike * 1e7));
        let confidence = -(nobody + alike).log2();
        states(format!("-log2({:.3}e-6 + {:.2}e-7) = {confidence:.3}", nobody * 1e6, alike * 1e7));
        let shown = block(&page, "text").lines().find_map(|line| {
            let title = ["confidence ", "確信度 "].iter().find_map(|title| line.strip_prefix(title))?;
            title.split_whitespace().next()?.parse::<f64>().ok()
        });
        assert!((shown.unwrap() - confidence).abs() < 2e-3, "{shown:?} {confidence}");
    }
}
