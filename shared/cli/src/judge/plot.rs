use domain::monitored::{Event, Status, Verdict};
use plotters::prelude::*;

const SIZE: (u32, u32) = (1280, 420);
const COLOURS: [RGBColor; 3] = [RGBColor(120, 120, 120), RGBColor(220, 140, 0), RGBColor(200, 30, 30)];
const LIMIT: RGBColor = RGBColor(190, 190, 190);
/// Rules that are named in the picture, each at its first event.
const NAMED_MAX: usize = 12;

/// A picture of the verdicts: severity over time, with the rule that weighs most, named where it first warns.
pub(super) fn svg(title: &str, judged: &[(Event, Verdict)]) -> String {
    let mut text = String::new();
    draw(&mut text, title, judged).expect("drawing into memory fails only for ranges that are not finite");
    text
}

fn draw(text: &mut String, title: &str, judged: &[(Event, Verdict)]) -> Result<(), Box<dyn std::error::Error>> {
    let root = SVGBackend::with_string(text, SIZE).into_drawing_area();
    root.fill(&WHITE)?;
    let times = || judged.iter().map(|(event, _)| at(event));
    let (from, until) = (times().fold(f64::INFINITY, f64::min), times().fold(f64::NEG_INFINITY, f64::max));
    let (from, until) = if from <= until { (from, until) } else { (0.0, 0.0) };
    let mut chart = ChartBuilder::on(&root)
        .caption(
            format!("{title}: severity of each event, normal (grey), warning (orange), critical (red)"),
            ("sans-serif", 15),
        )
        .margin(12)
        .margin_right(150)
        .x_label_area_size(32)
        .y_label_area_size(48)
        .build_cartesian_2d(from..until.max(from + 1.0), -0.05..1.1)?;
    chart
        .configure_mesh()
        .light_line_style(TRANSPARENT)
        .x_labels(8)
        .x_label_formatter(&|seconds| crate::detect::clock(*seconds))
        .y_labels(6)
        .y_label_formatter(&|severity| format!("{severity:.1}"))
        .draw()?;
    for limit in [Status::WARNING_FROM, Status::CRITICAL_FROM] {
        chart.draw_series(LineSeries::new([(from, limit), (until.max(from + 1.0), limit)], LIMIT))?;
    }
    let points = judged.iter().map(|(event, verdict)| {
        let colour = COLOURS[verdict.status as usize];
        Circle::new((at(event), verdict.severity), 3, colour.filled())
    });
    chart.draw_series(points)?;
    let (mut named, mut last): (Vec<&str>, Option<(f64, f64)>) = (Vec::new(), None);
    for (event, verdict) in judged.iter().filter(|(_, verdict)| verdict.status != Status::Normal) {
        let Some(rule) = verdict.findings.first().map(|finding| finding.rule.as_str()) else { continue };
        if named.len() < NAMED_MAX && !named.contains(&rule) {
            named.push(rule);
            let place = (at(event), verdict.severity);
            let is_near = last.is_some_and(|(x, y)| place.0 - x < 0.12 * (until - from) && (place.1 - y).abs() < 0.1);
            let below = if is_near { 4 } else { -14 };
            last = Some(place);
            let label = EmptyElement::at(place) + Text::new(rule.to_owned(), (6, below), ("sans-serif", 13));
            chart.draw_series(std::iter::once(label))?;
        }
    }
    root.present()?;
    Ok(())
}

fn at(event: &Event) -> f64 {
    event.at.epoch() as f64
}
