//! A short column of numbers: decimals where they are decimals, bits where they are not.
//!
//! Most measured numbers are decimals of few digits: counts, sums, milliseconds. `12.75` is the mantissa 1275 and the
//! exponent 2; the column shares one exponent, and mantissas are told as they are or as steps, whichever is shorter.
//! A number that arithmetic has blurred (`51.846000000000004`) is its decimal and how many floats it lies beside it.
//! What is none of these is told bit by bit.

use super::UnpackError;
use super::wire::{self, Reader};

const TENS: [f64; 16] = [1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15];
/// Up to here every whole number is a float.
const MANTISSA_MAX: f64 = 9_007_199_254_740_992.0;

/// The first byte: a coding in the two highest bits, two flags, an exponent (decimals) or a width in bytes (bits).
const EXACT: u8 = 0x00;
const BESIDE: u8 = 0x40;
const BITS: u8 = 0x80;
const CODING: u8 = 0xc0;
/// Every mantissa but the first is told as the step from the one before.
const STEPS: u8 = 0x20;
/// All numbers are the first.
const SAME: u8 = 0x10;
const LOW: u8 = 0x0f;

/// Appends a column, none at all for no numbers.
pub(super) fn put(bytes: &mut Vec<u8>, column: &[f64]) {
    let Some((first, rest)) = column.split_first() else {
        return;
    };
    let same = rest.iter().all(|number| number.to_bits() == first.to_bits());
    let told = if same { &column[..1] } else { column };
    let limit = bits_len(column);
    match exact(told).filter(|decimals| decimals.len() < limit).or_else(|| beside(told, limit)) {
        Some(decimals) => decimals.put(bytes, if same { SAME } else { 0 }),
        None => put_bits(bytes, column),
    }
}

/// Reads a column of `count` numbers.
pub(super) fn read(reader: &mut Reader<'_>, count: usize) -> Result<Vec<f64>, UnpackError> {
    if count == 0 {
        return Ok(Vec::new());
    }
    let head = reader.byte()?;
    if head & CODING == BITS {
        return bits(reader, head & LOW, count);
    }
    let told = if head & SAME == 0 { count } else { 1 };
    let ten = TENS[usize::from(head & LOW)];
    let mut before = 0_i64;
    let mut column = Vec::new();
    for _ in 0..told {
        let mantissa = reader.signed()?;
        before = if head & STEPS == 0 { mantissa } else { before.wrapping_add(mantissa) };
        column.push(before as f64 / ten);
    }
    match head & CODING {
        EXACT => {}
        BESIDE => {
            for number in &mut column {
                *number = f64::from_bits(number.to_bits().wrapping_add(reader.signed()?.cast_unsigned()));
            }
        }
        _ => return Err(UnpackError::Damaged("a column has no known coding")),
    }
    column.resize(count, column[0]);
    Ok(column)
}

struct Decimals {
    exponent: u8,
    mantissas: Vec<i64>,
    /// How many floats each number lies above its decimal; empty: none of them does.
    beside: Vec<i64>,
}

impl Decimals {
    fn steps(&self) -> impl Iterator<Item = i64> {
        let mut before = 0;
        self.mantissas.iter().map(move |mantissa| mantissa - std::mem::replace(&mut before, *mantissa))
    }

    fn steps_are_shorter(&self) -> bool {
        let plain: usize = self.mantissas.iter().copied().map(wire::signed_len).sum();
        self.steps().map(wire::signed_len).sum::<usize>() < plain
    }

    fn len(&self) -> usize {
        let plain: usize = self.mantissas.iter().copied().map(wire::signed_len).sum();
        let steps = self.steps().map(wire::signed_len).sum();
        1 + plain.min(steps) + self.beside.iter().copied().map(wire::signed_len).sum::<usize>()
    }

    fn put(&self, bytes: &mut Vec<u8>, flags: u8) {
        let steps = self.steps_are_shorter();
        let coding = if self.beside.is_empty() { EXACT } else { BESIDE };
        bytes.push(coding | flags | if steps { STEPS } else { 0 } | self.exponent);
        if steps {
            self.steps().for_each(|step| wire::put_signed(bytes, step));
        } else {
            self.mantissas.iter().for_each(|mantissa| wire::put_signed(bytes, *mantissa));
        }
        self.beside.iter().for_each(|distance| wire::put_signed(bytes, *distance));
    }
}

/// The whole number nearest to `number` times ten to the `exponent`, unless it is too large to be exact.
#[expect(clippy::cast_possible_truncation, reason = "below 2^53")]
fn mantissa(number: f64, ten: f64) -> Option<i64> {
    let scaled = (number * ten).round();
    (scaled.abs() < MANTISSA_MAX).then_some(scaled as i64)
}

/// The column as decimals of the smallest exponent that hits every number to the bit.
fn exact(column: &[f64]) -> Option<Decimals> {
    let mut mantissas = Vec::with_capacity(column.len());
    for (exponent, ten) in (0..).zip(TENS) {
        mantissas.clear();
        mantissas.extend(column.iter().map_while(|number| {
            let mantissa = mantissa(*number, ten)?;
            ((mantissa as f64 / ten).to_bits() == number.to_bits()).then_some(mantissa)
        }));
        if mantissas.len() == column.len() {
            return Some(Decimals { exponent, mantissas, beside: Vec::new() });
        }
    }
    None
}

/// The column as decimals that its numbers lie close beside, with the exponent that makes it shortest, if that is
/// shorter than `limit` bytes.
fn beside(column: &[f64], mut limit: usize) -> Option<Decimals> {
    let mut best = None;
    for (exponent, ten) in (0..).zip(TENS) {
        if let Some(len) = beside_len(column, ten, limit) {
            (limit, best) = (len, Some((exponent, ten)));
        }
    }
    let (exponent, ten) = best?;
    let mantissas: Vec<i64> = column.iter().filter_map(|number| mantissa(*number, ten)).collect();
    let beside = column.iter().zip(&mantissas).map(|(number, mantissa)| distance(*number, *mantissa, ten)).collect();
    Some(Decimals { exponent, mantissas, beside })
}

/// The length of the column with this exponent; `None` as soon as it is `limit` or more.
fn beside_len(column: &[f64], ten: f64, limit: usize) -> Option<usize> {
    let (mut plain, mut steps, mut near, mut before) = (1, 1, 0, 0);
    for number in column {
        let mantissa = mantissa(*number, ten)?;
        plain += wire::signed_len(mantissa);
        steps += wire::signed_len(mantissa - before);
        near += wire::signed_len(distance(*number, mantissa, ten));
        before = mantissa;
        if plain.min(steps) + near >= limit {
            return None;
        }
    }
    Some(plain.min(steps) + near)
}

/// How many floats `number` lies above its decimal.
fn distance(number: f64, mantissa: i64, ten: f64) -> i64 {
    number.to_bits().wrapping_sub((mantissa as f64 / ten).to_bits()).cast_signed()
}

/// How many low bytes hold all that changes from one number to the next.
fn width(column: &[f64]) -> u8 {
    let changed = column.windows(2).fold(0, |changed, pair| changed | (pair[0].to_bits() ^ pair[1].to_bits()));
    u8::try_from((u64::BITS - changed.leading_zeros()).div_ceil(8)).expect("at most 8")
}

fn bits_len(column: &[f64]) -> usize {
    1 + 8 + usize::from(width(column)) * (column.len() - 1)
}

fn put_bits(bytes: &mut Vec<u8>, column: &[f64]) {
    let width = width(column);
    bytes.push(BITS | width);
    bytes.extend_from_slice(&column[0].to_bits().to_le_bytes());
    for pair in column.windows(2) {
        let changed = (pair[0].to_bits() ^ pair[1].to_bits()).to_le_bytes();
        bytes.extend_from_slice(&changed[..usize::from(width)]);
    }
}

fn bits(reader: &mut Reader<'_>, width: u8, count: usize) -> Result<Vec<f64>, UnpackError> {
    if width > 8 {
        return Err(UnpackError::Damaged("a number is wider than 8 bytes"));
    }
    let (mut last, mut column) = (0, Vec::new());
    for index in 0..count {
        let width = if index == 0 { 8 } else { usize::from(width) };
        let mut changed = [0; 8];
        changed[..width].copy_from_slice(reader.take(width)?);
        last ^= u64::from_le_bytes(changed);
        column.push(f64::from_bits(last));
    }
    Ok(column)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(column: &[f64], length: usize) {
        let mut bytes = Vec::new();
        put(&mut bytes, column);
        assert_eq!(bytes.len(), length, "{column:?}: {bytes:02x?}");
        let reader = &mut Reader::new(&bytes);
        let back = read(reader, column.len()).unwrap();
        assert!(reader.is_empty());
        let bits = |column: &[f64]| column.iter().map(|number| number.to_bits()).collect::<Vec<_>>();
        assert_eq!(bits(&back), bits(column), "{column:?}");
    }

    #[test]
    fn a_column_takes_the_bytes_it_needs() {
        check(&[], 0);
        check(&[0.0; 5], 2);
        check(&[1234.0; 5], 3);
        check(&[1234.0, 1240.0, 1230.0, 1235.0, 1233.0], 7);
        check(&[12.75, 12.8, 12.5], 5);
        check(&[51.846_000_000_000_004, 44.508, 41.244], 1 + 3 + 2 + 2 + 3);
        check(&[std::f64::consts::PI, std::f64::consts::E], 1 + 8 + 7);
        check(&[-0.0, 0.0, -0.0], 1 + 8 + 2 * 8);
        check(&[f64::MAX, f64::MIN_POSITIVE, 5e-324], 1 + 8 + 2 * 8);
        check(&[9_007_199_254_740_991.0, 9_007_199_254_740_992.0], 1 + 8 + 7);
    }

    #[test]
    fn damage_is_told() {
        assert_eq!(read(&mut Reader::new(&[0xc0, 0]), 1), Err(UnpackError::Damaged("a column has no known coding")));
        assert_eq!(read(&mut Reader::new(&[BITS | 9]), 1), Err(UnpackError::Damaged("a number is wider than 8 bytes")));
        assert_eq!(read(&mut Reader::new(&[EXACT, 1]), 2), Err(UnpackError::Cut));
    }
}
