//! Numbers and texts as bytes: small numbers short. Reading is total: bytes that say nothing are `None`.

/// Something that can be kept in a working file.
pub trait Coded: Sized {
    /// Appends it.
    fn write(&self, to: &mut Vec<u8>);
    /// Takes it from the front; `None` where the bytes are not one.
    fn read(from: &mut &[u8]) -> Option<Self>;
}

/// Appends a number, seven bits a byte, the lowest first.
pub fn write_number(mut number: u128, to: &mut Vec<u8>) {
    // Nearly all are short: only what is longer is divided in 128 bits.
    while number > u128::from(u64::MAX) {
        to.push(number as u8 | 0x80);
        number >>= 7;
    }
    let mut number = number as u64;
    while number > 0x7F {
        to.push(number as u8 | 0x80);
        number >>= 7;
    }
    to.push(number as u8);
}

/// Takes a number from the front.
pub fn read_number(from: &mut &[u8]) -> Option<u128> {
    let mut low = 0u64;
    for shift in (0..SHORT).step_by(7) {
        let byte = *from.split_off_first()?;
        low |= u64::from(byte & 0x7F) << shift;
        if byte & 0x80 == 0 {
            return Some(low.into());
        }
    }
    let mut number = u128::from(low);
    for shift in (SHORT..u128::BITS).step_by(7) {
        let byte = *from.split_off_first()?;
        number |= u128::from(byte & 0x7F) << shift;
        if byte & 0x80 == 0 {
            return Some(number);
        }
    }
    None
}

/// Bits of a number that is read in 64, nine bytes of seven.
const SHORT: u32 = 63;

/// Appends a text, its length first.
pub fn write_text(text: &str, to: &mut Vec<u8>) {
    write_number(text.len() as u128, to);
    to.extend_from_slice(text.as_bytes());
}

/// Takes a text from the front.
pub fn read_text<'a>(from: &mut &'a [u8]) -> Option<&'a str> {
    let length = usize::try_from(read_number(from)?).ok()?;
    std::str::from_utf8(from.split_off(..length)?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn what_is_written_is_read_again(number: u128, small: u8, text: String) {
            let mut bytes = Vec::new();
            write_number(number, &mut bytes);
            write_text(&text, &mut bytes);
            write_number(small.into(), &mut bytes);
            let mut rest = bytes.as_slice();
            prop_assert_eq!(read_number(&mut rest), Some(number));
            prop_assert_eq!(read_text(&mut rest), Some(text.as_str()));
            prop_assert_eq!(read_number(&mut rest), Some(small.into()));
            prop_assert!(rest.is_empty());
        }

        #[test]
        fn any_bytes_are_read_without_panic(bytes: Vec<u8>) {
            let _ = read_number(&mut bytes.as_slice());
            let _ = read_text(&mut bytes.as_slice());
        }
    }
}
