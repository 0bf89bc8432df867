//! What records lose on their way.

use crate::common::Row;

/// What a record can lose, and how.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Loss {
    Room,
    Number,
    Prefecture,
    Address,
    Character,
    DateToYear,
    Date,
    Sex,
    Kana,
    Kanji,
}

pub const LOSSES: [Loss; 10] = [
    Loss::Room,
    Loss::Number,
    Loss::Prefecture,
    Loss::Address,
    Loss::Character,
    Loss::DateToYear,
    Loss::Date,
    Loss::Sex,
    Loss::Kana,
    Loss::Kanji,
];

/// A row in official notation without what is lost.
pub fn lose(row: &Row, loss: Loss) -> Row {
    let mut row = row.clone();
    match loss {
        Loss::Room => row.address = row.address.split('\u{3000}').next().unwrap().to_owned(),
        Loss::Number => {
            let (numbers, home) = row.address.split_once('\u{3000}').unwrap_or((&row.address, ""));
            let (kept, _) = numbers.split_once('番').unwrap();
            row.address = format!("{kept}番\u{3000}{home}");
        }
        Loss::Prefecture => {
            let end = row.address.find(['都', '道', '県']).unwrap() + '都'.len_utf8();
            row.address.drain(..end);
        }
        Loss::Address => row.address.clear(),
        Loss::Character => {
            row.kanji_name.pop();
            row.kanji_name.push('●');
        }
        Loss::DateToYear => row.birth_date.truncate(4),
        Loss::Date => row.birth_date.clear(),
        Loss::Sex => row.sex.clear(),
        Loss::Kana => row.kana_name.clear(),
        Loss::Kanji => row.kanji_name.clear(),
    }
    row
}
