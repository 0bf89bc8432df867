//! docs/embedding.md stays true: its code is that of files that run, and its answers are given.

use std::path::Path;

use himozuke::{Policy, Record};
use himozuke_service::share;
use serde_json::Value;

use crate::contract::residents;
use crate::talk::{Client, Server, call, decide};

#[path = "../../examples/batch.rs"]
mod batch;

const PAGE: &str = include_str!("../../../../docs/embedding.md");

/// The blocks of a language, each with the text between it and the block before.
fn blocks(language: &str) -> Vec<(&'static str, &'static str)> {
    let parts: Vec<&str> = PAGE.split("```").collect();
    let blocks = parts.chunks_exact(2).filter_map(|pair| {
        let (opening, block) = pair[1].split_once('\n')?;
        (opening == language).then_some((pair[0], block))
    });
    blocks.collect()
}

#[test]
fn code_of_the_page_stands_in_a_file() {
    let blocks = blocks("rust");
    assert!(blocks.len() >= 3, "the page shows code");
    for (before, block) in blocks {
        let (_, link) = before.rsplit_once("](..").unwrap();
        let (path, _) = link.split_once(')').unwrap();
        let file = format!("{}/../..{path}", env!("CARGO_MANIFEST_DIR"));
        let code = std::fs::read_to_string(Path::new(&file)).unwrap();
        assert!(code.contains(block), "{path} has no longer\n{block}");
    }
}

#[test]
fn answers_of_the_page_are_given() {
    let blocks = blocks("json");
    let linker = share(residents(), Policy::guideline()).unwrap();
    let server = Server::start(linker);
    let pairs = blocks.chunks_exact(2);
    assert!(pairs.len() >= 2 && pairs.remainder().is_empty(), "requests and answers");
    for pair in pairs {
        let [(_, request), (_, told)] = pair else { unreachable!("two") };
        let answer = call(async {
            Client::to(server.address).await.unwrap().ask(&decide(request.as_bytes())).await.unwrap()
        });
        let answered: Value = serde_json::from_slice(&answer.body).unwrap();
        let Value::Object(told) = serde_json::from_str(told).unwrap() else { panic!("an object") };
        for (field, told) in told {
            assert_eq!(answered[&field], told, "{field}: {answered:#}");
        }
    }
}

#[test]
fn the_batch_example_answers_every_record_once() {
    let registry = residents();
    let known =
        Record { id: "r1", kanji_name: "伊能 忠敬", birth_date: "1985-01-01", ..Record::default() };
    let records = [known, Record { id: "r2", birth_date: "平成31年5月1日", ..known }];
    let mut out = Vec::new();
    let report = batch::link(&registry, records, &mut out).unwrap();
    let lines = String::from_utf8(out).unwrap();
    let kinds: Vec<_> = lines.lines().map(|line| line.split(',').take(2).collect::<Vec<_>>()).collect();
    assert_eq!(kinds, [["r1", "no_match"], ["r2", "rejected"]]);
    assert_eq!((report.read, report.no_match, report.rejected), (2, 1, 1));
    batch::main().unwrap();
}
