use std::fmt::Write;

use domain::units::{Span, Time};

use super::picture::Picture;

const COLUMNS: usize = 96;
const ROWS: usize = 12;

/// A picture of a monitor in characters: `|` where its numbers were, `-` for limits, and strips of when it fired.
pub(super) fn text(picture: &Picture) -> String {
    let (low, high) = picture.bounds();
    let (from, until) = picture.range;
    let row = |value: f64| place((high - value) / (high - low), ROWS);
    let column = |time: Time| place(share(time, from, until), COLUMNS);
    let mut grid = vec![[' '; COLUMNS]; ROWS];
    for limit in &picture.limits {
        grid[row(*limit)] = ['-'; COLUMNS];
    }
    let mut spread: Vec<Option<(f64, f64)>> = vec![None; COLUMNS];
    for point in &picture.points {
        if let Some(value) = point.value.filter(|value| value.is_finite()) {
            let (lowest, highest) = spread[column(point.at)].get_or_insert((value, value));
            (*lowest, *highest) = (lowest.min(value), highest.max(value));
        }
    }
    for (column, (lowest, highest)) in spread.iter().enumerate().filter_map(|(column, pair)| Some((column, (*pair)?))) {
        for line in &mut grid[row(highest)..=row(lowest)] {
            line[column] = '|';
        }
    }
    let mut text = format!("\n{}: {}\n", picture.name, picture.what);
    for (number, line) in grid.iter().enumerate() {
        let value = high - (high - low) * (number as f64 + 0.5) / ROWS as f64;
        let line: String = line.iter().collect();
        let _ = writeln!(text, "{:>11} {}", format!("{value:.2}"), line.trim_end());
    }
    for (name, times) in &picture.strips {
        let mut line = ['.'; COLUMNS];
        for (begin, end) in times.iter().filter(|(begin, end)| *end > from && *begin < until) {
            line[column(*begin)..=column((*end).max(*begin + Span::from_seconds(1)))].fill('#');
        }
        let _ = writeln!(text, "{name:>11} {}", line.iter().collect::<String>());
    }
    let _ = writeln!(text, "{:>11} {from}{}{until}", "", " ".repeat(COLUMNS - 40));
    text
}

fn share(time: Time, from: Time, until: Time) -> f64 {
    (time.epoch() - from.epoch()) as f64 / (until.epoch() - from.epoch()).max(1) as f64
}

/// The cell of a row of `count` that lies at `share` of its length.
#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped to the row before")]
fn place(share: f64, count: usize) -> usize {
    (share * count as f64).floor().clamp(0.0, count as f64 - 1.0) as usize
}
