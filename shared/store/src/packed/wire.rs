//! Numbers in as few bytes as they need: LEB128, signed ones in zigzag order.

use super::UnpackError;

/// Appends a number, seven bits a byte, the lowest first.
pub(super) fn put(bytes: &mut Vec<u8>, mut number: u64) {
    while number >= 0x80 {
        bytes.push(number.to_le_bytes()[0] | 0x80);
        number >>= 7;
    }
    bytes.push(number.to_le_bytes()[0]);
}

/// Appends a signed number: 0, -1, 1, -2, ... become 0, 1, 2, 3, ...
pub(super) fn put_signed(bytes: &mut Vec<u8>, number: i64) {
    put(bytes, zigzag(number));
}

/// How many bytes [`put_signed`] takes.
pub(super) const fn signed_len(number: i64) -> usize {
    let bits = 64 - (zigzag(number) | 1).leading_zeros() as usize;
    bits.div_ceil(7)
}

const fn zigzag(number: i64) -> u64 {
    ((number << 1) ^ (number >> 63)).cast_unsigned()
}

/// Bytes not yet read.
pub(super) struct Reader<'a> {
    rest: &'a [u8],
}

impl<'a> Reader<'a> {
    pub(super) fn new(bytes: &'a [u8]) -> Self {
        Self { rest: bytes }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.rest.is_empty()
    }

    pub(super) fn take(&mut self, count: usize) -> Result<&'a [u8], UnpackError> {
        let (taken, rest) = self.rest.split_at_checked(count).ok_or(UnpackError::Cut)?;
        self.rest = rest;
        Ok(taken)
    }

    pub(super) fn byte(&mut self) -> Result<u8, UnpackError> {
        Ok(self.take(1)?[0])
    }

    pub(super) fn varint(&mut self) -> Result<u64, UnpackError> {
        let mut number = 0;
        for shift in (0..64).step_by(7) {
            let byte = self.byte()?;
            let bits = u64::from(byte & 0x7f);
            if bits << shift >> shift != bits {
                break;
            }
            number |= bits << shift;
            if byte & 0x80 == 0 {
                return Ok(number);
            }
        }
        Err(UnpackError::Damaged("a number is longer than 64 bits"))
    }

    pub(super) fn signed(&mut self) -> Result<i64, UnpackError> {
        let number = self.varint()?;
        Ok((number >> 1).cast_signed() ^ -(number & 1).cast_signed())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(number: i64, length: usize) {
        let mut bytes = Vec::new();
        put_signed(&mut bytes, number);
        assert_eq!((bytes.len(), signed_len(number)), (length, length), "{number}");
        assert_eq!(Reader::new(&bytes).signed(), Ok(number));
        assert_eq!(Reader::new(&bytes[..length - 1]).signed(), Err(UnpackError::Cut));
    }

    #[test]
    fn numbers_take_the_bytes_they_need() {
        check(0, 1);
        check(-64, 1);
        check(64, 2);
        check(8191, 2);
        check(-8193, 3);
        check(i64::MAX, 10);
        check(i64::MIN, 10);
    }

    #[test]
    fn a_number_beyond_64_bits_is_refused() {
        let too_long = UnpackError::Damaged("a number is longer than 64 bits");
        assert_eq!(Reader::new(&[0xff; 11]).varint(), Err(too_long.clone()));
        let mut bytes = [0xff; 10];
        bytes[9] = 2;
        assert_eq!(Reader::new(&bytes).varint(), Err(too_long));
    }
}
