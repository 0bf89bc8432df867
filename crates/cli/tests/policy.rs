//! Policies as files, for the command as a process: what they set, and what is said of a wrong one.
#![expect(clippy::unwrap_used, reason = "helpers of tests: a panic is the test failing")]

mod common;

use std::{fs, path::Path};

use common::{Linked, Ran, link};

const REGISTRY: &str = "\
id,kanji_name,kana_name,birth_date,sex,address
p1,髙橋　一郎,タカハシ　イチロウ,1985-01-01,1,東京都千代田区霞が関二丁目１番６号
";

/// Links under a policy of this text, in `policy.toml`.
fn under(directory: &Path, policy: impl AsRef<[u8]>, more: &[&str]) -> Ran {
    fs::write(directory.join("policy.toml"), policy).unwrap();
    link(directory, "out", &[&["--policy", "policy.toml", "--force"], more].concat())
}

#[test]
fn the_example_decides_as_the_guideline_does() {
    let linked = Linked::new(REGISTRY, REGISTRY, &[]);
    let summary = linked.file("summary.json");
    let example =
        fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("../../data/policy/example.toml")).unwrap();
    let ran = under(linked.directory.path(), example, &[]);
    assert_eq!((ran.status, ran.err.as_str()), (0, ""));
    assert_eq!(ran.out.lines().next(), Some("1 read = 1 links + 0 review + 0 no_match + 0 rejected"));
    assert_eq!(linked.file("summary.json"), summary);
}

#[test]
fn a_wrong_policy_is_refused_with_line_setting_and_mend() {
    let linked = Linked::new(REGISTRY, REGISTRY, &[]);
    for (policy, place, mend) in [
        ("# ours\nmargin = 3\n", "policy.toml, line 2: margin: unknown field `margin`", "`min_margin_bits`"),
        ("[losses]\nright = 3\n", "policy.toml, line 2: right: unknown field `right`", "`wrong`"),
        ("coverage = 1.5 # too sure\n", "policy.toml, line 1: coverage: ", "must be above 0 and below 1"),
        ("\n\n[losses]\nmiss = 1\n", "policy.toml, line 4: losses.miss: ", "must be from 2 to 1e12 reviews"),
        ("[losses]\nwrong = 9\n", "policy.toml, line 2: losses.wrong: ", "at least losses.none"),
        ("accepted_grade = \"confusable\"", "policy.toml, line 1: accepted_grade: ", "official or register"),
        ("coverage = \"high\"\n", "policy.toml, line 1: coverage: invalid type: string", "expected a number"),
        ("claims = 2\n", "policy.toml, line 1: claims: ", "expected a word in quotes"),
        (
            "losses = 3\n",
            "policy.toml, line 1: losses: invalid type: integer",
            "expected a table with wrong, none and miss",
        ),
        ("namesake = \"link\"\n", "policy.toml, line 1: namesake: unknown variant `link`", "`review`"),
        ("era_codes = \"jis\"\n", "policy.toml, line 1: era_codes: unknown variant `jis`", "`pension`"),
        (
            "profile = \"kana_birthdate\"",
            "policy.toml, line 1: profile: kana_birthdate never links",
            "use four",
        ),
        ("profile \"four\"\n", "policy.toml, line 1: ", "="),
    ] {
        let ran = under(linked.directory.path(), policy, &[]);
        assert_eq!((ran.status, ran.out.as_str()), (2, ""), "{policy}");
        assert!(ran.err.starts_with(&format!("error: {place}")), "{}", ran.err);
        assert!(ran.err.contains(mend), "{mend}: {}", ran.err);
    }
    let ran = link(linked.directory.path(), "other", &["--policy", "no.toml"]);
    assert!(ran.status == 2 && ran.err.starts_with("error: cannot read no.toml"), "{}", ran.err);
    let ran = under(linked.directory.path(), b"profile = \"\x8e\x6c\"", &[]);
    assert!(ran.status == 2 && ran.err.starts_with("error: cannot read policy.toml"), "{}", ran.err);
}

/// R14: the policy tells what a digit for an era means, to both inputs, and the command line goes before it.
#[test]
fn the_era_codes_of_a_policy_hold_unless_told_otherwise() {
    let registry = REGISTRY.replace("1985-01-01", "5600101");
    let linked = Linked::new(&registry, &registry, &[]);
    assert_eq!(linked.told(), "1 read = 0 links + 0 review + 0 no_match + 1 rejected");
    let pension = "era_codes = \"pension\" # 5 is 昭和\n";
    let told = |more: &[&str]| {
        let ran = under(linked.directory.path(), pension, more);
        (ran.out.lines().next().unwrap().to_owned(), linked.file("summary.json"))
    };
    let (told_by_policy, summary) = told(&[]);
    assert_eq!(told_by_policy, "1 read = 1 links + 0 review + 0 no_match + 0 rejected");
    assert_eq!(summary.matches("\"pension\"").count(), 3, "in the policy, of the registry, of the records");

    let (overridden, summary) = told(&["--era-codes", "none"]);
    assert_eq!(overridden, "1 read = 0 links + 0 review + 0 no_match + 1 rejected");
    assert!(summary.contains("\"registry\": \"none\"") && summary.contains("\"records\": \"none\""));
    let (one_alone, summary) = told(&["--era-codes", "records:none"]);
    assert_eq!(one_alone, overridden);
    assert!(summary.contains("\"registry\": \"pension\""), "{summary}");
    assert_eq!(linked.rows("registry_problems.csv").len(), 0);
}
