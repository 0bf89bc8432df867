//! The reader alone: rows of a file in memory, cut and read on one thread.
#![expect(clippy::unwrap_used, reason = "a benchmark stops where the reader does not do what it expects")]

use std::fmt::Write;

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use himozuke_cli::input::{Chunk, Encoding, Options, Role, Table};

const ROWS: u64 = 50_000;

/// A registry as `synth` writes it, or with all of its cells in quotes.
fn registry(quoted: bool) -> String {
    let mut text = String::from("id,kanji_name,kana_name,birth_date,sex,address,household_id\n");
    for row in 0..ROWS {
        let cells = [
            &format!("{row:08}"),
            "髙橋 花子",
            "タカハシ ハナコ",
            "昭和60年1月1日",
            "女",
            "東京都杉並区永福二丁目1番1号",
            "000123",
        ];
        let line = if quoted { format!("\"{}\"", cells.join("\",\"")) } else { cells.join(",") };
        writeln!(text, "{line}").unwrap();
    }
    text
}

fn read(c: &mut Criterion) {
    let mut group = c.benchmark_group("read");
    let plain = registry(false);
    let cp932 = encoding_rs::SHIFT_JIS.encode(&plain).0.into_owned();
    let utf16: Vec<u8> = plain.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let cases = [
        ("utf-8", registry(false).into_bytes(), Encoding::Utf8),
        ("utf-8 quoted", registry(true).into_bytes(), Encoding::Utf8),
        ("cp932", cp932, Encoding::Cp932),
        ("utf-16", utf16, Encoding::Utf16Le),
    ];
    for (name, bytes, encoding) in &cases {
        group.throughput(Throughput::Bytes(bytes.len() as u64)).sample_size(20);
        group.bench_with_input(BenchmarkId::from_parameter(name), bytes, |b, bytes| {
            let options =
                Options { encoding: Some(*encoding), role: Role::Registry, mappings: &[], layouts: &[] };
            b.iter(|| {
                let mut table = Table::from_reader(bytes.as_slice(), "bench", None, options).unwrap();
                let (mut chunk, mut rows) = (Chunk::default(), 0);
                while table.read_chunk(&mut chunk).unwrap() {
                    rows += chunk.rows().len() as u64;
                }
                assert_eq!(rows, ROWS);
            });
        });
    }
    group.finish();
}

criterion_group!(benches, read);
criterion_main!(benches);
