//! Replays every input that fuzzing ever found, with the bodies of the fuzz targets.

#[path = "../fuzz/bodies.rs"]
mod bodies;
#[path = "../fuzz/damage.rs"]
mod damage;

#[test]
fn findings_stay_mended() {
    type Body = fn(&str);
    let targets = [
        ("text", bodies::text as Body),
        ("kana", bodies::kana),
        ("name", bodies::name),
        ("birth_date", bodies::birth_date),
        ("address", bodies::address),
    ];
    let mut replayed = 0;
    for (target, body) in targets {
        let folder = format!("{}/fuzz/regressions/{target}", env!("CARGO_MANIFEST_DIR"));
        for file in std::fs::read_dir(folder).unwrap() {
            let input = std::fs::read(file.unwrap().path()).unwrap();
            if let Ok(input) = std::str::from_utf8(&input) {
                body(input);
                replayed += 1;
            }
        }
    }
    assert!(replayed >= targets.len(), "every target keeps at least its seed: {replayed}");
}

/// Every kind of damage that was found to matter, and the file that is sound.
#[test]
fn damaged_index_files_stay_harmless() {
    let folder = format!("{}/fuzz/regressions/index", env!("CARGO_MANIFEST_DIR"));
    let mut replayed = 0;
    for file in std::fs::read_dir(folder).unwrap() {
        damage::index(&std::fs::read(file.unwrap().path()).unwrap());
        replayed += 1;
    }
    assert!(replayed > 0);
}
