use domain::units::Time;
use engine::backtest::TracePoint;
use plotters::prelude::*;

use super::picture::Picture;
use crate::detect::clock;

const SIZE: (u32, u32) = (1280, 420);
/// A picture cannot show more than this; between, the lowest and highest of each stretch are drawn.
const STRETCHES: usize = 1200;
const BAND: RGBColor = RGBColor(214, 228, 240);
const EXPECTED: RGBColor = RGBColor(90, 130, 170);
const VALUE: RGBColor = RGBColor(40, 40, 40);
const LIMIT: RGBColor = RGBColor(220, 140, 0);
const STRIPS: [RGBColor; 3] = [RGBColor(200, 30, 30), RGBColor(150, 150, 150), RGBColor(60, 140, 90)];
/// The height of a strip below the numbers, as a part of theirs.
const STRIP: f64 = 0.09;

/// A picture of a monitor: numbers, limits, what was expected, and strips of when it fired.
pub(super) fn svg(picture: &Picture) -> String {
    let mut text = String::new();
    draw(&mut text, picture).expect("drawing into memory fails only for ranges that are not finite");
    text
}

fn draw(text: &mut String, picture: &Picture) -> Result<(), Box<dyn std::error::Error>> {
    let root = SVGBackend::with_string(text, SIZE).into_drawing_area();
    root.fill(&WHITE)?;
    let (low, high) = picture.bounds();
    let height = (high - low) * STRIP;
    let bottom = low - height * (picture.strips.len() as f64 + 0.5);
    let (from, until) = (seconds(picture.range.0), seconds(picture.range.1));
    let expects = picture.points.iter().any(|point| point.expected.is_some());
    let blue = if expects { ", what was expected (blue), where it mostly lies (band)" } else { "" };
    let orange = if picture.limits.is_empty() { "" } else { ", limits (orange)" };
    let title = format!("{}: {}{orange}{blue}", picture.name, picture.what);
    let mut chart = ChartBuilder::on(&root)
        .caption(title, ("sans-serif", 15))
        .margin(12)
        .margin_right(90)
        .x_label_area_size(32)
        .y_label_area_size(72)
        .build_cartesian_2d(from..until.max(from + 1.0), bottom..high)?;
    chart
        .configure_mesh()
        .light_line_style(TRANSPARENT)
        .x_labels(8)
        .x_label_formatter(&|seconds| clock(*seconds))
        .y_label_formatter(&|number| if *number < low { String::new() } else { format!("{number:.1}") })
        .draw()?;
    let known = |value: f64| value.clamp(low, high);
    let fired = picture.strips.first().map_or(&[][..], |(_, times)| times);
    let shade = STRIPS[0].mix(0.12).filled();
    chart.draw_series(
        fired.iter().map(|(begin, end)| Rectangle::new([(seconds(*begin), low), (seconds(*end), high)], shade)),
    )?;
    let bands: Vec<_> = thinned(&picture.points, |point| point.band.map(|(low, high)| [low, high]));
    let upper = bands.iter().map(|(at, [_, top])| (*at, known(*top)));
    let lower = bands.iter().rev().map(|(at, [bottom, _])| (*at, known(*bottom)));
    chart.draw_series(std::iter::once(Polygon::new(upper.chain(lower).collect::<Vec<_>>(), BAND)))?;
    let expected = thinned(&picture.points, |point| point.expected.map(|number| [number, number]));
    chart.draw_series(LineSeries::new(expected.iter().map(|(at, [low, _])| (*at, known(*low))), EXPECTED))?;
    for limit in &picture.limits {
        chart.draw_series(LineSeries::new([(from, *limit), (until, *limit)], LIMIT.stroke_width(2)))?;
    }
    let values = thinned(&picture.points, |point| point.value.map(|number| [number, number]));
    chart
        .draw_series(LineSeries::new(values.iter().flat_map(|(at, [low, high])| [(*at, *low), (*at, *high)]), VALUE))?;
    for (number, (name, times)) in picture.strips.iter().enumerate() {
        let (top, colour) = (low - height * (number as f64 + 0.35), STRIPS[number % STRIPS.len()]);
        let place = |time: Time, y: f64| (seconds(time).clamp(from, until), y);
        let least = (until - from) / 600.0;
        let bar = times.iter().filter(|(begin, end)| *end > picture.range.0 && *begin < picture.range.1).map(
            |(begin, end)| {
                let (left, right) = (place(*begin, top), place(*end, top - height * 0.7));
                Rectangle::new([left, (right.0.max(left.0 + least), right.1)], colour.filled())
            },
        );
        chart.draw_series(bar)?;
        let label = Text::new(*name, (until + (until - from) * 0.006, top - height * 0.05), ("sans-serif", 13));
        chart.plotting_area().draw(&label)?;
    }
    root.present()?;
    Ok(())
}

fn seconds(time: Time) -> f64 {
    time.epoch() as f64
}

/// The lowest and highest of each stretch, with its place in time.
fn thinned(points: &[TracePoint], of: impl Fn(&TracePoint) -> Option<[f64; 2]>) -> Vec<(f64, [f64; 2])> {
    let stretch = points.len().div_ceil(STRETCHES).max(1);
    let extremes = points.chunks(stretch).filter_map(|points| {
        let at = seconds(points.first()?.at);
        let known = points.iter().filter_map(&of).filter(|pair| pair.iter().all(|number| number.is_finite()));
        let widest = |a: [f64; 2], b: [f64; 2]| [a[0].min(b[0]), a[1].max(b[1])];
        known.reduce(widest).map(|pair| (at, pair))
    });
    extremes.collect()
}
