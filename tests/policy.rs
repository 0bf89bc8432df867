//! A policy as a file: the example says all that there is to say, and records are read as the policy tells.

#![expect(clippy::unwrap_used, reason = "a test: a panic is how it fails")]

use himozuke::normalize::birth_date::EraCodes;
use himozuke::{Linker, Policy, ReadOptions, Record, Registry, RegistryBuilder};
use toml::Table;

const EXAMPLE: &str = include_str!("../data/policy/example.toml");

/// The settings of a policy, those of a table with the table's name before them.
fn settings() -> Vec<String> {
    let serde_json::Value::Object(policy) = serde_json::to_value(Policy::guideline()).unwrap() else {
        return Vec::new();
    };
    let of = |(name, value): (String, serde_json::Value)| match value {
        serde_json::Value::Object(table) => table.keys().map(|own| format!("{name}.{own}")).collect(),
        _ => vec![name],
    };
    policy.into_iter().flat_map(of).collect()
}

#[test]
fn the_example_is_the_guideline_and_leaves_nothing_out() {
    assert_eq!(toml::from_str::<Policy>(EXAMPLE).unwrap(), Policy::guideline());
    let table: Table = EXAMPLE.parse().unwrap();
    assert_eq!(settings().len(), 14, "another setting: is a change of it tested below?");
    for setting in settings() {
        let mut value = table.get(setting.split('.').next().unwrap());
        for part in setting.split('.').skip(1) {
            value = value.and_then(|value| value.get(part));
        }
        assert!(value.is_some(), "{setting} is not in the example");
        let name = setting.rsplit('.').next().unwrap();
        let lines: Vec<&str> = EXAMPLE.lines().collect();
        let at = lines.iter().position(|line| line.starts_with(&format!("{name} ="))).unwrap();
        assert!(lines.get(at - 1).is_some_and(|line| line.starts_with("# ")), "{setting} is not explained");
    }
}

#[test]
fn each_setting_of_the_example_can_be_changed_and_comments_do_no_harm() {
    for (from, to) in [
        ("profile = \"four\"", "profile = \"five\" # kana too"),
        ("0.95", "0.6"),
        ("0.995", "1.0"),
        ("124_885_175.0", "1e7"),
        ("0.001", "0"),
        ("min_margin_bits = 10.0", "min_margin_bits = 12"),
        ("budget_per_million = 10.0", "budget_per_million = 0.5"),
        ("accepted_grade = \"register\"", "accepted_grade = \"official\""),
        ("namesake = \"review\"", "namesake = \"resolve_by_address\""),
        ("claims = \"one_to_one\"", "claims = \"many_to_one\""),
        ("era_codes = \"none\"", "era_codes = \"pension\""),
        ("wrong = 10_000.0", "wrong = 100_000"),
        ("none = 10_000.0", "none = 5_000"),
        ("miss = 20.0", "miss = 50"),
    ] {
        assert!(EXAMPLE.contains(from), "{from}");
        let policy: Policy = toml::from_str(&EXAMPLE.replace(from, to)).unwrap();
        assert_ne!(policy, Policy::guideline(), "{to}");
        assert_eq!(policy.validate(), Ok(()), "{to}");
    }
}

/// R14: the family is the policy's, for registry and records, unless the caller reads otherwise.
#[test]
fn records_are_read_by_the_era_codes_of_the_policy() {
    let coded = Record { id: "r", kanji_name: "山田 太郎", birth_date: "5600101", ..Record::default() };
    let registry = Registry::builder().build().unwrap();
    let read = |policy: &Policy| Linker::new(&registry, policy.clone()).unwrap().decide(&coded).is_ok();
    assert!(!read(&Policy::guideline()));
    let pension = Policy { era_codes: EraCodes::Pension, ..Policy::guideline() };
    assert!(read(&pension));
    let batch = Linker::new(&registry, pension.clone()).unwrap();
    let report = batch.link_all([coded], |_| Ok::<(), std::convert::Infallible>(())).unwrap();
    assert_eq!((report.no_match, report.rejected), (1, 0));
    let overridden = Linker::new(&registry, pension.clone()).unwrap().reading(ReadOptions::default());
    assert!(overridden.decide(&coded).is_err());

    let same_day = Record { birth_date: "1985-01-01", ..coded };
    let registry = RegistryBuilder::new(pension.read_options()).persons([coded]).unwrap().build().unwrap();
    let decision = Linker::new(&registry, pension).unwrap().decide(&same_day).unwrap();
    assert!(!decision.reasons().to_string().contains("birth_date"), "{}", decision.reasons());
}
