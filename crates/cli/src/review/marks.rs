//! The characters in which two texts differ, marked in both. Knows nothing of what the texts are.

/// What is longer is not marked, for the time that it takes grows with both lengths.
const LONGEST: usize = 512;

/// Both texts with 【】 around what the other has not, by a longest common subsequence; as they are where one is empty.
pub(super) fn marked(one: &str, other: &str) -> [String; 2] {
    let [a, b]: [Vec<char>; 2] = [one, other].map(|text| text.chars().collect());
    if one == other || a.is_empty() || b.is_empty() || a.len().max(b.len()) > LONGEST {
        return [one.to_owned(), other.to_owned()];
    }
    let common = common(&a, &b);
    let at = |i: usize, j: usize| common.get(i).and_then(|row| row.get(j)).copied().unwrap_or(0);
    let (mut first, mut second) = (Marks::default(), Marks::default());
    let (mut i, mut j) = (0, 0);
    loop {
        match (a.get(i), b.get(j)) {
            (Some(own), Some(theirs)) if own == theirs => {
                first.push(*own, true);
                second.push(*theirs, true);
                (i, j) = (i + 1, j + 1);
            }
            (Some(own), theirs) if theirs.is_none() || at(i + 1, j) >= at(i, j + 1) => {
                first.push(*own, false);
                i += 1;
            }
            (_, Some(theirs)) => {
                second.push(*theirs, false);
                j += 1;
            }
            _ => return [first.end(), second.end()],
        }
    }
}

/// How many characters the rests of both texts from each pair of places on have in common.
fn common(a: &[char], b: &[char]) -> Vec<Vec<u16>> {
    let mut rows = vec![vec![0; b.len() + 1]];
    for own in a.iter().rev() {
        let below = rows.last().map_or(&[][..], Vec::as_slice);
        let mut row = vec![0u16];
        for (pair, theirs) in below.windows(2).rev().zip(b.iter().rev()) {
            let &[down, diagonal] = pair else { continue };
            let right = row.last().copied().unwrap_or(0);
            row.push(if own == theirs { diagonal + 1 } else { right.max(down) });
        }
        row.reverse();
        rows.push(row);
    }
    rows.reverse();
    rows
}

/// A text being marked.
#[derive(Default)]
struct Marks {
    text: String,
    open: bool,
}

impl Marks {
    fn push(&mut self, character: char, common: bool) {
        if common == self.open {
            self.text.push(if common { '】' } else { '【' });
            self.open = !common;
        }
        self.text.push(character);
    }

    fn end(mut self) -> String {
        if self.open {
            self.text.push('】');
        }
        self.text
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn what_differs_is_marked_and_nothing_else() {
        for (one, other, first, second) in [
            ("髙橋花子", "高橋華子", "【髙】橋【花】子", "【高】橋【華】子"),
            ("山田太郎", "山田太郎", "山田太郎", "山田太郎"),
            ("霞が関2-1-6", "霞が関2-1", "霞が関2-1【-6】", "霞が関2-1"),
            ("", "山田", "", "山田"),
            ("ヤマダ", "ヤマタ", "ヤマ【ダ】", "ヤマ【タ】"),
        ] {
            assert_eq!(marked(one, other), [first, second]);
        }
    }

    proptest! {
        #[test]
        fn marks_add_nothing_else_and_leave_the_same(one in "[あいう]{0,8}", other in "[あいう]{0,8}") {
            let [first, second] = marked(&one, &other);
            let plain = |text: &str| text.replace(['【', '】'], "");
            prop_assert_eq!(plain(&first), one.clone());
            prop_assert_eq!(plain(&second), other.clone());
            if !one.is_empty() && !other.is_empty() {
                let left = |text: &str| {
                    let parts = text.split('【').map(|part| part.rsplit('】').next().unwrap_or_default());
                    parts.collect::<String>()
                };
                prop_assert_eq!(left(&first), left(&second));
            }
        }
    }
}
