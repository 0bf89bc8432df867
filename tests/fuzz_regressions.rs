//! Replays every input that fuzzing ever found, with the bodies of the fuzz targets.

#[path = "../fuzz/bodies.rs"]
mod bodies;

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
