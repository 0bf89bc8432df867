//! Where cells and lines end in a text: bytes are looked at sixty-four at once, for a search that begins anew behind each cell
//! costs more than the cell. Knows bytes, not what they separate.

/// Bytes that are looked at together.
const BLOCK: usize = 64;

/// The places at which one of three bytes stands, in order.
pub(super) struct Ends<'t> {
    bytes: [u8; 3],
    blocks: std::slice::Iter<'t, [u8; BLOCK]>,
    /// What is left behind the blocks.
    rest: &'t [u8],
    /// Where the next block begins.
    next: usize,
    /// A bit for each place of the block before that is yet to come.
    found: u64,
}

impl<'t> Ends<'t> {
    pub(super) fn of(bytes: [u8; 3], text: &'t [u8]) -> Self {
        let (blocks, rest) = text.as_chunks();
        Self { bytes, blocks: blocks.iter(), rest, next: 0, found: 0 }
    }

    /// Looks at the next block; `None` where there is none.
    fn look(&mut self) -> Option<()> {
        self.found = match self.blocks.next() {
            Some(block) => places(block, self.bytes),
            None if self.rest.is_empty() => return None,
            None => {
                let rest = std::mem::take(&mut self.rest);
                // Filled up with what may be sought, which is then left out.
                let mut block = [0; BLOCK];
                block.get_mut(..rest.len())?.copy_from_slice(rest);
                places(&block, self.bytes) & ((1 << rest.len()) - 1)
            }
        };
        self.next += BLOCK;
        Some(())
    }
}

impl Iterator for Ends<'_> {
    type Item = usize;

    #[inline]
    fn next(&mut self) -> Option<usize> {
        while self.found == 0 {
            self.look()?;
        }
        let at = self.next - BLOCK + self.found.trailing_zeros() as usize;
        self.found &= self.found - 1;
        Some(at)
    }
}

/// A bit for each place of a block at which one of the bytes stands.
fn places(block: &[u8; BLOCK], [a, b, c]: [u8; 3]) -> u64 {
    // One bit of each byte, at the same place in all: what a compiler makes wide instructions of.
    let found = block.map(|byte| u8::from(byte == a) | u8::from(byte == b) | u8::from(byte == c));
    // The product moves the bit of each of eight bytes to its place in the highest one.
    const TOGETHER: u64 = 0x0102_0408_1020_4080;
    let eights = found.as_chunks::<8>().0.iter();
    let bits = eights.map(|eight| u64::from_le_bytes(*eight).wrapping_mul(TOGETHER) >> 56);
    bits.enumerate().fold(0, |places, (at, bits)| places | bits << (8 * at))
}

#[cfg(test)]
mod tests {
    use super::*;
    use memchr::memchr3_iter;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn every_end_is_found_in_its_place(
            text in prop::collection::vec(prop_oneof![3 => 0..4u8, 1 => any::<u8>()], 0..300),
            [a, b, c] in prop::array::uniform3(0..4u8),
        ) {
            let found: Vec<usize> = Ends::of([a, b, c], &text).collect();
            prop_assert_eq!(found, memchr3_iter(a, b, c, &text).collect::<Vec<_>>());
        }
    }
}
