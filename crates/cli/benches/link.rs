//! The whole process, from files to files: `himozuke link` on the sample.
#![expect(clippy::unwrap_used, reason = "a benchmark stops where the run does not do what it expects")]

use std::{path::Path, process::Command};

use criterion::{Criterion, Throughput, criterion_group, criterion_main};

fn link(c: &mut Criterion) {
    let sample = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../data/sample");
    let out = tempfile::tempdir().unwrap();
    let mut group = c.benchmark_group("process");
    group.sample_size(10).throughput(Throughput::Elements(3_000));
    group.bench_function("link_sample", |b| {
        b.iter(|| {
            let run = Command::new(env!("CARGO_BIN_EXE_himozuke"))
                .args(["link", "--force", "--registry"])
                .arg(sample.join("registry.csv"))
                .arg("--records")
                .arg(sample.join("records.csv"))
                .arg("--out")
                .arg(out.path())
                .output()
                .unwrap();
            assert!(run.status.success() && String::from_utf8_lossy(&run.stdout).starts_with("3000 read = "));
        });
    });
    group.finish();
}

criterion_group!(benches, link);
criterion_main!(benches);
