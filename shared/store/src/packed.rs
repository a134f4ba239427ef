//! A chunk in few bytes: what one tick of a whole shard read, lossless.
//!
//! ```text
//! version u8 | shard | tick | hash of the layout, 16 bytes
//! shapes: count, then each (range, sample times, or the failure)       what series have in common, once
//! runs:   shape, how many series in a row, until every series has one
//! columns of every series that has samples: its numbers, or its sums and its counts
//! remarks: series without one before it, length, text, until the end        none in version 1
//! ```
//!
//! Ids of the series stand in the [`Layout`], which the chunk names by hash. Times count from the tick, in steps of
//! the period. Numbers are decimals: mantissas as varints and one exponent per column (see `column.rs`).
//!
//! Measured against `pco` by `scripts/bench`: for 500 series x 5 points of mixed kinds
//! both take 2.3 bytes a point (a shard of 20 series: 2.7 against 4.1), and recorded CPU, network and request counts
//! 2.3 against 2.1. `pco` is better, by a fifth to a third, where all 500 series are of one kind, which no shard is,
//! and at one point a series (2.7 against 4.9; a write unit more). Ours packs in half its time, and its reader's
//! memory has a limit. So: ours.

mod column;
mod layout;
mod remarks;
mod shape;
mod wire;

use std::collections::HashMap;

use domain::id::SeriesId;
use domain::metric::{Asked, Chunk, Outcome, Remark, Sample, Value};
use domain::units::Time;

pub use layout::{Layout, LayoutHash};
pub use shape::DETAIL_BYTES_MAX;

use shape::{Form, Shape};
use wire::Reader;

/// The latest version of the bytes that this program reads. It writes the first where nothing is remarked, as hardly
/// ever anything is.
pub const VERSION: u8 = 2;
/// The version without remarks.
const VERSION_PLAIN: u8 = 1;

/// Samples in one chunk: 2,000 a series for 500 series. Unpacked they take 32 MB, an eighth of the smallest
/// function that reads them; without a limit a few damaged bytes could ask for any amount.
pub const SAMPLES_MAX: usize = 1_000_000;

/// A packed chunk and the layout that it needs to be read.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Packed {
    /// Its series.
    pub layout: Layout,
    /// All the rest.
    pub bytes: Vec<u8>,
}

/// Why a chunk cannot be packed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PackError {
    /// More than [`SAMPLES_MAX`].
    #[error("the chunk holds {0} samples, at most {SAMPLES_MAX} fit")]
    TooManySamples(usize),
    /// A number that is infinite or none, or a mean without a count.
    #[error("{0} holds a value that is not finite, or a mean of nothing")]
    Value(SeriesId),
}

/// Why bytes are not a chunk.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum UnpackError {
    /// Another program wrote it.
    #[error("its format has version {0}, this program reads version {VERSION}")]
    Version(u8),
    /// It was packed with another layout.
    #[error("it needs layout {needed}, not {given}")]
    Layout {
        /// The one it names.
        needed: LayoutHash,
        /// The one it was given.
        given: LayoutHash,
    },
    /// It stops before its end.
    #[error("it is cut off")]
    Cut,
    /// Its bytes contradict each other.
    #[error("it is damaged: {0}")]
    Damaged(&'static str),
}

/// Packs a chunk. Details of failures are cut to [`DETAIL_BYTES_MAX`]; all else is kept to the bit.
///
/// # Errors
/// As [`PackError`] says.
pub fn pack(chunk: &Chunk) -> Result<Packed, PackError> {
    check(chunk)?;
    let layout = Layout::of(chunk.asked.iter().map(|asked| asked.series.clone()).collect());
    let mut bytes = Vec::with_capacity(64 + 16 * chunk.asked.len());
    let remarked = chunk.asked.iter().any(|asked| !asked.remark.is_empty());
    bytes.push(if remarked { VERSION } else { VERSION_PLAIN });
    wire::put(&mut bytes, u64::from(chunk.shard));
    wire::put_signed(&mut bytes, chunk.tick.epoch());
    bytes.extend_from_slice(layout.hash().as_bytes());
    put_shapes(&mut bytes, chunk);
    let mut column = Vec::new();
    for asked in &chunk.asked {
        if let Outcome::Read(samples) = &asked.outcome {
            put_columns(&mut bytes, samples, &mut column);
        }
    }
    remarks::put(&mut bytes, chunk);
    Ok(Packed { layout, bytes })
}

/// The layout that packed bytes need.
///
/// # Errors
/// As [`UnpackError`] says.
pub fn layout_of(bytes: &[u8]) -> Result<LayoutHash, UnpackError> {
    Ok(Head::read(&mut Reader::new(bytes))?.layout)
}

/// Unpacks a chunk. Never panics, and takes memory for at most [`SAMPLES_MAX`] samples, whatever the bytes.
///
/// # Errors
/// As [`UnpackError`] says.
pub fn unpack(bytes: &[u8], layout: &Layout) -> Result<Chunk, UnpackError> {
    let reader = &mut Reader::new(bytes);
    let head = Head::read(reader)?;
    if head.layout != layout.hash() {
        return Err(UnpackError::Layout { needed: head.layout, given: layout.hash() });
    }
    let shapes = shapes(reader, head.tick)?;
    let order = runs(reader, layout.series().len(), &shapes)?;
    let mut asked = Vec::with_capacity(order.len());
    for (series, shape) in layout.series().iter().zip(order) {
        let outcome = match &shape.outcome {
            Err(failure) => Outcome::Failed(failure.clone()),
            Ok((times, form)) => Outcome::Read(samples(reader, times, form)?),
        };
        asked.push(Asked {
            series: series.clone(),
            from: shape.from,
            until: shape.until,
            outcome,
            remark: Remark::default(),
        });
    }
    if head.version == VERSION {
        remarks::read(reader, &mut asked)?;
    }
    if !reader.is_empty() {
        return Err(UnpackError::Damaged("bytes follow its end"));
    }
    Ok(Chunk { shard: head.shard, tick: head.tick, asked })
}

struct Head {
    version: u8,
    shard: u32,
    tick: Time,
    layout: LayoutHash,
}

impl Head {
    fn read(reader: &mut Reader<'_>) -> Result<Self, UnpackError> {
        let version = reader.byte()?;
        if !(VERSION_PLAIN..=VERSION).contains(&version) {
            return Err(UnpackError::Version(version));
        }
        let shard =
            u32::try_from(reader.varint()?).map_err(|_| UnpackError::Damaged("its shard is no number of one"))?;
        let tick = Time::from_epoch(reader.signed()?);
        Ok(Self { version, shard, tick, layout: LayoutHash::read(reader)? })
    }
}

fn check(chunk: &Chunk) -> Result<(), PackError> {
    let mut count = 0;
    for asked in &chunk.asked {
        let Outcome::Read(samples) = &asked.outcome else {
            continue;
        };
        count += samples.len();
        let valid = |sample: &Sample| match sample.value {
            Value::Number(number) => Value::number(number).is_some(),
            Value::Mean { sum, count } => Value::mean(sum, count).is_some(),
        };
        if !samples.iter().all(valid) {
            return Err(PackError::Value(asked.series.clone()));
        }
    }
    if count > SAMPLES_MAX { Err(PackError::TooManySamples(count)) } else { Ok(()) }
}

fn put_shapes(bytes: &mut Vec<u8>, chunk: &Chunk) {
    let (mut known, mut shapes): (HashMap<Vec<u8>, u64>, Vec<u8>) = (HashMap::new(), Vec::new());
    let (mut runs, mut shape): (Vec<(u64, u64)>, Vec<u8>) = (Vec::new(), Vec::new());
    for asked in &chunk.asked {
        shape.clear();
        shape::put(&mut shape, asked, chunk.tick);
        let index = known.get(&shape).copied().unwrap_or_else(|| {
            let index = known.len() as u64;
            shapes.extend_from_slice(&shape);
            known.insert(shape.clone(), index);
            index
        });
        match runs.last_mut() {
            Some((last, length)) if *last == index => *length += 1,
            _ => runs.push((index, 1)),
        }
    }
    wire::put(bytes, known.len() as u64);
    bytes.extend_from_slice(&shapes);
    for (index, length) in runs {
        wire::put(bytes, index);
        wire::put(bytes, length);
    }
}

fn shapes(reader: &mut Reader<'_>, tick: Time) -> Result<Vec<Shape>, UnpackError> {
    // Grows as the bytes bear it out: a count alone reserves nothing.
    (0..reader.varint()?).map(|_| Shape::read(reader, tick)).collect()
}

fn runs<'s>(reader: &mut Reader<'_>, series: usize, shapes: &'s [Shape]) -> Result<Vec<&'s Shape>, UnpackError> {
    let (mut order, mut samples) = (Vec::with_capacity(series), 0);
    while order.len() < series {
        let index = usize::try_from(reader.varint()?).ok();
        let shape = index.and_then(|index| shapes.get(index)).ok_or(UnpackError::Damaged("a shape is missing"))?;
        let length =
            usize::try_from(reader.varint()?).ok().filter(|length| (1..=series - order.len()).contains(length));
        let length = length.ok_or(UnpackError::Damaged("its series are not as many as its layout's"))?;
        samples += shape.samples().saturating_mul(length);
        if samples > SAMPLES_MAX {
            return Err(UnpackError::Damaged("it holds more samples than one chunk may"));
        }
        order.resize(order.len() + length, shape);
    }
    Ok(order)
}

fn put_columns(bytes: &mut Vec<u8>, samples: &[Sample], column: &mut Vec<f64>) {
    let parts: [fn(Value) -> Option<f64>; 3] = [
        |value| {
            if let Value::Number(number) = value { Some(number) } else { None }
        },
        |value| {
            if let Value::Mean { sum, .. } = value { Some(sum) } else { None }
        },
        |value| {
            if let Value::Mean { count, .. } = value { Some(count) } else { None }
        },
    ];
    for part in parts {
        column.clear();
        column.extend(samples.iter().filter_map(|sample| part(sample.value)));
        column::put(bytes, column);
    }
}

fn samples(reader: &mut Reader<'_>, times: &[Time], form: &Form) -> Result<Vec<Sample>, UnpackError> {
    let means = form.means(times.len());
    let mut numbers = column::read(reader, times.len() - means)?.into_iter();
    let mut sums = column::read(reader, means)?.into_iter();
    let mut counts = column::read(reader, means)?.into_iter();
    let mut samples = Vec::with_capacity(times.len());
    for (index, at) in times.iter().copied().enumerate() {
        let value = if form.is_mean(index) {
            sums.next().zip(counts.next()).and_then(|(sum, count)| Value::mean(sum, count))
        } else {
            numbers.next().and_then(Value::number)
        };
        samples.push(Sample {
            at,
            value: value.ok_or(UnpackError::Damaged("a value is not finite, or a mean of nothing"))?,
        });
    }
    Ok(samples)
}

#[cfg(test)]
mod tests;
