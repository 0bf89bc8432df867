//! Small readings of characters that the other modules share.

/// How many characters the pattern takes, if the characters start with it.
pub(super) fn starts(chars: &[char], pattern: &str) -> Option<usize> {
    let mut len = 0;
    for c in pattern.chars() {
        if chars.get(len) != Some(&c) {
            return None;
        }
        len += 1;
    }
    Some(len)
}

/// The characters from a place on; none past the end.
pub(super) fn from(chars: &[char], at: usize) -> &[char] {
    chars.get(at..).unwrap_or_default()
}

/// Marks that stand between parts of an address and belong to none.
pub(super) const fn is_dash(c: char) -> bool {
    matches!(c, '-' | ' ' | '#')
}

/// The characters without the dashes, spaces and number signs at both ends.
pub(super) fn trim_dashes(mut chars: &[char]) -> &[char] {
    while let Some((&first, rest)) = chars.split_first()
        && is_dash(first)
    {
        chars = rest;
    }
    split_run(chars, is_dash).0
}

/// The characters before the suffix, if they end with it.
pub(super) fn before<'a>(chars: &'a [char], suffix: &str) -> Option<&'a [char]> {
    suffix
        .chars()
        .rev()
        .try_fold(chars, |rest, c| rest.split_last().filter(|(last, _)| **last == c).map(|(_, head)| head))
}

/// The run at the end whose characters all pass, and what stands before it.
pub(super) fn split_run(chars: &[char], passes: impl Fn(char) -> bool) -> (&[char], &[char]) {
    let run = chars.iter().rev().take_while(|&&c| passes(c)).count();
    chars.split_at_checked(chars.len() - run).unwrap_or((chars, &[]))
}
