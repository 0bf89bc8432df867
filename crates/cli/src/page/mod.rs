//! Pages of HTML that need nothing but a browser: no script, nothing from elsewhere, fit for printing. Knows no figure.

pub(crate) mod plot;

use std::{
    fmt::{self, Display, Formatter},
    path::{Path, PathBuf},
};

use crate::{args::Language, failure::Failure, output::spare, said};

const STYLE: &str = "
:root { color-scheme: light; --ink: #1d2430; --faint: #5d6878; --line: #dfe3e8; --soft: #f5f7f9; --a: #1f5fa8; --b: #c2571a;
  --c: #8d97a5; --d: #a3293d }
body { font: 15px/1.6 system-ui, 'Hiragino Sans', 'Noto Sans JP', 'Noto Sans CJK JP', 'Yu Gothic', Meiryo, sans-serif;
  color: var(--ink); margin: 2.5rem auto; max-width: 60rem; padding: 0 1.25rem; print-color-adjust: exact;
  -webkit-print-color-adjust: exact }
h1 { font-size: 1.6rem; line-height: 1.25; margin: 0 0 .3rem; font-weight: 600 }
h2 { font-size: 1.08rem; font-weight: 600; margin: 2.6rem 0 .7rem; padding-bottom: .3rem; border-bottom: 1px solid var(--line) }
pre { font: 13px/1.5 ui-monospace, 'Noto Sans Mono CJK JP', monospace; white-space: pre-wrap; background: var(--soft);
  padding: .8rem 1rem }
p { max-width: 46rem; margin: .6rem 0 } .faint, figcaption p { color: var(--faint); font-size: 13px }
.wide { overflow-x: auto } table { border-collapse: collapse; font-variant-numeric: tabular-nums; font-size: 13px }
th { font-weight: 500; color: var(--faint) } th, td { text-align: right; padding: .28rem .6rem; vertical-align: baseline;
  border-bottom: 1px solid var(--line) }
th:first-child, td:first-child { text-align: left; padding-left: 0 } td.text, th.text { text-align: left }
code { font: 12px ui-monospace, 'DejaVu Sans Mono', monospace; color: var(--faint); overflow-wrap: anywhere }
.plots { display: flex; flex-wrap: wrap; gap: 1.5rem } figure { margin: 0; flex: 1 1 26rem }
svg { width: 100%; height: auto; display: block } svg text { font-size: 11px; fill: var(--faint);
  font-variant-numeric: tabular-nums }
@page { size: A4; margin: 15mm }
@media print { body { margin: 0; max-width: none; padding: 0; font-size: 10.5pt } h2 { break-after: avoid }
  figure, tr, .whole { break-inside: avoid } thead { display: table-header-group } .wide { overflow: visible } }
";

/// Text in which nothing is taken for markup.
pub(crate) struct Escaped<'t>(pub(crate) &'t str);

impl Display for Escaped<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        self.0.chars().try_for_each(|c| match c {
            '&' => f.write_str("&amp;"),
            '<' => f.write_str("&lt;"),
            '>' => f.write_str("&gt;"),
            '"' => f.write_str("&quot;"),
            '\'' => f.write_str("&#39;"),
            c => write!(f, "{c}"),
        })
    }
}

/// A row of a table of figures.
pub(crate) fn row<S: AsRef<str>>(name: &str, cells: &[S]) -> String {
    let cells: String = cells.iter().map(|cell| format!("<td>{}</td>", Escaped(cell.as_ref()))).collect();
    format!("<tr><td>{}</td>{cells}</tr>", Escaped(name))
}

/// A table of figures under its title.
pub(crate) fn section(title: &str, head: &str, heads: &[&str], rows: String) -> String {
    let heads: String = heads.iter().map(|head| format!("<th>{}</th>", Escaped(head))).collect();
    let (title, head) = (Escaped(title), Escaped(head));
    format!("<h2>{title}</h2><div class=\"wide\"><table><tr><th>{head}</th>{heads}</tr>{rows}</table></div>")
}

/// A whole page. Its own policy forbids it scripts and anything from elsewhere, whatever it should ever hold.
pub(crate) fn document(title: &str, more_style: &str, body: &str, lang: Language) -> String {
    let (code, title) = (lang.pick("en", "ja"), Escaped(title));
    format!(
        "<!DOCTYPE html>\n<html lang=\"{code}\"><head><meta charset=\"utf-8\">\
         <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\
         <meta name=\"viewport\" content=\"width=device-width\"><title>himozuke: {title}</title>\
         <style>{STYLE}{more_style}</style></head><body><h1>{title}</h1>{body}</body></html>\n"
    )
}

/// Checks that a page may be written under a name: it takes the place of another with `force` only, and never that of what
/// it is made from.
///
/// # Errors
/// Where the name is taken.
pub(crate) fn check_free(
    path: &Path,
    inputs: impl IntoIterator<Item = PathBuf>,
    force: bool,
) -> Result<(), Failure> {
    spare(path, inputs)?;
    if force || !path.exists() {
        return Ok(());
    }
    let path = path.display();
    let message = said!("{path} exists"; "{path} はすでにあります");
    let hint = said!(
        "give another name, or replace it with --force";
        "別の名前を指定するか、--force で置き換えてください"
    );
    Err(Failure::usage(message, Some(hint)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_taken_for_markup() {
        let row = row("<script>", &["a&b", "\"'"]);
        assert_eq!(row, "<tr><td>&lt;script&gt;</td><td>a&amp;b</td><td>&quot;&#39;</td></tr>");
    }
}
