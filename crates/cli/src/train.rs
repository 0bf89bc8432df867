//! `himozuke train`: a model from a registry and records, with or without reviewers' labels; or from what Splink learnt. What
//! is learnt, and how, is the library's; here files are read, and told what came of them.

use std::{fs, io::Write, path::Path};

use himozuke::{
    Person, ReadOptions, Registry,
    model::Parameters,
    model::train::{Label, ModelFile, Options, SplinkSettings, Trained, Trainer, Warning},
};
use rustc_hash::FxHashMap;

use crate::{
    args::Train,
    deciding,
    failure::Failure,
    input::{InputError, Role, Table, scan_ids},
    mj,
    output::{OutDir, Start, say, written_to},
    progress::Progress,
    residents::{self, Numbers, Source},
    rows::Rows,
    said,
    words::Said,
};

/// The files of a run.
const FILES: [&str; 2] = ["splink_settings.json", "model.json"];
/// Records that are learnt from at most, spread evenly over the file; more would not move a figure that matters. Labelled
/// ones always are.
const MOST_RECORDS: usize = 200_000;

/// Trains a model, writes it and tells what was noticed.
///
/// # Errors
/// Where an input cannot be read, a label names nobody, or the files cannot be written.
pub fn train(arguments: &Train, out: &mut impl Write, err: &mut impl Write) -> Result<(), Failure> {
    let start = if arguments.force { Start::Replace } else { Start::Fresh };
    let directory = OutDir::open(&arguments.out, &FILES, start)?;
    if let Some(settings) = &arguments.from_splink {
        let read: SplinkSettings = deciding::json(
            settings,
            said!("settings of Splink"; "Splink の設定"),
            said!(
                "give the settings that Splink saved as JSON after its training";
                "Splink が学習後に JSON で保存した設定を指定してください"
            ),
        )?;
        let parameters =
            read.read(&Parameters::default()).map_err(|error| deciding::of_file(settings, &error))?;
        let mut file = directory.create("model.json")?;
        file.json(&ModelFile::imported(parameters))?;
        directory.commit(vec![file.finish()?])?;
        return Ok(say(out, [written_to(&arguments.out)])?);
    }
    let (Some(registry), Some(records)) = (&arguments.registry, &arguments.records) else {
        let message = said!(
            "give --registry and --records, or --from-splink";
            "--registry と --records、または --from-splink を指定してください"
        );
        return Err(Failure::usage(message, None));
    };
    let policy = deciding::policy(&arguments.deciding.policy)?;
    mj::install(&arguments.deciding.mj)?;
    let prior = deciding::model(&arguments.deciding)?.unwrap_or_default();
    let as_of = deciding::as_of(arguments.deciding.as_of)?;
    let reading = |role| deciding::reading(&arguments.deciding, &policy, role, as_of);
    let residents = {
        let options = arguments.reading.options(Role::Registry);
        residents::load(Source::unchanged(registry), options, reading(Role::Registry), Numbers::Left, |_| {
            Ok(())
        })?
    };
    let labels = arguments.labels.as_deref().map(|path| labels(path, &residents.registry)).transpose()?;
    let settings = Options { prior, labels_only: arguments.labels_only, ..Options::default() };
    let trainer = Trainer::new(&residents.registry, settings).map_err(deciding::refused)?;
    let trained =
        collect(arguments, records, trainer, reading(Role::Records), labels.unwrap_or_default())?.train();

    say(err, trained.warnings.iter().map(told))?;
    let mut notes = summary(&trained);
    let mut splink = directory.create("splink_settings.json")?;
    splink.json(&SplinkSettings::write(&trained.parameters, &residents.registry))?;
    let mut model = directory.create("model.json")?;
    model.json(&ModelFile::of(trained))?;
    directory.commit(vec![splink.finish()?, model.finish()?])?;
    notes.push(written_to(&arguments.out));
    Ok(say(out, notes)?)
}

/// What was said of each record, by its id.
type Labels = FxHashMap<Box<str>, Vec<Label>>;

/// The records, as many as are learnt from, with their labels.
fn collect<'r>(
    arguments: &Train,
    path: &Path,
    mut trainer: Trainer<'r>,
    reading: ReadOptions,
    mut labels: Labels,
) -> Result<Trainer<'r>, Failure> {
    let options = arguments.reading.options(Role::Records);
    let file = || path.display().to_string();
    let repeated = scan_ids(path, options)?;
    let progress = Progress::over_bytes(
        said!("records"; "記録"),
        fs::metadata(path).map_or(0, |metadata| metadata.len()),
    );
    // Every stride-th record; whenever they become too many, every second of them goes.
    let (mut kept, mut stride, mut row) = (Vec::<Person>::new(), 1usize, 0usize);
    for chunk in Table::open(path, options)?.stream() {
        let mut chunk = chunk.map_err(|source| InputError::Io { file: file(), source })?;
        chunk.reject_repeated(&repeated);
        for record in chunk.rows().iter().map(|row| chunk.record(row)) {
            row += 1;
            let said = labels.remove(record.id);
            if said.is_none() && !row.is_multiple_of(stride) {
                continue;
            }
            let Ok(person) = Person::read(&record, &reading) else { continue };
            match said {
                Some(said) => trainer.push(person, &said),
                None => kept.push(person),
            }
            if kept.len() > MOST_RECORDS {
                let mut at = 0;
                kept.retain(|_| {
                    at += 1;
                    at % 2 == 0
                });
                stride *= 2;
            }
        }
        progress.set(chunk.bytes_read());
    }
    if !labels.is_empty() {
        let (count, file) = (labels.len(), file());
        let message = said!(
            "{count} labelled records are not in {file}";
            "判断のある記録のうち{count}件が {file} にありません"
        );
        let hint = said!(
            "give the records that the labels are about";
            "確認者が判断した記録のファイルを指定してください"
        );
        return Err(Failure::usage(message, Some(hint)));
    }
    kept.into_iter().for_each(|person| trainer.push(person, &[]));
    Ok(trainer)
}

/// Labels from their file: `record_id,person_id,same`.
fn labels(path: &Path, registry: &Registry) -> Result<Labels, Failure> {
    let mut rows = Rows::open(path, ["record_id", "person_id", "same"], 3)?;
    let mut labels = Labels::default();
    while let Some(([record, person, same], line)) = rows.next()? {
        let label = match (same.to_ascii_lowercase().as_str(), registry.find(person)) {
            ("yes" | "1" | "true", Some(resident)) => Ok(Label { resident, same: true }),
            ("no" | "0" | "false", Some(resident)) => Ok(Label { resident, same: false }),
            (_, None) => Err(said!(
                "the registry has nobody of this person_id";
                "この person_id の住民が住民データにいません"
            )),
            _ => Err(said!("same must be yes or no"; "same は yes か no にしてください")),
        };
        let label = label.map_err(|Said { en, ja }| {
            let path = path.display();
            Failure::usage(said!("{path}, line {line}: {en}"; "{path} の{line}行目: {ja}"), None)
        })?;
        labels.entry(record.into()).or_default().push(label);
    }
    Ok(labels)
}

/// What was learnt from, in counts.
fn summary(trained: &Trained) -> Vec<Said> {
    let data = &trained.fingerprint;
    let [yes, no] = data.labels;
    let (records, residents, rounds) = (data.records, data.residents, data.rounds);
    let (pairs, random, coverage) = (data.pairs, data.random_pairs, data.coverage * 100.0);
    let mut lines = vec![said!(
        "{records} records, {residents} residents, {pairs} pairs, {random} random pairs, {rounds} rounds; \
         {coverage:.1} % of the records are about a resident";
        "記録{records}件、住民{residents}人、比較した組{pairs}組、無作為の組{random}組、反復{rounds}回。\
         記録の{coverage:.1}%が住民についてのもの"
    )];
    if yes + no > 0 {
        lines.push(said!(
            "labels: {yes} yes, {no} no";
            "確認者の判断: 同一人{yes}件、別人{no}件"
        ));
    }
    let passes: Vec<Said> = data
        .matches
        .iter()
        .map(|(pass, matches)| said!("{matches} by {}", pass.code(); "{} で{matches}組", pass.code()))
        .collect();
    lines.push(said!(
        "pairs of one person: {}", Said::join(&passes, ", ").en;
        "同一人の組: {}", Said::join(&passes, "、").ja
    ));
    lines
}

/// A warning in words, with what was done about it.
fn told(warning: &Warning) -> Said {
    let what = match warning {
        Warning::TooFew { pass } => {
            let pass = pass.code();
            said!(
                "too few pairs by {pass}: what only they teach stays as it was";
                "{pass} で見つかる組が少なすぎるため、その組だけから学ぶ値は元のままです"
            )
        }
        Warning::Drowned { pass } => {
            let pass = pass.code();
            said!(
                "hardly a pair by {pass} is of one person: nothing was learnt from them";
                "{pass} で見つかる組に同一人がほとんどいないため、そこからは学びませんでした"
            )
        }
        Warning::Households { pass, attribute } => {
            let pass = pass.code();
            said!(
                "pairs by {pass} differ in {attribute} too often to be of one person: relatives, from whom nothing was learnt";
                "{pass} で見つかる組は {attribute} が違いすぎて同一人ではなく家族とみられるため、そこからは学びませんでした"
            )
        }
        Warning::NotMonotonic { attribute, better, worse } => said!(
            "{attribute}: levels {better} to {worse} stood in the wrong order and now weigh the same";
            "{attribute}: 段階{better}から{worse}までの順が逆だったため、同じ重みにしました"
        ),
        _ => said!("see warnings in model.json"; "model.json の warnings を見てください"),
    };
    said!("warning: {}", what.en; "警告: {}", what.ja)
}
