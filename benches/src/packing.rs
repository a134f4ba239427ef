//! Measures how a tick packs: ours against `pco`, on made-up ticks of 500 series x 5 points and on recorded ones.

use std::hint::black_box;
use std::path::Path;
use std::time::{Duration, Instant};

use domain::metric::{Asked, Chunk, Outcome, Remark, Sample, Value};
use domain::units::{Span, Time};
use store::packed::{pack, unpack};

use crate::table::Verdict;

const SERIES: usize = 500;
const POINTS: u32 = 5;
const TICK: Time = Time::from_epoch(1_790_000_040);
const REPEATS: u32 = 50;
/// What a tick of kinds as a shard has them may take.
const BYTES_A_POINT_MAX: f64 = 4.0;
const MIXED: &str = "the five mixed";

/// Measures and prints; `recordings` is a folder of CSV files (timestamp,value).
pub(crate) fn measure(folder: Option<&Path>) {
    println!();
    println!("{:<32} {:>26} {:>26}", "500 series x 5 points", "ours: B/point, us in, out", "pco: B/point, us in, out");
    for (name, chunk) in made_up() {
        let bytes_a_point = one(name, &chunk);
        if name == MIXED {
            println!("{:<32} {}", "", Verdict::at_most(bytes_a_point, BYTES_A_POINT_MAX));
        }
    }
    let recorded = folder.map(recordings).unwrap_or_default();
    if recorded.is_empty() {
        println!("NOT MEASURED: recorded series, since no folder with them is named (--recordings)");
        return;
    }
    for (name, numbers) in &recorded {
        one(name, &of_recordings(std::slice::from_ref(numbers)));
    }
    let all: Vec<_> = recorded.into_iter().map(|(_, numbers)| numbers).collect();
    let bytes_a_point = one("all recordings, mixed", &of_recordings(&all));
    println!("{:<32} {}", "", Verdict::at_most(bytes_a_point, BYTES_A_POINT_MAX));
}

/// Prints one line; returns our bytes a point.
fn one(name: &str, chunk: &Chunk) -> f64 {
    let packed = pack(chunk).expect("the chunk is valid");
    assert_eq!(unpack(&packed.bytes, &packed.layout).as_ref(), Ok(chunk));
    let columns = columns(chunk);
    let by_pco = pco_pack(&columns);
    let points = samples(chunk).count() as f64;
    let show = |bytes: usize, pack: Duration, unpack: Duration| {
        format!("{:>10.2} {:>7} {:>7}", bytes as f64 / points, pack.as_micros(), unpack.as_micros())
    };
    let ours = show(
        packed.bytes.len(),
        time(|| drop(black_box(pack(black_box(chunk))))),
        time(|| drop(black_box(unpack(black_box(&packed.bytes), &packed.layout)))),
    );
    let theirs = show(
        by_pco.iter().map(Vec::len).sum(),
        time(|| drop(black_box(pco_pack(black_box(&columns))))),
        time(|| drop(black_box(pco_unpack(black_box(&by_pco))))),
    );
    println!("{name:<32} {ours} {theirs}");
    packed.bytes.len() as f64 / points
}

/// The median.
fn time(run: impl Fn()) -> Duration {
    let mut times: Vec<_> = (0..REPEATS)
        .map(|_| {
            let start = Instant::now();
            run();
            start.elapsed()
        })
        .collect();
    times.sort();
    times[times.len() / 2]
}

/// The values alone, as `pco` packs them best: numbers, sums and counts of the whole tick as a column each.
fn columns(chunk: &Chunk) -> Vec<Vec<f64>> {
    let mut columns = vec![Vec::new(), Vec::new(), Vec::new()];
    for sample in samples(chunk) {
        match sample.value {
            Value::Number(number) => columns[0].push(number),
            Value::Mean { sum, count } => {
                columns[1].push(sum);
                columns[2].push(count);
            }
        }
    }
    columns.retain(|column| !column.is_empty());
    columns
}

fn pco_pack(columns: &[Vec<f64>]) -> Vec<Vec<u8>> {
    let pack = |column: &Vec<f64>| pco::standalone::simple_compress(column, &pco::ChunkConfig::default());
    columns.iter().map(|column| pack(column).expect("pco packs any column")).collect()
}

fn pco_unpack(columns: &[Vec<u8>]) -> Vec<Vec<f64>> {
    let unpack = |bytes: &Vec<u8>| pco::standalone::simple_decompress(bytes);
    columns.iter().map(|bytes| unpack(bytes).expect("pco unpacks what it packed")).collect()
}

fn samples(chunk: &Chunk) -> impl Iterator<Item = &Sample> {
    chunk.asked.iter().flat_map(|asked| match &asked.outcome {
        Outcome::Read(samples) => samples.as_slice(),
        Outcome::Failed(_) => &[],
    })
}

fn chunk(value: impl Fn(usize, u32) -> Value) -> Chunk {
    let asked = (0..SERIES).map(|series| {
        let sample = |point: u32| Sample { at: TICK - Span::from_minutes(POINTS - point), value: value(series, point) };
        Asked {
            series: format!("service-{:03}/series-{}", series / 5, series % 5).parse().expect("a valid id"),
            from: TICK - Span::from_minutes(10),
            until: TICK,
            outcome: Outcome::Read((0..POINTS).map(sample).collect()),
            remark: Remark::default(),
        }
    });
    Chunk { shard: 0, tick: TICK, asked: asked.collect() }
}

type Kind = fn(usize, u32) -> Value;

fn made_up() -> Vec<(&'static str, Chunk)> {
    let kinds: [(&str, Kind); 5] = [
        ("requests (sum)", |series, point| Value::Number(requests(series, point))),
        ("errors (sum, mostly none)", |series, point| Value::Number(errors(series, point))),
        ("latency (p95 of whole ms)", |series, point| Value::Number(latency_ms(series, point).round())),
        ("CPU (mean: sum of %, 3 decimals)", |series, point| Value::Mean {
            sum: (cpu(series, point) * 5_000.0).round() / 1_000.0,
            count: 5.0,
        }),
        ("latency (mean: sum of ms, count)", |series, point| {
            let count = requests(series, point);
            Value::Mean { sum: (latency_ms(series, point) / 2.0 * count).round(), count }
        }),
    ];
    let mixed = chunk(|series, point| kinds[series % kinds.len()].1(series, point));
    let blurred = |series, point| Value::Number(latency_ms(series, point));
    let all = kinds.into_iter().map(|(name, value)| (name, chunk(value)));
    let few = |mut chunk: Chunk| {
        chunk.asked.truncate(20);
        chunk
    };
    let newest = |mut chunk: Chunk| {
        for asked in &mut chunk.asked {
            if let Outcome::Read(samples) = &mut asked.outcome {
                samples.drain(..samples.len() - 1);
            }
        }
        chunk
    };
    all.chain([
        ("full mantissas (worst)", chunk(blurred)),
        (MIXED, mixed.clone()),
        ("mixed, 20 series", few(mixed.clone())),
        ("mixed, 1 point each", newest(mixed)),
    ])
    .collect()
}

fn requests(series: usize, point: u32) -> f64 {
    let usual = 10_f64.powf(1.0 + 3.0 * chance(series, 1000));
    (usual * (1.0 + 0.1 * (chance(series, point) - 0.5))).round()
}

fn errors(series: usize, point: u32) -> f64 {
    let share = if series.is_multiple_of(20) { 0.05 } else { 0.0002 };
    (requests(series, point) * share * 2.0 * chance(series, point + 100)).floor()
}

fn latency_ms(series: usize, point: u32) -> f64 {
    let usual = 20.0 + 400.0 * chance(series, 2000);
    usual * (1.0 + 0.2 * (chance(series, point + 200) - 0.5))
}

fn cpu(series: usize, point: u32) -> f64 {
    80.0 * chance(series, 3000) + 5.0 * chance(series, point + 300)
}

/// A number in `0..1` that belongs to a series and a point (splitmix64).
fn chance(series: usize, point: u32) -> f64 {
    let mut bits = (series as u64 * 10_007 + u64::from(point) + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    ((bits ^ (bits >> 31)) >> 11) as f64 / (1_u64 << 53) as f64
}

fn recordings(folder: &Path) -> Vec<(String, Vec<f64>)> {
    let Ok(files) = std::fs::read_dir(folder) else {
        return Vec::new();
    };
    let mut recordings: Vec<_> = files
        .filter_map(|file| {
            let path = file.ok()?.path();
            let text = std::fs::read_to_string(&path).ok()?;
            let numbers: Vec<f64> = text.lines().filter_map(|line| line.split_once(',')?.1.parse().ok()).collect();
            let name = path.file_stem()?.to_string_lossy().into_owned();
            (numbers.len() > SERIES * POINTS as usize / 2).then_some((name, numbers))
        })
        .collect();
    recordings.sort_by(|a, b| a.0.cmp(&b.0));
    recordings
}

/// Series take windows of the recordings in turn, each window somewhere else.
fn of_recordings(recordings: &[Vec<f64>]) -> Chunk {
    chunk(|series, point| {
        let numbers = &recordings[series % recordings.len()];
        let start = series / recordings.len() * 7919 % (numbers.len() - POINTS as usize);
        Value::Number(numbers[start + point as usize])
    })
}
