//! Takes residents in: read on all threads, filed one after the other, then made into a [`Registry`].

use std::sync::Arc;

use rayon::prelude::*;

use super::columns::Columns;
use super::counts::{Counts, Tables, Tallies};
use super::dated::{self, Dated, DatedFiler};
use super::familiar::Familiar;
use super::filing::Filing;
use super::index::{Filer, Push, Table};
use super::intake::{Incoming, Reader, Residence};
use super::keep::{InMemory, Keep};
use super::keyring::Keyring;
use super::keys::{self, Whole};
use super::layer::Layer;
use super::neighbour::Memories;
use super::{Registry, RegistryError, RegistryProblem, ResidentIndex, ids};
use crate::Record;
use crate::normalize::name;
use crate::person::{PersonView, ReadOptions};

/// Rows that are gathered from an iterator.
const CHUNK: usize = 16_384;

/// Rows normalized side by side before they are filed in order, at most: so few that what was read is in a cache when it is filed,
/// and so many that threads seldom wait for one another.
const MOST: usize = 8_192;

/// Rows normalized side by side at least, where there are as many.
const LEAST: usize = 1_024;

/// Rows that are not shared out any further.
const FEW: usize = 64;

/// Rows between one of which keys are made, or which is filed, and one of which the memory is asked for what is read for that.
const AHEAD: u32 = 16;

/// Takes residents in and makes a [`Registry`] of them.
pub struct RegistryBuilder {
    options: ReadOptions,
    memories: Memories,
    familiar: Familiar,
    filing: Filing,
    problems: Vec<RegistryProblem>,
}

impl RegistryBuilder {
    /// Starts a registry whose attributes are read with these options.
    #[must_use]
    pub fn new(options: ReadOptions) -> Self {
        Self {
            options,
            memories: Memories::default(),
            familiar: Familiar::default(),
            filing: Filing::default(),
            problems: Vec::new(),
        }
    }

    /// Makes room for about so many residents more, all at once, so that nothing is copied as they come. Only a hint: fewer or
    /// more may come, the registry is the same, and where the system gives memory as it is used, room that is not takes none.
    ///
    /// ```
    /// # use himozuke::{Record, Registry};
    /// let mut builder = Registry::builder();
    /// builder.expect(1_000_000);
    /// let registry = builder.persons([Record { id: "p1", ..Record::default() }])?.build()?;
    /// assert_eq!(registry.len(), 1);
    /// # Ok::<(), himozuke::RegistryError>(())
    /// ```
    pub fn expect(&mut self, residents: u64) {
        // More cannot be numbered.
        let residents = residents.min(u64::from(u32::MAX));
        self.filing.reserve(residents as usize);
    }

    /// Takes residents in, chunk by chunk.
    ///
    /// # Errors
    ///
    /// [`RegistryError::TooLarge`].
    pub fn persons<'r>(mut self, rows: impl IntoIterator<Item = Record<'r>>) -> Result<Self, RegistryError> {
        let mut rows = rows.into_iter();
        loop {
            let chunk: Vec<_> = rows.by_ref().take(CHUNK).collect();
            if chunk.is_empty() {
                return Ok(self);
            }
            self.push(&chunk)?;
        }
    }

    /// Takes in one chunk of residents, normalized on all threads.
    ///
    /// # Errors
    ///
    /// [`RegistryError::TooLarge`].
    pub fn push(&mut self, chunk: &[Record<'_>]) -> Result<(), RegistryError> {
        // On a thread of the pool from the beginning: handing each step to one would be waited for.
        rayon::scope(|_| self.take(chunk)).ok_or(RegistryError::TooLarge)
    }

    /// Piece by piece: while one is filed in order the next is read, and while that is looked for, what was filed is learnt.
    fn take(&mut self, chunk: &[Record<'_>]) -> Option<()> {
        let Self { options, memories, familiar, filing, problems } = self;
        let (mut filed, mut next) = (Vec::new(), Vec::new());
        let mut pieces = pieces(chunk).peekable();
        if let Some(piece) = pieces.peek() {
            read(piece, familiar, memories, options, &mut next);
        }
        let mut before: &[Record<'_>] = &[];
        while let Some(piece) = pieces.next() {
            let known = &*filing;
            rayon::join(
                || {
                    next.par_iter_mut().with_min_len(FEW).for_each(|resident| known.seek(resident));
                },
                || learn(familiar, before, &filed, known),
            );
            let (added, ()) = rayon::join(
                || file(filing, piece, &next, problems),
                || read(pieces.peek().copied().unwrap_or_default(), familiar, memories, options, &mut filed),
            );
            added?;
            std::mem::swap(&mut filed, &mut next);
            before = piece;
        }
        learn(familiar, before, &filed, filing);
        clear(&mut filed);
        Some(())
    }

    /// The resident taken in as the row at a place of the input, counted from 0; `None` for one still to come. Only for
    /// what is kept beside the registry about to be built, such as a [`crate::NumberTable`].
    ///
    /// ```
    /// # use himozuke::{Record, Registry};
    /// let builder = Registry::builder().persons([Record { id: "p1", ..Record::default() }])?;
    /// let (first, second) = (builder.resident(0), builder.resident(1));
    /// assert_eq!((first, second), (builder.build()?.find("p1"), None));
    /// # Ok::<(), himozuke::RegistryError>(())
    /// ```
    #[must_use]
    pub fn resident(&self, row: u64) -> Option<ResidentIndex> {
        let row = u32::try_from(row).ok()?;
        ((row as usize) < self.filing.len()).then_some(ResidentIndex(row))
    }

    /// Attributes that could not be read so far, in the order of the input.
    #[must_use]
    pub fn problems(&self) -> &[RegistryProblem] {
        &self.problems
    }

    /// The ids of the residents taken in so far.
    pub(super) fn ids(&self) -> impl Iterator<Item = &str> {
        self.filing.ids()
    }

    /// Files a resident; `None` if there is no room for one more.
    pub(super) fn file(&mut self, id: &str, person: PersonView<'_>) -> Option<()> {
        self.filing.file(id, person)
    }

    /// Builds the blocking tables and the counts.
    ///
    /// # Errors
    ///
    /// [`RegistryError`] if two residents share an id or there are too many.
    pub fn build(self) -> Result<Registry, RegistryError> {
        let base = self.build_in(&mut InMemory)?.ok_or(RegistryError::TooLarge)?;
        Ok(Registry { base, changes: None })
    }

    /// As [`Self::build`], every column where it is to stay; `None` if one cannot stay there, or if there are too many
    /// residents.
    pub(super) fn build_in(self, keep: &mut impl Keep) -> Result<Option<Layer>, RegistryError> {
        let Self { memories, familiar, filing, .. } = self;
        drop((memories, familiar));
        let (columns, ids) = filing.finish();
        Ok(Layer::index(columns, ids.build()?, keep))
    }
}

/// What is taken in together of some residents, one piece after the other: half of what is left, as nothing is read beside the
/// last one while it is filed.
fn pieces<'c, 'r>(mut chunk: &'c [Record<'r>]) -> impl Iterator<Item = &'c [Record<'r>]> {
    std::iter::from_fn(move || {
        let size = (chunk.len() / 2).clamp(LEAST, MOST).min(chunk.len());
        let (piece, rest) = chunk.split_at_checked(size)?;
        chunk = rest;
        (!piece.is_empty()).then_some(piece)
    })
}

/// Reads some residents on all threads, in the place of others.
fn read(
    some: &[Record<'_>],
    familiar: &Familiar,
    memories: &Memories,
    options: &ReadOptions,
    into: &mut Vec<Incoming>,
) {
    clear(into);
    let reader = || Reader::new(familiar, memories, some);
    let places = (0..some.len()).into_par_iter().with_min_len(FEW);
    places.map_init(reader, |reader, at| reader.read(at, options)).collect_into_vec(into);
}

/// Files residents who were read, in their order, with what could not be read of them; `None` if there is no room for all.
fn file(
    filing: &mut Filing,
    records: &[Record<'_>],
    residents: &[Incoming],
    problems: &mut Vec<RegistryProblem>,
) -> Option<()> {
    for (at, (record, resident)) in records.iter().zip(residents).enumerate() {
        residents.get(at + AHEAD as usize).into_iter().for_each(|later| filing.prefetch(later));
        let row = filing.len() as u64;
        problems.extend(resident.problems.iter().map(|problem| RegistryProblem { row, problem: *problem }));
        filing.add(record.id, resident)?;
    }
    Some(())
}

/// Drops residents on the threads that made them, and keeps their room.
fn clear(residents: &mut Vec<Incoming>) {
    residents.par_drain(..).with_min_len(FEW).for_each(drop);
}

/// Takes up how those are written who were filed last, where that was not known.
fn learn(familiar: &mut Familiar, records: &[Record<'_>], residents: &[Incoming], filing: &Filing) {
    let Familiar { words, heads } = familiar;
    let first = filing.len().saturating_sub(records.len());
    let filed = || (first..).zip(records.iter().zip(residents));
    let names = || {
        for (row, (record, resident)) in filed() {
            if resident.name.is_none()
                && let Some(name) = filing.name_of(row)
            {
                words.learn_name(record, name);
            }
            if let (Some(_), Some(names)) = (resident.name, &resident.names)
                && let Some(family) = name::former_family(record.former_names, &names.main, &names.others)
                && let Some(number) = filing.number_of(family)
            {
                words.learn_former(record.former_names, number);
            }
        }
    };
    let places = || {
        for (row, (record, resident)) in filed() {
            if let Residence::Read(_, Some(notes)) | Residence::Filed(_, Some(notes)) = resident.address
                && let Some(place) = filing.place_of(row)
            {
                heads.learn(record.address, place, notes);
            }
        }
    };
    rayon::join(names, places);
}

impl Layer {
    /// The layer of these columns, with its blocking tables and counts; `None` if they are too large, or cannot stay where they
    /// are to be kept.
    pub(super) fn index(columns: Columns, ids: ids::Ids, keep: &mut impl Keep) -> Option<Self> {
        // What is counted in the columns is counted while they are written, which one thread does.
        let (tallies, taken) = rayon::join(
            || Tallies::of(&columns),
            || {
                let mut take = |element, bytes: &[u8]| keep.take(element, bytes).ok_or(());
                columns.sections(&mut take).and_then(|()| ids.sections(&mut take)).ok()
            },
        );
        taken?;
        let (columns, ids) = (columns.kept(keep)?, ids.kept(keep)?);
        // The builder numbered every row in 32 bits.
        let rows = columns.rows.len() as u32;
        let keyring = Keyring::of(&columns);
        // The largest first: building it takes room besides.
        let parts = Table::build(rows, &keyring, keep)?;
        let mut whole = |whole| Dated::build(rows, &Wholes { keyring: &keyring, whole }, keep);
        let (registers, readings) = (whole(Whole::Register)?, whole(Whole::Reading)?);
        let blocks = Dated::build(rows, &Blocks(&keyring), keep)?;
        let [registers, readings, blocks] = [registers, readings, blocks].map(Arc::new);
        let counts = Counts::of(tallies, Tables { registers, readings, blocks });
        Some(Self { columns, ids, parts, counts: Arc::new(counts) })
    }
}

/// The parts of names, under their keys.
impl Filer<[u16; 3]> for Keyring<'_> {
    fn file(&self, row: u32, push: &mut impl Push<[u16; 3]>) {
        let [high, low] = [(row >> 16) as u16, row as u16];
        self.prefetch_parts(row.saturating_add(AHEAD));
        self.file_parts(row, &mut |key, town| {
            push.push(key, |tag| [keys::part_mark(tag, town), high, low]);
        });
    }
}

/// Whole names in one script.
struct Wholes<'k> {
    keyring: &'k Keyring<'k>,
    whole: Whole,
}

impl DatedFiler for Wholes<'_> {
    fn file(&self, row: u32, push: &mut impl FnMut(u64, dated::Filing)) {
        self.keyring.prefetch_wholes(self.whole, row.saturating_add(AHEAD));
        self.keyring.file_wholes(self.whole, row, push);
    }
}

/// Blocks.
struct Blocks<'k>(&'k Keyring<'k>);

impl DatedFiler for Blocks<'_> {
    fn file(&self, row: u32, push: &mut impl FnMut(u64, dated::Filing)) {
        self.0.prefetch_blocks(row.saturating_add(AHEAD));
        self.0.file_blocks(row, push);
    }
}

impl std::fmt::Debug for RegistryBuilder {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("RegistryBuilder").field("residents", &self.filing.len()).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_are_the_rows_in_their_order_and_the_last_is_small() {
        for rows in [0, 1, LEAST, LEAST + 1, CHUNK, 100_000] {
            let ids: Vec<String> = (0..rows).map(|row| row.to_string()).collect();
            let chunk: Vec<_> = ids.iter().map(|id| Record { id, ..Record::default() }).collect();
            let pieces: Vec<_> = pieces(&chunk).collect();
            assert!(pieces.iter().all(|piece| (1..=MOST).contains(&piece.len())));
            assert!(pieces.last().is_none_or(|last| last.len() <= LEAST));
            assert!(pieces.concat().iter().map(|row| row.id).eq(&ids));
        }
    }

    #[test]
    fn refuses_two_residents_of_one_id() {
        let row = |id| Record { id, ..Record::default() };
        let built = Registry::builder().persons([row("a"), row("b"), row("a")]).unwrap().build();
        assert_eq!(built.err(), Some(RegistryError::DuplicateId { first: 0, second: 2 }));
    }

    #[test]
    fn a_family_name_borne_before_is_learnt_from_whoever_has_a_known_name() {
        let (kanji_name, kana_name) = ("山田 太郎", "ヤマダ タロウ");
        let row = |id, former_names| Record { id, kanji_name, kana_name, former_names, ..Record::default() };
        let mut builder = Registry::builder();
        for (id, former) in [("a", "加須"), ("b", "加須"), ("c", "加須 花子"), ("d", "ヤマモト")]
        {
            builder.push(&[row(id, former)]).unwrap();
        }
        let known = |former| {
            let word = builder.familiar.words.former(&row("e", former))?;
            builder.familiar.words.former_family(&word)
        };
        assert!(known("加須").is_some() && known("加須 花子").is_none() && known("ヤマモト").is_none());
    }

    #[test]
    fn keeps_a_resident_whose_date_cannot_be_read() {
        let row =
            Record {
                id: "a", kanji_name: "山田 太郎", birth_date: "平成31年5月1日", ..Record::default()
            };
        let builder = Registry::builder().persons([row]).unwrap();
        assert_eq!(builder.problems()[0].problem.column(), "birth_date");
        assert_eq!(builder.build().unwrap().len(), 1);
    }
}
