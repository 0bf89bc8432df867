//! The `himozuke` command. Standard output is the answer; everything else goes to standard error.
//!
//! Exit status: 0 done, 1 failed, 2 bad arguments or input, 3 rows rejected and `--strict`, or links wrong and
//! `--fail-on-wrong`, 130 stopped by a signal.
use std::{env, io, process::ExitCode};

use himozuke_cli::{
    args::{AuditCommand, Cli, Command, ReviewCommand},
    at_rest, audit,
    check::check,
    evaluate::evaluate,
    explain::explain,
    failure::Failure,
    index::index,
    invocation,
    link::link,
    log::{Listeners, Log},
    lookup::lookup,
    manual,
    normalize::normalize,
    panics,
    report::report,
    review,
    synth::synth,
    train::train,
    verify::verify,
};

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    panics::tell_places(Log::Text);
    panics::contained(obey).unwrap_or_else(|status| ExitCode::from(status as u8))
}

fn obey() -> ExitCode {
    let Cli { command, config, .. } = match invocation::read(env::args_os().collect()) {
        Ok(cli) => cli,
        Err(failure) => {
            Log::Text.failure(&failure);
            return ExitCode::from(failure.status as u8);
        }
    };
    panics::tell_places(command.log());
    if let Some(path) = &config {
        command.log().configuration(path);
    }
    match run(&command) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            command.log().failure(&failure);
            ExitCode::from(failure.status as u8)
        }
    }
}

fn run(command: &Command) -> Result<(), Failure> {
    let out = &mut io::stdout().lock();
    match command {
        Command::Check(arguments) => check(arguments, out),
        Command::Link(arguments) => link(arguments, out, &mut Listeners),
        Command::Verify(arguments) => verify(arguments, out, &mut Listeners),
        Command::Evaluate(arguments) => evaluate(arguments, out),
        Command::Audit(arguments) => match &arguments.command {
            AuditCommand::Verify { directory } => audit::verify(directory, out),
        },
        Command::Review(arguments) => match &arguments.command {
            ReviewCommand::Sheet(arguments) => review::sheet(arguments, out),
            ReviewCommand::Apply(arguments) => review::apply(arguments, out),
            ReviewCommand::Estimate(arguments) => review::estimate(arguments, out),
        },
        Command::Purge(arguments) => audit::purge(arguments, out),
        Command::Decrypt(arguments) => at_rest::decrypt(arguments, out),
        Command::Keygen(arguments) => at_rest::keygen(arguments, out),
        Command::Synth(arguments) => synth(arguments, out),
        Command::Index(arguments) => index(arguments, out, &mut Listeners),
        Command::Lookup(arguments) => lookup(arguments, io::stdin().lock(), out),
        Command::Explain(arguments) => explain(arguments, out, &mut Listeners),
        Command::Normalize(arguments) => normalize(arguments, out),
        Command::Completions { shell } => manual::completions(*shell, out),
        Command::Man { out: to, lang } => manual::pages(to, *lang, out),
        Command::Report(arguments) => report(arguments, out),
        Command::Train(arguments) => train(arguments, out, &mut Listeners),
    }
}
