//! What goes beside an installed command: completions for shells, pages for `man`. Made from the arguments alone.

use std::{fs, io::Write, path::Path};

use clap::{Command, CommandFactory};
use clap_complete::Shell;

use crate::{
    args::{Cli, Language},
    failure::Failure,
    help_ja::in_japanese,
    output::{OutputError, say},
    said,
};

/// The command as its help has it in a language.
fn command(lang: Language) -> Command {
    match lang {
        Language::En => Cli::command(),
        Language::Ja => in_japanese(Cli::command()),
    }
}

/// `himozuke completions`
///
/// # Errors
/// Where nobody reads them.
pub fn completions(shell: Shell, out: &mut impl Write) -> Result<(), Failure> {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut command(Language::En), "himozuke", &mut script);
    Ok(out.write_all(&script).map_err(OutputError::answer)?)
}

/// `himozuke man`: a page for every command, `himozuke-link.1` and so on. What is there of them is written anew, for pages are
/// no results.
///
/// # Errors
/// Where they cannot be written.
pub fn pages(to: &Path, lang: Language, out: &mut impl Write) -> Result<(), Failure> {
    fs::create_dir_all(to).map_err(OutputError::io(to))?;
    let mut cli = command(lang);
    cli.build();
    let mut written = 0;
    write_pages(&cli, "himozuke", to, &mut written)?;
    Ok(say(out, [said!("{written} pages written to {}", to.display(); "{written}ページを {} に書き出しました", to.display()).pick(lang)])?)
}

fn write_pages(command: &Command, name: &str, to: &Path, written: &mut u32) -> Result<(), Failure> {
    let page = to.join(format!("{name}.1"));
    let mut text = Vec::new();
    let rendered = clap_mangen::Man::new(command.clone()).title(name).render(&mut text);
    rendered.and_then(|()| fs::write(&page, text)).map_err(OutputError::io(&page))?;
    *written += 1;
    // The command `help` is clap's own, and says what these pages say.
    for inner in command.get_subcommands().filter(|inner| inner.get_name() != "help") {
        write_pages(inner, &format!("{name}-{}", inner.get_name()), to, written)?;
    }
    Ok(())
}
