//! Runs every command of both READMEs, so that they stay true.

use std::{path::Path, process::Command};

/// The lines of the `sh` blocks of a page.
fn commands(page: &str) -> Vec<String> {
    let blocks = page.split("```sh\n").skip(1);
    let lines = blocks.flat_map(|block| block.split("```").next().unwrap_or_default().lines());
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
