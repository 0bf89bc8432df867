//! What each fuzz target holds to be true of any text: normalization is total and idempotent (law 9). Shared with
//! `tests/fuzz_regressions.rs`, which replays every finding on the stable toolchain.
#![allow(dead_code, reason = "each target uses one of them")]

use himozuke::compare::{self, name::NameAgreement};
use himozuke::normalize::address::Address;
use himozuke::normalize::birth_date::{BirthDate, DateOptions, EraCodes, ImpossibleEra};
use himozuke::normalize::{Fold, Grade, kana, name, text};
use himozuke::{Person, ReadOptions, Record};

pub fn text(input: &str) {
    let once = text::clean(input).text.into_owned();
    assert_eq!(text::clean(&once).text, once);
}

pub fn kana(input: &str) {
    let once = kana::canonical(input).text.into_owned();
    assert_eq!(kana::canonical(&once).text, once);
    let mut previous = once;
    for grade in [Grade::Equivalent, Grade::Official, Grade::Register, Grade::Confusable] {
        let folded: String = kana::folded(previous.chars(), grade).collect();
        let again: String = kana::folded(folded.chars(), grade).collect();
        assert_eq!(again, folded);
        previous = folded;
    }
}

pub fn name(input: &str) {
    let (register, reading) = input.split_once('\n').unwrap_or((input, ""));
    let Ok(names) = name::parse(register, reading) else { return };
    let Some(spelling) = names.first().and_then(|name| name.register.as_ref()) else { return };
    let record = Record { kanji_name: register, kana_name: reading, ..Record::default() };
    let Ok(person) = Person::read(&record, &ReadOptions::default()) else { return };
    let pair = compare::compare(&person, &person).name;
    if !spelling.family.has_unknown() && !spelling.given.has_unknown() {
        // Which variation selector a name has is not kept: it may be another one each time (METHOD 5, grade 3).
        let selected =
            [&spelling.family, &spelling.given].iter().any(|part| part.folds().contains(Fold::Selector));
        let grade = if selected { Grade::Official } else { Grade::Identical };
        assert_eq!(pair.agreement(grade), NameAgreement::Agrees);
    }
}

pub fn birth_date(input: &str) {
    for era_codes in [EraCodes::None, EraCodes::Sequential, EraCodes::Pension] {
        for impossible_era in [ImpossibleEra::Reject, ImpossibleEra::AcceptWithWarning] {
            let options = DateOptions { era_codes, impossible_era, as_of: None };
            let Ok(Some(date)) = BirthDate::parse(input, &options) else { continue };
            assert_eq!(BirthDate::from_packed(date.to_packed()), Some(date));
            assert_eq!(BirthDate::parse(&date.to_string_iso(), &options), Ok(Some(date)));
        }
    }
}

pub fn address(input: &str) {
    let Some(address) = Address::parse(input) else { return };
    let again = Address::parse(&address.canonical());
    assert_eq!(again.as_ref().map(Address::canonical), Some(address.canonical()));
    assert_eq!(again.as_ref().and_then(Address::block_key), address.block_key());
    let own = compare::address::compare(&address, &address);
    assert_eq!(again.map(|again| compare::address::compare(&again, &address).level), Some(own.level));
}
