//! What lines say: how many there are, and of which templates.

use std::collections::BTreeMap;

use domain::log::{Learned, Template, shown};
use domain::metric::{Failure, LogQuery, Outcome, Remark, TemplateReading, Value};
use domain::units::{Span, Time};
use engine::port::{Answer, Ask};

use super::events::Line;
use super::periods;
use crate::aws::Aws;
use crate::samples::samples;

/// New templates that a remark names; of more it says how many.
const NAMED_MAX: usize = 3;

impl Aws {
    pub(super) async fn template_answer(
        &self,
        ask: &Ask<'_>,
        query: &LogQuery,
        reads: &TemplateReading,
        lines: &[Line],
    ) -> Result<Answer, Failure> {
        match reads {
            TemplateReading::Count { template } => of_template(ask, lines, template, |of, _| Some(of)),
            TemplateReading::Share { template } => {
                of_template(ask, lines, template, |of, all| (all > 0.0).then(|| 100.0 * of / all))
            }
            TemplateReading::New { learn } => {
                let (learned, _) = self.learned(ask, query, lines).await?;
                new(ask, &learned, *learn)
            }
            TemplateReading::Busiest => {
                let (_, seen) = self.learned(ask, query, lines).await?;
                busiest(ask, &seen)
            }
        }
    }
}

/// How many lines each period has. A period without any was read, and has 0.
pub(super) fn count(ask: &Ask<'_>, lines: &[Line]) -> Result<Answer, Failure> {
    let counts = tally(ask, lines.iter().map(|line| line.at));
    let seen = Learned::begin("", ask.until).look(lines.iter().map(|line| (line.at, &*line.text)));
    answer(ask, |at| Some(count_of(&counts, at)), mostly(&seen))
}

fn of_template(
    ask: &Ask<'_>,
    lines: &[Line],
    template: &str,
    number: impl Fn(f64, f64) -> Option<f64>,
) -> Result<Answer, Failure> {
    let template = Template::of(template);
    let all = tally(ask, lines.iter().map(|line| line.at));
    let of = tally(ask, lines.iter().filter(|line| template.matches(&line.text)).map(|line| line.at));
    answer(ask, |at| number(count_of(&of, at), count_of(&all, at)), Remark::default())
}

/// Quiet while it learns: then everything is new.
fn new(ask: &Ask<'_>, learned: &Learned, learn: Span) -> Result<Answer, Failure> {
    let knows = learned.begun + learn;
    let period = ask.series.period;
    let count = |at: Time| (at >= knows).then(|| learned.new_in(at, at + period).len() as f64);
    let new: Vec<&str> =
        periods(ask).filter(|at| *at >= knows).flat_map(|at| learned.new_in(at, at + period)).collect();
    let mut named: Vec<String> = new.iter().take(NAMED_MAX).map(|text| format!("\"{}\"", shown(text))).collect();
    if new.len() > NAMED_MAX {
        named.push(format!("and {} more", new.len() - NAMED_MAX));
    }
    let remark = if named.is_empty() { String::new() } else { format!("seen: {}", named.join("; ")) };
    answer(ask, count, Remark::of(&remark))
}

fn busiest(ask: &Ask<'_>, seen: &domain::log::Lines) -> Result<Answer, Failure> {
    let mut counts: BTreeMap<(Time, usize), usize> = BTreeMap::new();
    for (at, template) in &seen.lines {
        *counts.entry((at.floor(ask.series.period), *template)).or_default() += 1;
    }
    let most = |at: Time| counts.range((at, 0)..=(at, usize::MAX)).map(|(_, count)| *count).max().unwrap_or_default();
    answer(ask, |at| Some(most(at) as f64), mostly(seen))
}

/// The most frequent template of the lines.
fn mostly(seen: &domain::log::Lines) -> Remark {
    let mut counts = vec![0_usize; seen.texts.len()];
    for (_, template) in &seen.lines {
        counts[*template] += 1;
    }
    let all = seen.lines.len();
    // JSON without a message has but the names of its fields, which say nothing.
    let says = |text: &str| !text.starts_with('{') || text.contains(' ');
    let most = counts.into_iter().zip(&seen.texts).max_by_key(|(count, _)| *count);
    let most = most.filter(|(count, text)| *count > 0 && says(text));
    most.map_or_else(Remark::default, |(count, text)| {
        let often = if count < all { format!(" ({count} of {all})") } else { String::new() };
        Remark::of(&format!("seen: \"{}\"{often}", shown(text)))
    })
}

fn tally(ask: &Ask<'_>, times: impl Iterator<Item = Time>) -> BTreeMap<Time, usize> {
    let mut counts = BTreeMap::new();
    for at in times {
        *counts.entry(at.floor(ask.series.period)).or_default() += 1;
    }
    counts
}

fn count_of(counts: &BTreeMap<Time, usize>, at: Time) -> f64 {
    counts.get(&at).copied().unwrap_or_default() as f64
}

fn answer(ask: &Ask<'_>, number: impl Fn(Time) -> Option<f64>, remark: Remark) -> Result<Answer, Failure> {
    let points = periods(ask).filter_map(|at| Some((at, Value::number(number(at)?))));
    Ok(Answer { outcome: Outcome::Read(samples(ask, points)?.0), remark })
}
