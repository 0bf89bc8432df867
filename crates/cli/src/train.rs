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
    output::{OutDir, Start, say},
    progress::Progress,
    residents::{self, Numbers, Source},
    rows::Rows,
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
        let read: SplinkSettings = deciding::json(settings, "settings of Splink")?;
        let parameters = read
            .read(&Parameters::default())
            .map_err(|error| Failure::usage(format!("{}: {error}", settings.display()), None))?;
        let mut file = directory.create("model.json")?;
        file.json(&ModelFile::imported(parameters))?;
        directory.commit(vec![file.finish()?])?;
        return Ok(say(out, [format!("written to {}", arguments.out.display())])?);
    }
    let (Some(registry), Some(records)) = (&arguments.registry, &arguments.records) else {
        return Err(Failure::usage("give --registry and --records, or --from-splink".to_owned(), None));
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
    let trainer = Trainer::new(&residents.registry, settings)
        .map_err(|error| Failure::usage(error.to_string(), None))?;
    let trained =
        collect(arguments, records, trainer, reading(Role::Records), labels.unwrap_or_default())?.train();

    say(err, trained.warnings.iter().map(told))?;
    let mut notes = summary(&trained);
    let mut splink = directory.create("splink_settings.json")?;
    splink.json(&SplinkSettings::write(&trained.parameters, &residents.registry))?;
    let mut model = directory.create("model.json")?;
    model.json(&ModelFile::of(trained))?;
    directory.commit(vec![splink.finish()?, model.finish()?])?;
    notes.push(format!("written to {}", arguments.out.display()));
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
    let progress = Progress::over_bytes("records", fs::metadata(path).map_or(0, |metadata| metadata.len()));
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
        let message = format!("{} labelled records are not in {}", labels.len(), file());
        return Err(Failure::usage(message, Some("give the records that the labels are about".to_owned())));
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
            (_, None) => Err("the registry has nobody of this person_id"),
            _ => Err("same must be yes or no"),
        };
        let label = label
            .map_err(|wrong| Failure::usage(format!("{}, line {line}: {wrong}", path.display()), None))?;
        labels.entry(record.into()).or_default().push(label);
    }
    Ok(labels)
}

/// What was learnt from, in counts.
fn summary(trained: &Trained) -> Vec<String> {
    let data = &trained.fingerprint;
    let [yes, no] = data.labels;
    let mut lines = vec![format!(
        "{} records, {} residents, {} pairs, {} random pairs, {} rounds; {:.1} % of the records are about a resident",
        data.records,
        data.residents,
        data.pairs,
        data.random_pairs,
        data.rounds,
        data.coverage * 100.0
    )];
    if yes + no > 0 {
        lines.push(format!("labels: {yes} yes, {no} no"));
    }
    let pass = data.matches.iter().map(|(pass, matches)| format!("{matches} by {}", pass.code()));
    lines.push(format!("pairs of one person: {}", pass.collect::<Vec<_>>().join(", ")));
    lines
}

/// A warning in words, with what was done about it.
fn told(warning: &Warning) -> String {
    let what = match warning {
        Warning::TooFew { pass } => {
            format!("too few pairs by {}: what only they teach stays as it was", pass.code())
        }
        Warning::Drowned { pass } => {
            format!("hardly a pair by {} is of one person: nothing was learnt from them", pass.code())
        }
        Warning::Households { pass, attribute } => format!(
            "pairs by {} differ in {attribute} too often to be of one person: relatives, from whom nothing was learnt",
            pass.code()
        ),
        Warning::NotMonotonic { attribute, better, worse } => {
            format!("{attribute}: levels {better} to {worse} stood in the wrong order and now weigh the same")
        }
        _ => "see warnings in model.json".to_owned(),
    };
    format!("warning: {what}")
}
