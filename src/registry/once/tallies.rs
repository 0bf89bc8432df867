//! How often each of any number of keys occurs, within a fixed room: what does not fit waits in a working file and is added up
//! in the end. Knows keys and classes of keys.

use std::io;

use rayon::prelude::*;
use rustc_hash::FxHashMap;

use super::spill::{Run, Spill};

/// Parts by the first bits of a key, counted side by side.
const SHARDS: usize = 64;
/// Keys of one part that are held in memory.
const ROOM: usize = 1 << 14;
/// Occurrences after which a part is written out at the latest: counts have 24 bits in the file.
const MOST: u32 = 1 << 23;

/// Which table a key is counted in.
pub(super) type Class = u8;

/// Keys seen, by the first bits.
pub(super) struct Seen(Vec<Vec<(u64, Class)>>);

impl Seen {
    pub(super) fn new() -> Self {
        Self(vec![Vec::new(); SHARDS])
    }

    pub(super) fn push(&mut self, key: u64, class: Class) {
        let shard = self.0.get_mut((key >> (u64::BITS - SHARDS.trailing_zeros())) as usize);
        shard.into_iter().for_each(|shard| shard.push((key, class)));
    }
}

/// Counts under way.
pub(super) struct Tallies(Vec<Shard>);

#[derive(Default)]
struct Shard {
    counts: FxHashMap<(u64, Class), u32>,
    seen: u32,
    runs: Vec<Run>,
}

/// What was counted.
#[derive(Default)]
pub(super) struct Totals {
    /// The keys that were asked for, in order.
    pub(super) asked: Vec<(u64, Class, u32)>,
    /// How many keys of each class occur once, and how many twice.
    pub(super) rare: Vec<(u64, u64)>,
}

impl Tallies {
    pub(super) fn new() -> Self {
        let mut shards = Vec::new();
        shards.resize_with(SHARDS, Shard::default);
        Self(shards)
    }

    pub(super) fn add(&mut self, seen: &[&Seen], spill: &Spill) -> io::Result<()> {
        self.0.par_iter_mut().enumerate().try_for_each(|(at, shard)| {
            let of_shard = seen.iter().filter_map(|Seen(shards)| shards.get(at)).flatten();
            for key in of_shard {
                shard.add(*key, spill)?;
            }
            Ok(())
        })
    }

    /// The totals of the keys that are `asked` for, and the rare keys of the first `classes`.
    pub(super) fn total(
        self,
        spill: &Spill,
        classes: Class,
        asked: impl Fn(u64, Class) -> bool + Sync,
    ) -> io::Result<Totals> {
        let totals = self.0.into_par_iter().map(|shard| shard.total(spill, classes, &asked));
        let mut all = Totals { asked: Vec::new(), rare: vec![(0, 0); classes.into()] };
        for Totals { asked, rare } in totals.collect::<io::Result<Vec<_>>>()? {
            all.asked.extend(asked);
            for (sum, rare) in all.rare.iter_mut().zip(rare) {
                *sum = (sum.0 + rare.0, sum.1 + rare.1);
            }
        }
        Ok(all)
    }
}

impl Shard {
    fn add(&mut self, key: (u64, Class), spill: &Spill) -> io::Result<()> {
        *self.counts.entry(key).or_default() += 1;
        self.seen += 1;
        if self.counts.len() < ROOM && self.seen < MOST {
            return Ok(());
        }
        let mut bytes = Vec::with_capacity(self.counts.len() * 12);
        for ((key, class), count) in self.counts.drain() {
            bytes.extend(key.to_le_bytes());
            bytes.extend((u32::from(class) << 24 | count).to_le_bytes());
        }
        self.seen = 0;
        self.runs.push(spill.write(&bytes)?);
        Ok(())
    }

    fn total(self, spill: &Spill, classes: Class, asked: impl Fn(u64, Class) -> bool) -> io::Result<Totals> {
        let mut counts: Vec<(u64, Class, u32)> =
            self.counts.into_iter().map(|((key, class), count)| (key, class, count)).collect();
        let bytes = spill.read(&self.runs)?;
        counts.extend(bytes.as_chunks::<12>().0.iter().map(|[k @ .., a, b, c, class]| {
            let [k0, k1, k2, k3, k4, k5, k6, k7] = *k;
            let key = u64::from_le_bytes([k0, k1, k2, k3, k4, k5, k6, k7]);
            (key, *class, u32::from_le_bytes([*a, *b, *c, 0]))
        }));
        drop(bytes);
        counts.sort_unstable();
        let mut totals = Totals { asked: Vec::new(), rare: vec![(0, 0); classes.into()] };
        for same in counts.chunk_by(|a, b| (a.0, a.1) == (b.0, b.1)) {
            let Some((key, class, _)) = same.first().copied() else { continue };
            let count: u32 = same.iter().map(|(.., count)| *count).sum();
            let rare = totals.rare.get_mut(usize::from(class));
            match (rare, count) {
                (Some(rare), 1) => rare.0 += 1,
                (Some(rare), 2) => rare.1 += 1,
                _ => {}
            }
            if asked(key, class) {
                totals.asked.push((key, class, count));
            }
        }
        Ok(totals)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeMap;

    /// A working file that is gone with the test.
    fn nameless() -> std::fs::File {
        let path = std::env::temp_dir().join(format!("himozuke-tallies-{}", std::process::id()));
        let file = std::fs::File::options().read(true).write(true).create_new(true).open(&path).unwrap();
        std::fs::remove_file(path).unwrap();
        file
    }

    /// As many keys as go to the file several times over.
    #[test]
    fn what_went_through_the_file_is_counted_as_the_rest() {
        let spill = Spill::new(nameless());
        let mut tallies = Tallies::new();
        let mut expected = BTreeMap::<(u64, Class), u32>::new();
        for round in 0..3u64 {
            let mut seen = [Seen::new(), Seen::new()];
            for number in 0..1_500_000u64 {
                let key = (number % (700_000 + round * 200_000) + 1).wrapping_mul(0x9E37_79B9_7F4A_7C15);
                let class = (number % 2) as Class;
                seen[(number % 3 == 0) as usize].push(key, class);
                *expected.entry((key, class)).or_default() += 1;
            }
            tallies.add(&seen.each_ref(), &spill).unwrap();
        }
        assert!(tallies.0.iter().all(|shard| !shard.runs.is_empty()), "the file was needed");
        let Totals { asked, rare } = tallies.total(&spill, 1, |key, _| key % 3 == 0).unwrap();
        let rarity = |times| expected.iter().filter(|((_, c), n)| *c == 0 && **n == times).count() as u64;
        assert_eq!(rare, [(rarity(1), rarity(2))]);
        let of = expected.into_iter().filter(|((key, _), _)| key % 3 == 0);
        assert_eq!(asked, of.map(|((key, class), count)| (key, class, count)).collect::<Vec<_>>());
    }
}
