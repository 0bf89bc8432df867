//! Which column of a file is which attribute: by canonical name, by the names that Japanese offices use, or as told.
//! What is ambiguous is an error: a guess here would be wrong for every row.

mod error;
mod names;

use std::str::FromStr;

use self::names::{HALVES, RESIDENT_IDS, TABLE, key, names};
pub use self::{error::ColumnError, names::Column};

/// Which of the two inputs a file is.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Role {
    /// The residents to choose from.
    Registry,
    /// The rows to decide.
    Records,
}

/// One `--map`: `kanji_name=お名前`, for one of the inputs if it begins with `registry:` or `records:`.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Mapping {
    role: Option<Role>,
    column: Column,
    header: String,
}

impl Mapping {
    /// Whether the mapping is meant for the file.
    #[must_use]
    pub fn applies_to(&self, role: Role) -> bool {
        self.role.is_none_or(|own| own == role)
    }
}

impl FromStr for Mapping {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (role, rest) = match text.split_once(':') {
            Some(("registry", rest)) => (Some(Role::Registry), rest),
            Some(("records", rest)) => (Some(Role::Records), rest),
            _ => (None, text),
        };
        let Some((name, header)) = rest.split_once('=') else {
            return Err("expected COLUMN=HEADER, for example kanji_name=お名前".to_owned());
        };
        let Some(column) = Column::from_name(name.trim()) else {
            let names: Vec<&str> = TABLE.iter().map(|(_, name, _)| *name).collect();
            return Err(format!("`{name}` is not a column; the columns are {}", names.join(", ")));
        };
        Ok(Self { role, column, header: header.to_owned() })
    }
}

/// The cells of which a name is put together.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Join {
    /// The whole name, where the file has it beside its halves.
    pub whole: Option<usize>,
    /// The family name.
    pub family: usize,
    /// The given name.
    pub given: usize,
}

impl Join {
    fn cells(self) -> impl Iterator<Item = usize> {
        self.whole.into_iter().chain([self.family, self.given])
    }
}

/// Where each attribute stands in the rows of a file.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Columns {
    headers: Vec<String>,
    places: Vec<(Column, usize)>,
    joins: Vec<Join>,
    by_column: [Option<usize>; TABLE.len()],
}

impl Columns {
    /// Finds the columns; `mappings` go before names. In records that have an id of their own, 宛名番号 is the person's.
    ///
    /// # Errors
    /// Where the id, a mapped header or the other half of a name is missing, and where two columns could be meant.
    pub fn resolve<'m>(
        headers: &[String],
        role: Role,
        mappings: impl IntoIterator<Item = &'m Mapping>,
    ) -> Result<Self, ColumnError> {
        let names = names();
        let mut known: Vec<Option<Column>> =
            headers.iter().map(|header| names.get(&key(header)).copied()).collect();
        // Headers are no personal data. The first row of a file without headers is, and then none of it is known; so is that of
        // a file whose line ends were lost, and then some of it has figures as headers have none.
        let may_be_data =
            !known.iter().any(Option::is_some) || headers.iter().any(|own| looks_like_data(own));
        let shown = if may_be_data { Vec::new() } else { headers.to_vec() };
        let mut places: Vec<(Column, usize)> = Vec::new();
        for mapping in mappings {
            let place = find(headers, mapping, &shown)?;
            let numbers = known.get(place) == Some(&Some(Column::MyNumber));
            if numbers && matches!(mapping.column, Column::Id | Column::PersonId) {
                let header = headers.get(place).cloned().unwrap_or_default();
                return Err(ColumnError::NumbersAsIds { column: mapping.column, header });
            }
            if let Some((first, _)) =
                places.iter().find(|(column, at)| *column == mapping.column || *at == place)
            {
                return Err(ColumnError::MappedTwice { first: *first, second: mapping.column });
            }
            places.push((mapping.column, place));
        }
        if role == Role::Records {
            name_persons(headers, &places, &mut known);
        }
        let mapped = places.len();
        let is_mapped = |places: &[(Column, usize)], column, place| {
            places.iter().take(mapped).any(|(own, at)| *own == column || *at == place)
        };
        for (place, column) in known.iter().enumerate() {
            let Some(column) = *column else { continue };
            if is_mapped(&places, column, place) {
                continue;
            }
            if let Some((_, other)) = places.iter().find(|(own, _)| *own == column) {
                let headers = [*other, place].iter().filter_map(|at| headers.get(*at).cloned()).collect();
                return Err(ColumnError::Ambiguous { column, headers });
            }
            places.push((column, place));
        }
        if !places.iter().any(|(column, _)| *column == Column::Id) {
            return Err(if places.is_empty() {
                ColumnError::NoneKnown(headers.len())
            } else {
                ColumnError::NoId(shown)
            });
        }
        let joins = join_halves(&mut places, headers.len())?;
        places.sort_by_key(|(_, place)| *place);
        let mut by_column = [None; TABLE.len()];
        for (column, place) in &places {
            if let Some(slot) = by_column.get_mut(*column as usize) {
                *slot = Some(*place);
            }
        }
        // Of what may be a row of data nobody is shown more than is known or was typed.
        let is_shown = |place| {
            !may_be_data
                || known.get(place).is_some_and(Option::is_some)
                || places.iter().any(|(_, own)| *own == place)
        };
        let headers = headers.iter().enumerate().map(|(place, header)| match is_shown(place) {
            true => header.clone(),
            false => format!("column {}", place + 1),
        });
        Ok(Self { headers: headers.collect(), places, joins, by_column })
    }

    /// How many cells a row of the file has.
    #[must_use]
    pub fn cells(&self) -> usize {
        self.headers.len()
    }

    /// Where an attribute stands in a row; past the row's own cells for a name joined from several of them.
    #[must_use]
    pub fn cell(&self, column: Column) -> Option<usize> {
        self.by_column.get(column as usize).copied().flatten()
    }

    /// Whether the file has the attribute.
    #[must_use]
    pub fn has(&self, column: Column) -> bool {
        self.cell(column).is_some()
    }

    /// The cells to join.
    #[must_use]
    pub fn joins(&self) -> &[Join] {
        &self.joins
    }

    /// The header of a cell; empty for none.
    #[must_use]
    pub fn header(&self, place: usize) -> &str {
        self.headers.get(place).map_or("", String::as_str)
    }

    /// The header from which an attribute is read, that of the whole name beside its halves; its canonical name where no single
    /// column holds it.
    #[must_use]
    pub fn header_of<'a>(&'a self, canonical: &'a str) -> &'a str {
        let place = Column::from_name(canonical).and_then(|column| self.cell(column));
        let place = place.and_then(|place| self.joined(place).map_or(Some(place), |join| join.whole));
        place.and_then(|place| self.headers.get(place)).map_or(canonical, String::as_str)
    }

    /// Each attribute found, and the header or the headers it is read from, in the order of the file.
    pub fn found(&self) -> impl Iterator<Item = (&'static str, String)> {
        self.places.iter().map(|(column, place)| {
            let header = match self.joined(*place) {
                Some(join) => join.cells().map(|cell| self.header(cell)).collect::<Vec<_>>().join(" + "),
                None => self.header(*place).to_owned(),
            };
            (column.name(), header)
        })
    }

    /// The cells of a name that stands in none.
    fn joined(&self, place: usize) -> Option<Join> {
        self.joins.get(place.checked_sub(self.headers.len())?).copied()
    }

    /// Whether anything is read from a cell.
    #[must_use]
    pub fn uses(&self, place: usize) -> bool {
        self.places.iter().any(|(_, at)| *at == place)
            || self.joins.iter().any(|join| join.cells().any(|cell| cell == place))
    }

    /// Whether any column says who a row is about.
    #[must_use]
    pub fn describe_people(&self) -> bool {
        [Column::KanjiName, Column::KanaName, Column::BirthDate, Column::Sex, Column::Address]
            .into_iter()
            .any(|column| self.has(column))
    }

    /// The headers of the columns that are not used.
    pub fn ignored(&self) -> impl Iterator<Item = &str> {
        let headers = self.headers.iter().enumerate();
        headers.filter(|(place, _)| !self.uses(*place)).map(|(_, header)| header.as_str())
    }
}

/// Whether a cell of the first row is no header: long, or with more figures than any header needs.
fn looks_like_data(header: &str) -> bool {
    header.chars().filter(|c| c.is_numeric()).count() > 2 || header.len() > 120
}

/// Makes 宛名番号 the person's id where another column is the record's own.
fn name_persons(headers: &[String], mapped: &[(Column, usize)], known: &mut [Option<Column>]) {
    let residents = RESIDENT_IDS.map(key);
    let of_resident =
        |place: usize| headers.get(place).is_some_and(|header| residents.contains(&key(header)));
    let own = known.iter().enumerate().any(|(place, column)| {
        *column == Some(Column::Id) && !of_resident(place) && !mapped.iter().any(|(_, at)| *at == place)
    });
    if own || mapped.iter().any(|(column, _)| *column == Column::Id) {
        let persons = known.iter_mut().enumerate().filter(|(place, _)| of_resident(*place));
        persons.for_each(|(_, column)| *column = Some(Column::PersonId));
    }
}

/// The place of a mapped header: as written, else as [`key`] sees it.
fn find(headers: &[String], mapping: &Mapping, shown: &[String]) -> Result<usize, ColumnError> {
    let wanted = key(&mapping.header);
    let exact: Vec<usize> = positions(headers, |header| *header == mapping.header);
    let matching = if exact.is_empty() { positions(headers, |header| key(header) == wanted) } else { exact };
    match matching.as_slice() {
        [place] => Ok(*place),
        [] => Err(ColumnError::NoSuchHeader {
            column: mapping.column,
            header: mapping.header.clone(),
            found: shown.to_vec(),
        }),
        several => Err(ColumnError::Ambiguous {
            column: mapping.column,
            headers: several.iter().filter_map(|place| headers.get(*place).cloned()).collect(),
        }),
    }
}

fn positions(headers: &[String], wanted: impl Fn(&String) -> bool) -> Vec<usize> {
    headers.iter().enumerate().filter(|(_, header)| wanted(header)).map(|(place, _)| place).collect()
}

/// Turns the two halves of a name into the whole; beside the whole they state it once more, and may contradict it.
fn join_halves(places: &mut Vec<(Column, usize)>, cells: usize) -> Result<Vec<Join>, ColumnError> {
    let mut joins = Vec::new();
    for (whole, family, given) in HALVES {
        let place = |wanted| places.iter().find(|(column, _)| *column == wanted).map(|(_, place)| *place);
        let joined = match (place(whole), place(family), place(given)) {
            (whole, Some(family), Some(given)) => Some(Join { whole, family, given }),
            (None, Some(_), None) => return Err(ColumnError::HalfName { found: family, missing: given }),
            (None, None, Some(_)) => return Err(ColumnError::HalfName { found: given, missing: family }),
            (Some(_), ..) | (None, None, None) => None,
        };
        places.retain(|(column, _)| ![family, given].contains(column));
        if let Some(join) = joined {
            places.retain(|(column, _)| *column != whole);
            places.push((whole, cells + joins.len()));
            joins.push(join);
        }
    }
    Ok(joins)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(names: &str) -> Vec<String> {
        names.split(',').map(str::to_owned).collect()
    }

    fn resolve(names: &str, maps: &[&str]) -> Result<Columns, ColumnError> {
        let maps: Vec<Mapping> = maps.iter().map(|map| map.parse().unwrap()).collect();
        Columns::resolve(&headers(names), Role::Records, &maps)
    }

    #[test]
    fn a_residents_id_beside_a_records_own_is_the_persons() {
        let found = |names: &str, maps: &[&str]| {
            let columns = resolve(names, maps).unwrap();
            [Column::Id, Column::PersonId].map(|column| columns.cell(column))
        };
        assert_eq!(found("整理番号,宛名番号", &[]), [Some(0), Some(1)]);
        assert_eq!(found("No,宛名コード", &["id=No"]), [Some(0), Some(1)]);
        assert_eq!(found("宛名番号,氏名", &[]), [Some(0), None]);
        assert_eq!(found("整理番号,宛名番号", &["id=宛名番号"]), [Some(1), None]);
        assert_eq!(found("id,宛名番号,本人", &["person_id=本人"]), [Some(0), Some(2)]);
        let registry = Columns::resolve(&headers("整理番号,宛名番号"), Role::Registry, &[]);
        assert!(matches!(registry, Err(ColumnError::Ambiguous { column: Column::Id, .. })));
        let two = resolve("id,宛名番号,住民番号", &[]).unwrap_err();
        assert_eq!(two.to_string(), "two columns can be person_id: `宛名番号`, `住民番号`");
    }

    #[test]
    fn headers_are_found_in_any_writing() {
        let columns = resolve("宛名番号,氏名（漢字）,ﾌﾘｶﾞﾅ,生 年 月 日,Ｓｅｘ,ADDRESS,備考", &[]).unwrap();
        let found: Vec<&str> = columns.found().map(|(name, _)| name).collect();
        assert_eq!(found, ["id", "kanji_name", "kana_name", "birth_date", "sex", "address"]);
        assert_eq!(columns.ignored().collect::<Vec<_>>(), ["備考"]);
    }

    #[test]
    fn halves_of_a_name_are_joined_and_stand_beside_the_whole() {
        let columns = resolve("id,姓,名,セイ,メイ", &[]).unwrap();
        let halves = |family, given| Join { whole: None, family, given };
        assert_eq!(columns.joins(), [halves(1, 2), halves(3, 4)]);
        assert_eq!(columns.cell(Column::KanaName), Some(6));
        let columns = resolve("id,氏名,姓,名", &[]).unwrap();
        assert_eq!(columns.joins(), [Join { whole: Some(1), ..halves(2, 3) }]);
        assert_eq!((columns.cell(Column::KanjiName), columns.header_of("kanji_name")), (Some(4), "氏名"));
        assert_eq!(columns.found().last(), Some(("kanji_name", "氏名 + 姓 + 名".to_owned())));
        assert_eq!(columns.ignored().count(), 0);
        let columns = resolve("id,氏名,姓", &[]).unwrap();
        assert_eq!((columns.cell(Column::KanjiName), columns.joins().len()), (Some(1), 0));
        let error = resolve("id,氏", &[]).unwrap_err();
        assert_eq!(error, ColumnError::HalfName { found: Column::FamilyName, missing: Column::GivenName });
        assert!(error.hint().en.contains("--map kanji_name="));
    }

    #[test]
    fn a_first_row_of_which_nothing_is_known_may_be_data() {
        let columns = resolve("001,山田 太郎,1985-01-01", &["id=001"]).unwrap();
        assert_eq!(columns.ignored().collect::<Vec<_>>(), ["column 2", "column 3"]);
        assert_eq!((columns.header(0), columns.header(1)), ("001", "column 2"));
        // The line ends were lost: what stands behind the header is data.
        let columns = resolve("id,氏名,備考r1,山田 太郎,S60.1.1", &[]).unwrap();
        assert_eq!((columns.header(1), columns.header(3)), ("氏名", "column 4"));
        let error = resolve("氏名,備考r1,山田 太郎,S60.1.1", &[]).unwrap_err();
        assert_eq!(error, ColumnError::NoId(Vec::new()));
    }

    #[test]
    fn a_mapping_goes_before_a_name() {
        let columns = resolve("No,氏名,本名", &["id=No", "kanji_name=本名"]).unwrap();
        assert_eq!(columns.cell(Column::KanjiName), Some(2));
        assert_eq!(columns.ignored().collect::<Vec<_>>(), ["氏名"]);
        let columns = resolve("id,住所,前住所", &["former_addresses=住所", "address=前住所"]).unwrap();
        assert_eq!(
            (columns.cell(Column::Address), columns.cell(Column::FormerAddresses)),
            (Some(2), Some(1))
        );
    }

    #[test]
    fn what_is_ambiguous_is_refused() {
        let cases: [(&str, &[&str], &str); 8] = [
            (
                "氏名,個人番号",
                &["id=個人番号"],
                "--map takes `個人番号` for id, and ids stand in the outputs, where no individual number may",
            ),
            ("氏名,住所", &[], "no id column; the headers are `氏名`, `住所`"),
            ("id,住所,現住所", &[], "two columns can be address: `住所`, `現住所`"),
            ("id,氏名,氏名", &[], "two columns can be kanji_name: `氏名`, `氏名`"),
            ("id,x,x", &["sex=x"], "two columns can be sex: `x`, `x`"),
            ("id,a,b", &["sex=a", "sex=b"], "--map gives sex and sex one and the same place"),
            ("id,a,b", &["sex=a", "address=a"], "--map gives sex and address one and the same place"),
            (
                "id,a",
                &["sex=c"],
                "no column is headed `c`, which --map gives as sex; the headers are `id`, `a`",
            ),
        ];
        for (names, maps, message) in cases {
            assert_eq!(resolve(names, maps).unwrap_err().to_string(), message);
        }
    }

    #[test]
    fn a_first_row_of_data_is_not_shown() {
        let error = resolve("0001,山田 太郎,S60.1.1", &[]).unwrap_err();
        assert_eq!(error.to_string(), "none of the 3 column headers is known");
        let error = resolve("0001,山田 太郎,S60.1.1", &["id=番号"]).unwrap_err();
        assert!(!error.to_string().contains("山田"));
    }

    #[test]
    fn a_mapping_is_checked_when_it_is_read() {
        assert!("kanji=x".parse::<Mapping>().unwrap_err().contains("kanji_name"));
        assert!("kanji_name".parse::<Mapping>().is_err());
        let mapping: Mapping = "records:sex=性".parse().unwrap();
        assert!(mapping.applies_to(Role::Records) && !mapping.applies_to(Role::Registry));
    }
}
