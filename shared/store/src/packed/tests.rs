use domain::metric::{Failure, FailureKind};
use domain::units::Span;
use proptest::prelude::*;

use super::*;

const TICK: Time = Time::from_epoch(1_790_000_040);

fn series(index: usize) -> SeriesId {
    format!("service-{}/series-{index}", index / 4).parse().unwrap()
}

fn chunk(outcomes: impl IntoIterator<Item = Outcome>) -> Chunk {
    let asked = outcomes.into_iter().enumerate().map(|(index, outcome)| Asked {
        series: series(index),
        from: TICK - Span::from_minutes(10),
        until: TICK,
        outcome,
        remark: Remark::default(),
    });
    Chunk { shard: 3, tick: TICK, asked: asked.collect() }
}

fn numbers(count: u32, number: f64) -> Outcome {
    let sample = |ago: u32| Sample { at: TICK - Span::from_seconds(10 * ago), value: Value::Number(number) };
    Outcome::Read((1..=count).rev().map(sample).collect())
}

fn failed(detail: String) -> Outcome {
    Outcome::Failed(Failure { kind: FailureKind::Throttled, detail })
}

/// Packs, unpacks and compares to the bit (`==` holds -0.0 and 0.0 for one). Returns the length.
fn check(chunk: &Chunk) -> usize {
    let packed = pack(chunk).unwrap();
    assert_eq!(layout_of(&packed.bytes), Ok(packed.layout.hash()));
    let layout = Layout::parse(&packed.layout.text()).unwrap();
    let back = unpack(&packed.bytes, &layout).unwrap();
    assert!(format!("{back:?}") == format!("{chunk:?}"), "{back:?} is not {chunk:?}");
    packed.bytes.len()
}

#[test]
fn what_series_have_in_common_is_told_once() {
    let one = check(&chunk([numbers(5, 0.0)]));
    let many = check(&chunk(vec![numbers(5, 0.0); 500]));
    assert_eq!(many, one + 1 + 499 * 2, "a column of zeros is two bytes; the number 500 takes one more than 1");
}

#[test]
fn three_kinds_of_silence_stay_apart() {
    check(&chunk([Outcome::Read(Vec::new()), failed(String::new()), numbers(1, 0.0), failed("Rate exceeded".into())]));
}

#[test]
fn remarks_are_kept_and_cost_nothing_where_there_are_none() {
    let mut remarked = chunk(vec![numbers(5, 1.0); 9]);
    let plain = check(&remarked);
    remarked.asked[3].remark = Remark::of("connection refused");
    assert_eq!(check(&remarked), plain + 2 + "connection refused".len());
    remarked.asked[0].remark = Remark::of("seen: \"a <*> b\"");
    remarked.asked[8].remark = Remark::of(&"\u{e9}".repeat(Remark::CHARS_MAX));
    check(&remarked);
    let Packed { layout, mut bytes } = pack(&remarked).unwrap();
    bytes.extend([0, 0]);
    assert_eq!(unpack(&bytes, &layout), Err(UnpackError::Damaged("a remark is about no series")));
}

/// As it was written before there were remarks.
#[test]
fn a_chunk_of_the_first_version_is_read() {
    let layout = Layout::of(vec![series(0)]);
    let head = [1, 3, 0xd0, 0xee, 0x89, 0xab, 0x0d];
    let rest = [1, 0xaf, 9, 0xb0, 9, 1, 1, 0xce, 4, 2, 0, 1, 16, 10];
    let bytes = [&head[..], layout.hash().as_bytes(), &rest].concat();
    assert_eq!(unpack(&bytes, &layout), Ok(chunk([numbers(1, 5.0)])));
}

#[test]
fn a_detail_is_cut_at_its_limit() {
    check(&chunk([failed("x".repeat(DETAIL_BYTES_MAX))]));
    let long = chunk([failed("\u{e9}".repeat(DETAIL_BYTES_MAX))]);
    let packed = pack(&long).unwrap();
    let cut = chunk([failed("\u{e9}".repeat(DETAIL_BYTES_MAX / 2))]);
    assert_eq!(unpack(&packed.bytes, &packed.layout), Ok(cut));
}

#[test]
fn samples_have_a_limit_on_both_ways() {
    let full = |extra: u32| chunk([numbers(500_000, 1.0), numbers(500_000 + extra, 1.0)]);
    let packed = pack(&full(0)).unwrap();
    assert!(unpack(&packed.bytes, &packed.layout).unwrap() == full(0));
    assert_eq!(pack(&full(1)), Err(PackError::TooManySamples(SAMPLES_MAX + 1)));

    // 500 series share a shape of 3,000 samples: a few bytes that ask for 1,500,000.
    let layout = Layout::of((0..500).map(series).collect());
    let shape = [&[1, 0, 0, 1, 0xb8, 0x17, 60][..], &[2; 3000]].concat();
    let bytes = [&[VERSION_PLAIN, 0, 0][..], layout.hash().as_bytes(), &shape, &[0, 0xf4, 0x03]].concat();
    let refused = UnpackError::Damaged("it holds more samples than one chunk may");
    assert_eq!(unpack(&bytes, &layout), Err(refused));
}

#[test]
fn values_that_are_none_are_refused() {
    for value in [
        Value::Number(f64::NAN),
        Value::Number(f64::INFINITY),
        Value::Mean { sum: 1.0, count: 0.0 },
        Value::Mean { sum: f64::NEG_INFINITY, count: 1.0 },
    ] {
        let chunk = chunk([Outcome::Read(vec![Sample { at: TICK, value }])]);
        assert_eq!(pack(&chunk), Err(PackError::Value(series(0))));
    }
}

#[test]
fn another_version_another_layout_and_damage_are_told() {
    let Packed { layout, bytes } = pack(&chunk([numbers(5, 1.5), numbers(5, 2.5)])).unwrap();
    let newer = [&[VERSION + 1], &bytes[1..]].concat();
    assert_eq!(unpack(&newer, &layout), Err(UnpackError::Version(VERSION + 1)));
    let other = Layout::of(vec![series(7)]);
    let (needed, given) = (layout.hash(), other.hash());
    assert_eq!(unpack(&bytes, &other), Err(UnpackError::Layout { needed, given }));
    assert_eq!(unpack(&bytes[..bytes.len() - 1], &layout), Err(UnpackError::Cut));
    let longer = [&bytes[..], &[0]].concat();
    assert_eq!(unpack(&longer, &layout), Err(UnpackError::Damaged("bytes follow its end")));
}

fn any_finite() -> impl Strategy<Value = f64> {
    prop_oneof![
        any::<u64>().prop_map(f64::from_bits).prop_filter("finite", |number| number.is_finite()),
        (any::<i32>(), 0..9).prop_map(|(mantissa, exponent)| f64::from(mantissa) / 10_f64.powi(exponent)),
        (any::<i32>(), 1..9).prop_map(|(mantissa, parts)| f64::from(mantissa) / f64::from(parts)),
        Just(-0.0),
        Just(5e-324),
        Just(f64::MAX),
    ]
}

fn any_value() -> impl Strategy<Value = Value> {
    let count = any_finite().prop_map(|count| if count == 0.0 { 1.0 } else { count.abs() });
    prop_oneof![
        3 => any_finite().prop_map(Value::Number),
        1 => (any_finite(), count).prop_map(|(sum, count)| Value::Mean { sum, count }),
    ]
}

fn any_outcome() -> impl Strategy<Value = Outcome> {
    let at = prop_oneof![any::<i64>(), (0..20_i64).prop_map(|minute| TICK.epoch() - 60 * minute)];
    let sample = (at.prop_map(Time::from_epoch), any_value()).prop_map(|(at, value)| Sample { at, value });
    prop_oneof![
        4 => prop::collection::vec(sample, 0..8).prop_map(Outcome::Read),
        1 => ".{0,40}".prop_map(failed),
    ]
}

fn any_chunk() -> impl Strategy<Value = Chunk> {
    let remark = prop_oneof![3 => Just(String::new()), 1 => ".{0,40}"].prop_map(|text| Remark::of(&text));
    let asked = (any_outcome(), any::<i64>(), any::<i64>(), remark);
    (any::<u32>(), any::<i64>(), prop::collection::vec(asked, 0..12)).prop_map(|(shard, tick, asked)| Chunk {
        shard,
        tick: Time::from_epoch(tick),
        asked: (0..)
            .zip(asked)
            .map(|(index, (outcome, from, until, remark))| Asked {
                series: series(index),
                from: Time::from_epoch(from),
                until: Time::from_epoch(until),
                outcome,
                remark,
            })
            .collect(),
    })
}

proptest! {
    #[test]
    fn any_chunk_comes_back_to_the_bit(chunk in any_chunk()) {
        check(&chunk);
    }

    #[test]
    fn any_bytes_are_read_or_refused(tail in prop::collection::vec(any::<u8>(), 0..200)) {
        let layout = Layout::of((0..3).map(series).collect());
        let bytes = [&[VERSION, 0, 0][..], layout.hash().as_bytes(), &tail].concat();
        let _ = unpack(&bytes, &layout);
        let _ = unpack(&tail, &layout);
    }

    #[test]
    fn a_damaged_chunk_is_read_or_refused(chunk in any_chunk(), at: prop::sample::Index, byte: u8) {
        let Packed { layout, mut bytes } = pack(&chunk).unwrap();
        let at = at.index(bytes.len());
        bytes[at] = byte;
        let _ = unpack(&bytes, &layout);
    }
}
