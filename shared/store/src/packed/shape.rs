//! What series of a chunk have in common: the asked range, and the times of the samples or the failure.

use domain::metric::{Asked, Failure, FailureKind, Outcome, Sample, Value};
use domain::units::Time;

use super::UnpackError;
use super::wire::{self, Reader};

/// How much of a failure's detail is kept, in bytes: a sentence. With 500 series that fail in as many words it is a
/// third of a `DynamoDB` item.
pub const DETAIL_BYTES_MAX: usize = 256;

const FAILED: u8 = 0;
const NUMBERS: u8 = 1;
const MEANS: u8 = 2;
const MIXED: u8 = 3;

/// By their stored number, which is never given to another kind.
const KINDS: [FailureKind; 7] = [
    FailureKind::Throttled,
    FailureKind::Partial,
    FailureKind::Denied,
    FailureKind::TimedOut,
    FailureKind::Unreachable,
    FailureKind::Rejected,
    FailureKind::NotAsked,
];

pub(super) struct Shape {
    pub(super) from: Time,
    pub(super) until: Time,
    pub(super) outcome: Result<(Vec<Time>, Form), Failure>,
}

/// Which samples of a series are means.
pub(super) enum Form {
    Numbers,
    Means,
    Mixed(Vec<bool>),
}

impl Form {
    pub(super) fn is_mean(&self, index: usize) -> bool {
        match self {
            Self::Numbers => false,
            Self::Means => true,
            Self::Mixed(means) => means.get(index).copied().unwrap_or_default(),
        }
    }

    /// How many of `samples` are means.
    pub(super) fn means(&self, samples: usize) -> usize {
        match self {
            Self::Numbers => 0,
            Self::Means => samples,
            Self::Mixed(means) => means.iter().filter(|mean| **mean).count(),
        }
    }
}

pub(super) fn put(bytes: &mut Vec<u8>, asked: &Asked, tick: Time) {
    wire::put_signed(bytes, asked.from.epoch().wrapping_sub(tick.epoch()));
    wire::put_signed(bytes, asked.until.epoch().wrapping_sub(asked.from.epoch()));
    match &asked.outcome {
        Outcome::Failed(failure) => put_failure(bytes, failure),
        Outcome::Read(samples) => put_samples(bytes, samples, asked.from),
    }
}

fn put_failure(bytes: &mut Vec<u8>, failure: &Failure) {
    bytes.push(FAILED);
    let kind = KINDS.iter().position(|kind| *kind == failure.kind).expect("every kind has a number");
    wire::put(bytes, kind as u64);
    let detail = &failure.detail[..failure.detail.floor_char_boundary(DETAIL_BYTES_MAX)];
    wire::put(bytes, detail.len() as u64);
    bytes.extend_from_slice(detail.as_bytes());
}

fn put_samples(bytes: &mut Vec<u8>, samples: &[Sample], from: Time) {
    let is_mean = |sample: &Sample| matches!(sample.value, Value::Mean { .. });
    let means = samples.iter().filter(|sample| is_mean(sample)).count();
    bytes.push(match means {
        0 => NUMBERS,
        all if all == samples.len() => MEANS,
        _ => MIXED,
    });
    wire::put(bytes, samples.len() as u64);
    if samples.is_empty() {
        return;
    }
    let step = deltas(samples, from).fold(0, |step, delta| gcd(step, delta.unsigned_abs())).max(1);
    wire::put(bytes, step);
    for delta in deltas(samples, from) {
        let steps = (delta.unsigned_abs() / step).cast_signed();
        wire::put_signed(bytes, if delta < 0 { steps.wrapping_neg() } else { steps });
    }
    if means > 0 && means < samples.len() {
        bytes.extend(samples.iter().map(|sample| u8::from(is_mean(sample))));
    }
}

/// The distances of the samples, the first from the start of the range.
fn deltas(samples: &[Sample], from: Time) -> impl Iterator<Item = i64> {
    samples.iter().scan(from.epoch(), |before, sample| {
        let delta = sample.at.epoch().wrapping_sub(*before);
        *before = sample.at.epoch();
        Some(delta)
    })
}

fn gcd(a: u64, b: u64) -> u64 {
    if b == 0 { a } else { gcd(b, a % b) }
}

impl Shape {
    pub(super) fn read(reader: &mut Reader<'_>, tick: Time) -> Result<Self, UnpackError> {
        let from = Time::from_epoch(tick.epoch().wrapping_add(reader.signed()?));
        let until = Time::from_epoch(from.epoch().wrapping_add(reader.signed()?));
        let outcome = match reader.byte()? {
            FAILED => Err(failure(reader)?),
            NUMBERS => Ok((times(reader, from)?, Form::Numbers)),
            MEANS => Ok((times(reader, from)?, Form::Means)),
            MIXED => {
                let times = times(reader, from)?;
                let means = reader.take(times.len())?.iter().map(|byte| *byte != 0).collect();
                Ok((times, Form::Mixed(means)))
            }
            _ => return Err(UnpackError::Damaged("an outcome is of no known kind")),
        };
        Ok(Self { from, until, outcome })
    }

    /// How many samples each series of this shape has.
    pub(super) fn samples(&self) -> usize {
        self.outcome.as_ref().map_or(0, |(times, _)| times.len())
    }
}

fn failure(reader: &mut Reader<'_>) -> Result<Failure, UnpackError> {
    let kind = usize::try_from(reader.varint()?).ok().and_then(|kind| KINDS.get(kind).copied());
    let kind = kind.ok_or(UnpackError::Damaged("a failure is of no known kind"))?;
    let length = usize::try_from(reader.varint()?).ok().filter(|length| *length <= DETAIL_BYTES_MAX);
    let detail = reader.take(length.ok_or(UnpackError::Damaged("a failure's detail is too long"))?)?;
    let detail = str::from_utf8(detail).map_err(|_| UnpackError::Damaged("a failure's detail is no text"))?;
    Ok(Failure { kind, detail: detail.to_owned() })
}

fn times(reader: &mut Reader<'_>, from: Time) -> Result<Vec<Time>, UnpackError> {
    let count = reader.varint()?;
    if count == 0 {
        return Ok(Vec::new());
    }
    let step = reader.varint()?.cast_signed();
    let mut last = from.epoch();
    // Grows as the bytes bear it out: a count alone reserves nothing.
    let time = |_| {
        last = last.wrapping_add(reader.signed()?.wrapping_mul(step));
        Ok(Time::from_epoch(last))
    };
    (0..count).map(time).collect()
}
