use serde::{Deserialize, Serialize};

/// What is known of one period. No data is not zero, and a failed query is not "no data".
#[derive(Clone, Copy, PartialEq, Debug, Serialize, Deserialize)]
#[serde(into = "StoredCell", from = "StoredCell")]
pub enum Cell {
    /// It was never read successfully.
    Unknown,
    /// It was read and there was nothing.
    Empty,
    /// It was read and there was this.
    Value(f64),
}

/// A cell in few bytes: most measured numbers are decimals of few digits.
#[derive(Serialize, Deserialize)]
enum StoredCell {
    Unknown,
    Empty,
    Whole(i64),
    /// So many times a tenth to the given power.
    Decimal(u8, i64),
    Bits(u64),
}

/// Beyond these a float's own eight bytes are shorter.
const TENS: [f64; 7] = [1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6];
const MANTISSA_MAX: f64 = 1e12;

impl From<Cell> for StoredCell {
    fn from(cell: Cell) -> Self {
        let number = match cell {
            Cell::Unknown => return Self::Unknown,
            Cell::Empty => return Self::Empty,
            Cell::Value(number) => number,
        };
        for (exponent, ten) in (0..).zip(TENS) {
            let mantissa = (number * ten).round();
            if mantissa.is_nan() || mantissa.abs() >= MANTISSA_MAX {
                break;
            }
            #[expect(clippy::cast_possible_truncation, reason = "whole and below 10^12")]
            let mantissa = mantissa as i64;
            // Compared as it will be read: -0 is told bit by bit.
            if (mantissa as f64 / ten).to_bits() == number.to_bits() {
                return if exponent == 0 { Self::Whole(mantissa) } else { Self::Decimal(exponent, mantissa) };
            }
        }
        Self::Bits(number.to_bits())
    }
}

impl From<StoredCell> for Cell {
    fn from(stored: StoredCell) -> Self {
        match stored {
            StoredCell::Unknown => Self::Unknown,
            StoredCell::Empty => Self::Empty,
            StoredCell::Whole(number) => Self::Value(number as f64),
            StoredCell::Decimal(exponent, mantissa) => {
                Self::Value(mantissa as f64 / TENS.get(usize::from(exponent)).copied().unwrap_or(f64::NAN))
            }
            StoredCell::Bits(bits) => Self::Value(f64::from_bits(bits)),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn check(cell: Cell, bytes: usize) {
        let stored = postcard::to_extend(&cell, Vec::new()).unwrap();
        let read: Cell = postcard::from_bytes(&stored).unwrap();
        let bits = |cell| if let Cell::Value(number) = cell { Some(number.to_bits()) } else { None };
        assert_eq!((bits(read), stored.len() <= bytes), (bits(cell), true), "{cell:?}: {stored:?}");
        assert_eq!(std::mem::discriminant(&read), std::mem::discriminant(&cell));
    }

    #[test]
    fn cells_take_few_bytes() {
        check(Cell::Unknown, 1);
        check(Cell::Empty, 1);
        check(Cell::Value(0.0), 2);
        check(Cell::Value(-63.0), 2);
        check(Cell::Value(127.3), 4);
        check(Cell::Value(0.000_001), 3);
        check(Cell::Value(999_999_999_999.0), 7);
        check(Cell::Value(-0.0), 11);
        check(Cell::Value(f64::NAN), 11);
        check(Cell::Value(1.0 / 3.0), 11);
        check(Cell::Value(f64::MAX), 11);
    }

    proptest! {
        #[test]
        fn every_number_is_read_as_it_was(bits: u64, whole in -1_000_000_i64..1_000_000, exponent in 0_usize..7) {
            check(Cell::Value(f64::from_bits(bits)), 11);
            check(Cell::Value(whole as f64 / TENS[exponent]), 11);
        }
    }
}
