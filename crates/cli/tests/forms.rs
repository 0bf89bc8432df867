//! The same table in every form that is read: the same decisions, byte for byte.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "helpers of tests: a panic is the test failing"
)]

mod common;

use std::{
    fs::{self, File},
    io::Write,
    path::Path,
    process::Stdio,
};

use common::{Ran, command, run, sample};

/// What a run decides; how its inputs were written aside.
const RESULTS: [&str; 4] = ["links.csv", "review.csv", "no_match.csv", "registry_problems.csv"];

/// The first of the sample's residents and records, with those whom they are about: enough for every kind of answer.
fn tables() -> (String, String) {
    let registry = fs::read_to_string(sample().join("registry.csv")).unwrap();
    let records = fs::read(sample().join("records.csv")).unwrap();
    let records =
        encoding_rs::SHIFT_JIS.decode_without_bom_handling_and_without_replacement(&records).unwrap();
    (registry, records.lines().take(601).map(|line| format!("{line}\n")).collect())
}

fn cp932(text: &str) -> Vec<u8> {
    encoding_rs::SHIFT_JIS.encode(text).0.into_owned()
}

fn utf16(text: &str, order: fn(u16) -> [u8; 2], mark: bool) -> Vec<u8> {
    let mark = if mark { "\u{FEFF}" } else { "" };
    mark.encode_utf16().chain(text.encode_utf16()).flat_map(order).collect()
}

/// The cells of a table without quotes.
fn cells(text: &str) -> Vec<Vec<&str>> {
    text.lines().map(|line| line.split(',').collect()).collect()
}

/// A fixed-width form: the bytes, and the layout that describes them.
fn fixed(text: &str, encode: fn(&str) -> Vec<u8>, encoding: &str, lines: bool) -> (Vec<u8>, String) {
    let rows = cells(text);
    let encoded: Vec<Vec<Vec<u8>>> =
        rows.iter().skip(1).map(|row| row.iter().map(|cell| encode(cell)).collect()).collect();
    let widths: Vec<usize> = (0..rows[0].len())
        .map(|place| encoded.iter().map(|row| row[place].len()).max().unwrap_or(0).max(1))
        .collect();
    let mut layout = format!("encoding = \"{encoding}\"\nlines = {lines}\n");
    let mut from = 1;
    for (name, bytes) in rows[0].iter().zip(&widths) {
        layout.push_str(&format!("[[columns]]\nname = \"{name}\"\nfrom = {from}\nbytes = {bytes}\n"));
        from += bytes;
    }
    let mut bytes = Vec::new();
    for row in &encoded {
        for (cell, width) in row.iter().zip(&widths) {
            bytes.extend(cell);
            bytes.extend(std::iter::repeat_n(b' ', width - cell.len()));
        }
        if lines {
            bytes.extend(b"\r\n");
        }
    }
    (bytes, layout)
}

fn quoted(text: &str) -> String {
    cells(text).iter().map(|row| format!("\"{}\"\r\n", row.join("\",\""))).collect()
}

fn tabs(text: &str) -> String {
    text.replace(',', "\t")
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

#[cfg(feature = "arrow")]
fn columnar(text: &str, format: himozuke_arrow::Format) -> Vec<u8> {
    let rows = cells(text);
    let mut writer = himozuke_arrow::Writer::create(Vec::new(), format, &rows[0]).unwrap();
    rows.iter().skip(1).for_each(|row| writer.row(row).unwrap());
    writer.finish().unwrap()
}

fn link(directory: &Path, registry: &str, records: &str, more: &[&str]) -> Ran {
    let arguments = ["link", "--force", "--as-of", "2026-04-01", "--out", "out"];
    let inputs = ["--registry", registry, "--records", records];
    run(directory, &[&arguments[..], &inputs, more].concat())
}

fn results(directory: &Path) -> Vec<String> {
    RESULTS.iter().map(|name| fs::read_to_string(directory.join("out").join(name)).unwrap()).collect()
}

#[test]
fn every_form_of_the_sample_gives_the_same_decisions() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path();
    let write = |name: &str, bytes: &[u8]| fs::write(path.join(name), bytes).unwrap();
    let (registry, records) = tables();
    write("registry.csv", registry.as_bytes());
    write("records.csv", records.as_bytes());
    let told = link(path, "registry.csv", "records.csv", &[]);
    assert_eq!(told.status, 0, "{}", told.err);
    let told = told.out.lines().next().unwrap().to_owned();
    assert!(told.starts_with("600 read = ") && !told.contains(" 0 links"));
    let expected = results(path);
    assert!(expected.iter().take(3).all(|file| file.lines().count() > 10));

    let (fixed_cp932, layout_cp932) = fixed(&records, cp932, "cp932", false);
    let (fixed_utf8, layout_utf8) = fixed(&records, |text| text.as_bytes().to_vec(), "utf-8", true);
    write("cp932.toml", layout_cp932.as_bytes());
    write("utf8.toml", layout_utf8.as_bytes());
    let (little, big) = (u16::to_le_bytes as fn(u16) -> [u8; 2], u16::to_be_bytes as fn(u16) -> [u8; 2]);
    type Case<'a> = (&'a str, Vec<u8>, &'a str, &'a [&'a str]);
    let mut cases: Vec<Case<'_>> = vec![
        ("marked.csv", [b"\xEF\xBB\xBF", records.as_bytes()].concat(), "utf-8", &[]),
        ("cp932.csv", cp932(&records), "cp932", &[]),
        ("quoted.csv", cp932(&quoted(&records)), "cp932", &[]),
        ("tabs.tsv", tabs(&records).into_bytes(), "utf-8", &[]),
        ("le.csv", utf16(&records, little, true), "utf-16le", &[]),
        ("be.csv", utf16(&records, big, true), "utf-16be", &[]),
        ("told.csv", utf16(&records, big, false), "utf-16be", &[]),
        ("le.tsv", utf16(&tabs(&records), little, true), "utf-16le", &[]),
        ("fixed.dat", fixed_cp932, "cp932", &["--layout", "records:cp932.toml"]),
        ("lines.dat", fixed_utf8, "utf-8", &["--layout", "records:utf8.toml"]),
        ("packed.csv.gz", gzip(&cp932(&records)), "cp932", &[]),
        ("packed.tsv.zst", zstd::encode_all(tabs(&records).as_bytes(), 0).unwrap(), "utf-8", &[]),
    ];
    #[cfg(feature = "arrow")]
    {
        use himozuke_arrow::Format;
        cases.push(("records.parquet", columnar(&records, Format::Parquet), "utf-8", &[]));
        cases.push(("records.arrow", columnar(&records, Format::ArrowFile), "utf-8", &[]));
        cases.push(("records.arrows", columnar(&records, Format::ArrowStream), "utf-8", &[]));
    }
    // The large side once: what is read of it is read by the same code.
    write("registry.tsv.gz", &gzip(tabs(&registry).as_bytes()));
    for (name, bytes, encoding, more) in cases {
        write(name, &bytes);
        let registry = if name == "packed.csv.gz" { "registry.tsv.gz" } else { "registry.csv" };
        let ran = link(path, registry, name, more);
        assert_eq!(ran.status, 0, "{name}: {}", ran.err);
        assert_eq!(ran.out.lines().next(), Some(told.as_str()), "{name}");
        assert!(ran.out.contains(&format!("records {encoding}")), "{name}: {}", ran.out);
        assert!(results(path) == expected, "{name}");
    }
}

#[test]
fn standard_input_is_read_as_often_as_it_is_needed() {
    let directory = tempfile::tempdir().unwrap();
    let (registry, records) = tables();
    fs::write(directory.path().join("registry.csv"), registry).unwrap();
    fs::write(directory.path().join("records.csv"), &records).unwrap();
    assert_eq!(link(directory.path(), "registry.csv", "records.csv", &[]).status, 0);
    let expected = results(directory.path());
    let piped = |arguments: &[&str], bytes: &[u8]| {
        let mut child = command()
            .args(arguments)
            .current_dir(directory.path())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        // A command that refuses early does not read to the end.
        let _ = child.stdin.take().unwrap().write_all(bytes);
        child.wait_with_output().unwrap()
    };
    let arguments = [
        "link",
        "--force",
        "--as-of",
        "2026-04-01",
        "--out",
        "out",
        "--registry",
        "registry.csv",
        "--records",
        "-",
    ];
    for bytes in [cp932(&records), gzip(records.as_bytes())] {
        let ran = piped(&arguments, &bytes);
        assert!(ran.status.success(), "{}", String::from_utf8_lossy(&ran.stderr));
        assert!(results(directory.path()) == expected);
    }
    let ran = piped(&["check", "--records", "-"], records.as_bytes());
    assert!(String::from_utf8_lossy(&ran.stdout).contains("600 rows = 600 readable"));
    let ran = piped(&["check", "--registry", "-", "--records", "-"], records.as_bytes());
    assert_eq!(ran.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&ran.stderr).contains("cannot read -: it cannot be both inputs"));
}

#[cfg(feature = "arrow")]
#[test]
fn tables_are_written_in_other_forms_too() {
    use himozuke_arrow::{Batches, Format, texts};
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path();
    let (registry, records) = tables();
    fs::write(path.join("registry.csv"), registry).unwrap();
    fs::write(path.join("records.csv"), records + "R1,short\n").unwrap();
    for (also, format) in [("parquet", Format::Parquet), ("arrow", Format::ArrowFile)] {
        let ran = link(path, "registry.csv", "records.csv", &["--also", also]);
        assert_eq!(ran.status, 0, "{}", ran.err);
        for table in ["links", "review", "no_match", "rejected", "registry_problems"] {
            let of = |extension: &str| path.join("out").join(format!("{table}.{extension}"));
            let mut csv = csv::Reader::from_path(of("csv")).unwrap();
            let header: Vec<String> = csv.headers().unwrap().iter().map(str::to_owned).collect();
            let mut rows = csv.records().map(|row| row.unwrap());
            let batches = Batches::open(File::open(of(also)).unwrap(), format).unwrap();
            assert_eq!(batches.names(), header);
            for batch in batches {
                let batch = batch.unwrap();
                let columns = texts(&batch, |_| true).unwrap();
                for row in 0..batch.num_rows() {
                    let cells = columns.iter().map(|column| column.as_ref().unwrap().get(row));
                    assert!(rows.next().unwrap().iter().eq(cells), "{table}");
                }
            }
            assert!(rows.next().is_none(), "{table}");
        }
    }
    assert!(!path.join("out/links.parquet").exists(), "what an earlier run wrote is not left beside another");
}

#[test]
fn private_use_characters_are_counted_in_the_summary() {
    let directory = tempfile::tempdir().unwrap();
    let header = "id,kanji_name,birth_date,sex,address\n";
    let registry = format!("{header}p1,山田 太郎,1985-01-01,1,東京都千代田区霞が関二丁目1番6号\n");
    fs::write(directory.path().join("registry.csv"), registry).unwrap();
    let gaiji = [b"\xF0\x40", b"\xF9\xFC"].map(|bytes| bytes.to_vec()).concat();
    let records =
        [cp932(header), b"r1,".to_vec(), gaiji, cp932(" 太郎,S60.1.1,男,千代田区霞が関2-1-6\n")].concat();
    fs::write(directory.path().join("records.csv"), records).unwrap();
    let ran = link(directory.path(), "registry.csv", "records.csv", &[]);
    assert!(ran.out.contains("which match nothing: 0 in the registry, 2 in the records"), "{}", ran.out);
    let summary = fs::read_to_string(directory.path().join("out/summary.json")).unwrap();
    assert!(
        summary.contains("\"private_use_characters\": {\n    \"registry\": 0,\n    \"records\": 2"),
        "{summary}"
    );
    assert!(ran.out.starts_with("1 read = 0 links"), "{}", ran.out);
}

#[test]
fn a_layout_that_does_not_fit_is_told() {
    let directory = tempfile::tempdir().unwrap();
    let write = |name: &str, bytes: &[u8]| fs::write(directory.path().join(name), bytes).unwrap();
    let layout = "encoding = \"cp932\"\nskip = 1\n[[columns]]\nname = \"整理番号\"\nfrom = 1\nbytes = 4\n\
                  [[columns]]\nname = \"氏名\"\nfrom = 5\nbytes = 10\n";
    write("layout.toml", layout.as_bytes());
    write(
        "records.dat",
        &cp932("header of it  \n0001山田　太郎\n0002山田太郎  \n0003山田\n0004 髙橋 ｱ   \n    ﾔﾏﾀﾞ ﾀﾛｳ  \n"),
    );
    let check =
        |layout: &str| run(directory.path(), &["check", "--records", "records.dat", "--layout", layout]);
    let ran = check("layout.toml");
    assert!(ran.out.contains("records.dat: cp932, fixed width"), "{}", ran.out);
    assert!(ran.out.contains("5 rows = 3 readable + 2 rejected"), "{}", ran.out);
    assert!(ran.out.contains("line 4: expected a record of 14 bytes, found 8"), "{}", ran.out);
    assert!(ran.out.contains("line 6, 整理番号: the id is empty"), "{}", ran.out);
    write("broken.toml", b"[[columns]]\nname = \"id\"\nstart = 1");
    let ran = check("broken.toml");
    assert_eq!(ran.status, 2);
    assert!(
        ran.err.starts_with("error: cannot use the layout broken.toml: line 3: unknown field `start`"),
        "{}",
        ran.err
    );
    assert_eq!(check("missing.toml").status, 2);
}

#[test]
fn a_damaged_packed_file_is_an_error_and_not_an_end() {
    let directory = tempfile::tempdir().unwrap();
    let (registry, _) = tables();
    let mut packed = vec![gzip(registry.as_bytes()), zstd::encode_all(registry.as_bytes(), 0).unwrap()];
    #[cfg(feature = "arrow")]
    packed.extend(
        [himozuke_arrow::Format::Parquet, himozuke_arrow::Format::ArrowStream]
            .map(|own| columnar(&registry, own)),
    );
    for bytes in packed {
        let mut file = File::create(directory.path().join("registry")).unwrap();
        file.write_all(&bytes[..bytes.len() * 2 / 3]).unwrap();
        let ran = run(directory.path(), &["check", "--registry", "registry"]);
        assert_eq!(ran.status, 2, "{}", ran.out);
        assert!(ran.err.starts_with("error: cannot read registry: "), "{}", ran.err);
    }
}
