//! Runs every command of both READMEs and of the pages for operators, so that they stay true.

use std::{path::Path, process::Command};

/// The blocks of a page in a language.
fn blocks<'p>(page: &'p str, language: &str) -> Vec<&'p str> {
    let opening = format!("```{language}\n");
    let blocks = page.split(opening.as_str()).skip(1);
    blocks.map(|block| block.split("```").next().unwrap_or_default()).collect()
}

/// The lines of the `sh` blocks of a page.
fn commands(page: &str) -> Vec<String> {
    let lines = blocks(page, "sh").into_iter().flat_map(str::lines);
    lines.filter(|line| !line.trim().is_empty()).map(str::to_owned).collect()
}

/// Words of a command line, with '…' around those that hold spaces.
fn words(line: &str) -> Vec<String> {
    let parts = line.split('\'').enumerate();
    let words = parts.flat_map(|(at, part)| {
        if at % 2 == 1 { vec![part.to_owned()] } else { part.split_whitespace().map(str::to_owned).collect() }
    });
    words.collect()
}

#[test]
fn every_command_of_the_readmes_runs() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let scratch = tempfile::tempdir().unwrap();
    let mut ran = 0;
    for page in ["README.md", "README.ja.md"] {
        // A page is a tour: what one command writes, a later one reads.
        let target = format!("{}/{page}-", scratch.path().display());
        for line in commands(&std::fs::read_to_string(root.join(page)).unwrap()) {
            if line == "cargo test" {
                continue; // this is that
            }
            let line = line.replace(" target/", &format!(" {target}"));
            let words = words(&line);
            let arguments =
                words.strip_prefix(&["cargo", "run", "--release", "--"].map(str::to_owned)).unwrap();
            let output = Command::new(env!("CARGO_BIN_EXE_himozuke"))
                .current_dir(&root)
                .args(arguments)
                .output()
                .unwrap();
            assert!(output.status.success(), "{page}: {line}: {}", String::from_utf8_lossy(&output.stderr));
            assert!(!output.stdout.is_empty(), "{page}: {line} says nothing");
            ran += 1;
        }
    }
    assert!(ran >= 14, "both pages have their tour: {ran}");
}

#[test]
fn the_tour_of_operators_runs_with_the_settings_of_its_page() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    for page in ["docs/operators.md", "docs/operators.ja.md"] {
        let tour = tempfile::tempdir().unwrap();
        let text = std::fs::read_to_string(root.join(page)).unwrap();
        std::fs::create_dir(tour.path().join("sample")).unwrap();
        for name in ["registry.csv", "records.csv"] {
            let sample = root.join("data/sample").join(name);
            std::fs::copy(sample, tour.path().join("sample").join(name)).unwrap();
        }
        let [settings] = blocks(&text, "toml")[..] else { panic!("{page}: not one file of settings") };
        std::fs::write(tour.path().join("himozuke.toml"), settings).unwrap();
        let commands = commands(&text);
        assert_eq!(commands.len(), 14, "{page}");
        for line in commands {
            let words = words(&line);
            let (program, arguments) = words.split_first().unwrap();
            assert_eq!(program, "himozuke", "{page}");
            let ran = Command::new(env!("CARGO_BIN_EXE_himozuke"))
                .current_dir(tour.path())
                .args(arguments)
                .output()
                .unwrap();
            assert!(ran.status.success(), "{page}: {line}: {}", String::from_utf8_lossy(&ran.stderr));
            assert!(!ran.stdout.is_empty(), "{page}: {line} says nothing");
        }
    }
}
