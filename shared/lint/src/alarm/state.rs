//! What an alarm did, and what its metric was.

use domain::monitor::{MissingData, Window};
use domain::units::{Span, Time};

use super::{Action, Alarm, Facts, Judged, Points, State, finding};
use crate::catalogue;
use crate::finding::{Finding, Level};
use crate::history::{Observed, is_far, share};
use crate::range::{Holds, Range};
use crate::rule::Rule;

/// Whoever has not looked for so long does not.
const STUCK: Span = Span::DAY.times(14);
/// Beyond its limit for this share of the time, an alert is the usual state.
const OFTEN: f64 = 0.1;

/// An alarm whose state tells nobody anything any more.
pub(super) fn stuck(facts: &Facts, alarm: &Alarm, now: Time) -> Option<Finding> {
    let (state, since) = alarm.state?;
    let lasts = now.since(since);
    // What scales is in ALARM while there is little to do.
    let scales = !alarm.actions.is_empty() && alarm.actions.iter().all(|action| is_scaling(facts, action));
    if lasts < STUCK || scales {
        return None;
    }
    let (rule, word, remedy) = match state {
        State::Ok => return None,
        State::Alarm => {
            (Rule::StuckInAlarm, "ALARM", "mend what it tells of, or move its limit: nobody reads it any more")
        }
        State::InsufficientData => {
            (Rule::StuckWithoutData, "INSUFFICIENT_DATA", "correct what it reads, or leave it out")
        }
    };
    let what = format!("it has been in {word} for {} days", lasts.seconds() / Span::DAY.seconds());
    Some(finding(rule, Level::Warn, alarm, what).seen(format!("in {word} since {since}")).remedy(remedy))
}

fn is_scaling(facts: &Facts, action: &Action) -> bool {
    match action {
        Action::Topic(index) => facts.topics.get(*index).is_none(),
        Action::Other(arn) => arn.contains(":autoscaling:"),
    }
}

/// What the metric's points say of the limit.
pub(super) fn observed(alarm: &Alarm, judged: &Judged) -> Vec<Finding> {
    let Some(read) = &judged.points else { return Vec::new() };
    if read.points.is_empty() {
        return nothing(alarm, judged, read).into_iter().collect();
    }
    let Some(observed) = Observed::of(&read.points, read.until) else { return Vec::new() };
    let mut found = Vec::new();
    found.extend(stopped(alarm, judged, &observed));
    found.extend(limit(alarm, judged, &observed));
    found
}

/// `None` for what is written only when something is wrong.
fn nothing(alarm: &Alarm, judged: &Judged, read: &Points) -> Option<Finding> {
    let metric = judged.metrics.first()?;
    (!catalogue::is_sparse(&metric.namespace, &metric.name)).then(|| {
        let name = format!("{} {}", metric.namespace, metric.name);
        let within = read.until.since(read.from);
        let others = match read.others.as_slice() {
            [] => String::new(),
            others => format!("; it is written with {}", others.join(", ")),
        };
        finding(Rule::NothingWrites, Level::Warn, alarm, "nothing writes its metric with these dimensions")
            .seen(format!("{name}: 0 points in {within}; treat_missing_data is {}{others}", word(judged.missing_data)))
            .remedy("correct namespace, name and dimensions (fewer or more are another metric), unless it is written only when something is wrong")
    })
}

const fn word(missing: MissingData) -> &'static str {
    match missing {
        MissingData::Missing => "missing",
        MissingData::Ignore => "ignore",
        MissingData::Breaching => "breaching",
        MissingData::NotBreaching => "notBreaching",
    }
}

fn stopped(alarm: &Alarm, judged: &Judged, observed: &Observed) -> Option<Finding> {
    let silent = observed.stopped()?;
    let (rule, level, what) = match judged.missing_data {
        MissingData::NotBreaching => {
            (Rule::StoppedCountsAsFine, Level::Error, "its metric stopped, and that counts as fine")
        }
        _ => (Rule::Stopped, Level::Warn, "its metric stopped"),
    };
    let evidence = format!("the last point is of {}, {silent} ago; {}", observed.last, observed.extent());
    Some(finding(rule, level, alarm, what).seen(evidence).remedy("correct what it reads, or leave it out"))
}

fn limit(alarm: &Alarm, judged: &Judged, observed: &Observed) -> Option<Finding> {
    let limit = judged.limit.as_ref()?;
    let points = &judged.points.as_ref()?.points;
    let window = Window { breaching: judged.breaching, of: judged.of };
    let often = share(window, limit, points);
    let seen = |words: String| format!("{words}, median {}; {}", observed.median, observed.extent());
    if often >= OFTEN {
        let (rule, level, what) = if often >= 1.0 {
            (Rule::AlwaysFires, Level::Error, format!("{limit} held all the time"))
        } else {
            (Rule::OftenBeyond, Level::Warn, format!("{limit} is a usual state"))
        };
        let evidence = seen(format!("{:.1} % of the time", often * 100.0));
        return Some(finding(rule, level, alarm, what).seen(evidence).remedy("move the limit beyond what is usual"));
    }
    if (Range { least: observed.least, most: observed.most }).holds(limit) != Holds::Never {
        return None;
    }
    let (word, extreme) =
        if limit.comparison.upward() { ("highest", observed.most) } else { ("lowest", observed.least) };
    let level = if is_far(observed, limit.threshold, extreme) { Level::Warn } else { Level::Note };
    let what = format!("nothing observed came to {limit}");
    let evidence = seen(format!("the {word} was {extreme}"));
    let remedy = "check the unit of the threshold; move it closer if trouble would look milder than this";
    Some(finding(Rule::NeverReached, level, alarm, what).seen(evidence).remedy(remedy))
}
