use domain::anomaly::Verdict;
use plotters::prelude::*;

use super::read::Row;

const SIZE: (u32, u32) = (1280, 420);
/// A picture cannot show more than this; between, the lowest and highest of each stretch are drawn.
const STRETCHES: usize = 1600;
const BAND: RGBColor = RGBColor(214, 228, 240);
const EXPECTED: RGBColor = RGBColor(90, 130, 170);
const VALUE: RGBColor = RGBColor(40, 40, 40);
const ALARM: RGBColor = RGBColor(200, 30, 30);

/// A picture of the series: values, what was expected, the band, and the alarms.
pub(super) fn svg(title: &str, rows: &[Row], verdicts: &[Option<Verdict>]) -> String {
    let mut text = String::new();
    draw(&mut text, title, rows, verdicts).expect("drawing into memory fails only for ranges that are not finite");
    text
}

fn draw(
    text: &mut String,
    title: &str,
    rows: &[Row],
    verdicts: &[Option<Verdict>],
) -> Result<(), Box<dyn std::error::Error>> {
    let root = SVGBackend::with_string(text, SIZE).into_drawing_area();
    root.fill(&WHITE)?;
    let (low, high) = bounds(rows);
    let (from, until) = (seconds(rows.first()), seconds(rows.last()));
    let mut chart = ChartBuilder::on(&root)
        .caption(
            format!("{title}: value, what was expected (blue), where it mostly lies (band), alarms (red)"),
            ("sans-serif", 15),
        )
        .margin(12)
        .x_label_area_size(32)
        .y_label_area_size(72)
        .build_cartesian_2d(from..until.max(from + 1.0), low..high)?;
    chart
        .configure_mesh()
        .light_line_style(TRANSPARENT)
        .x_labels(8)
        .x_label_formatter(&|seconds| clock(*seconds))
        .draw()?;
    let judged = || {
        rows.iter()
            .zip(verdicts)
            .filter_map(|(row, verdict)| Some((row, (*verdict)?)))
            .filter(|(row, _)| row.value.is_finite())
    };
    let known = |value: f64| value.clamp(low, high);
    let band: Vec<_> = judged().map(|(row, verdict)| (row, verdict.expected, verdict.band())).collect();
    let upper = band.iter().map(|(row, _, (_, top))| (at(row), known(*top)));
    let lower = band.iter().rev().map(|(row, _, (bottom, _))| (at(row), known(*bottom)));
    chart.draw_series(std::iter::once(Polygon::new(upper.chain(lower).collect::<Vec<_>>(), BAND)))?;
    chart.draw_series(LineSeries::new(band.iter().map(|(row, expected, _)| (at(row), known(*expected))), EXPECTED))?;
    chart.draw_series(LineSeries::new(thinned(rows), VALUE))?;
    let alarms = judged().filter(|(_, verdict)| verdict.alarm).map(|(row, _)| (at(row), row.value));
    chart.draw_series(alarms.map(|place| Circle::new(place, 5, ALARM.filled())))?;
    root.present()?;
    Ok(())
}

#[allow(clippy::cast_possible_truncation, reason = "whole seconds are what is shown")]
pub(crate) fn clock(seconds: f64) -> String {
    let shown = jiff::Timestamp::from_second(seconds as i64);
    shown.map(|at| at.strftime("%Y-%m-%d %H:%M").to_string()).unwrap_or_default()
}

fn at(row: &Row) -> f64 {
    row.at.epoch() as f64
}

fn seconds(row: Option<&Row>) -> f64 {
    row.map_or(0.0, at)
}

/// The range of the values, with some air.
fn bounds(rows: &[Row]) -> (f64, f64) {
    let finite = || rows.iter().map(|row| row.value).filter(|value| value.is_finite());
    let (low, high) = (finite().fold(f64::INFINITY, f64::min), finite().fold(f64::NEG_INFINITY, f64::max));
    if low > high {
        return (0.0, 1.0);
    }
    let air = ((high - low) * 0.05).max(high.abs() * 1e-6).max(1e-9);
    (low - air, high + air)
}

fn thinned(rows: &[Row]) -> Vec<(f64, f64)> {
    let known: Vec<_> = rows.iter().filter(|row| row.value.is_finite()).collect();
    let stretch = known.len().div_ceil(STRETCHES).max(1);
    let extremes = known.chunks(stretch).flat_map(|rows| {
        let lowest = rows.iter().min_by(|a, b| a.value.total_cmp(&b.value));
        let highest = rows.iter().max_by(|a, b| a.value.total_cmp(&b.value));
        let mut both: Vec<_> = lowest.into_iter().chain(highest).map(|row| (at(row), row.value)).collect();
        both.sort_by(|a, b| a.0.total_cmp(&b.0));
        both.dedup();
        both
    });
    extremes.collect()
}
