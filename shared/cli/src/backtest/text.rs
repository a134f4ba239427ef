use std::fmt::Write;

use domain::units::{Span, Time};
use engine::backtest::{CallKind, Detection, Difference, Episode, MonitorLine, Report};

use super::{Findings, Run};

/// The outcome as tables for people.
pub(super) fn text(outcome: &Findings) -> String {
    let Findings { from, until, warmed, after, before, met, notes, .. } = outcome;
    let against = before.as_ref().map_or_else(String::new, |(before, _)| format!(" against {}", before.name));
    let mut text = format!("{}{against}\n{} to {} ({})", after.name, shown(*from), shown(*until), until.since(*from));
    text.push_str(&warm(*warmed));
    text.push('\n');
    match before {
        None => monitors(&mut text, &after.report),
        Some((before, difference)) => differences(&mut text, (&before.report, &after.report), difference),
    }
    people(&mut text, before.as_ref().map(|(before, _)| before), after);
    if let Some(detection) = &after.report.detection {
        let old = before.as_ref().and_then(|(before, _)| before.report.detection.as_ref());
        detected(&mut text, old, detection, &after.report.firings);
    }
    for note in notes {
        let _ = writeln!(text, "note: {note}");
    }
    for met in met {
        let _ = writeln!(text, "{met}");
    }
    text
}

fn warm((fed, wanted): (Span, Span)) -> String {
    match fed {
        fed if fed.is_zero() && wanted.is_zero() => String::new(),
        fed if fed < wanted => format!(", after {fed} of history to learn from; the monitors want {wanted}"),
        fed => format!(", after {fed} of history to learn from"),
    }
}

fn shown(time: Time) -> String {
    let stamp = time.stamp();
    stamp.strip_suffix(":00").unwrap_or(&stamp).to_owned()
}

/// Columns as wide as their widest cell, the first to the left, the others to the right but for those in `left`.
fn table(text: &mut String, rows: &[Vec<String>], left: &[usize]) {
    let columns = rows.iter().map(Vec::len).max().unwrap_or(0);
    let width = |column: usize| rows.iter().filter_map(|row| row.get(column)).map(|cell| cell.chars().count()).max();
    let widths: Vec<usize> = (0..columns).map(|column| width(column).unwrap_or(0)).collect();
    for row in rows {
        let mut line = String::new();
        for (column, cell) in row.iter().enumerate() {
            let width = widths[column];
            let _ = if left.contains(&column) {
                write!(line, "{cell:<width$}  ")
            } else {
                write!(line, "{cell:>width$}  ")
            };
        }
        let _ = writeln!(text, "{}", line.trim_end());
    }
}

fn cells<const N: usize>(cells: [&str; N]) -> Vec<String> {
    cells.map(str::to_owned).to_vec()
}

fn a_week(count: usize, report: &Report) -> String {
    format!("{:.1}", count as f64 / report.weeks())
}

fn monitors(text: &mut String, report: &Report) {
    text.push('\n');
    let mut rows = vec![cells(["monitor", "firings", "fired for", "pages", "a week", "tickets", "a week"])];
    for line in &report.monitors {
        let MonitorLine { monitor, firings, fired_for, pages, tickets, .. } = line;
        let week = |count| a_week(count, report);
        let counts = [firings.to_string(), fired_for.to_string(), pages.to_string(), week(*pages), tickets.to_string()];
        rows.push([vec![monitor.clone()], counts.to_vec(), vec![week(*tickets)]].concat());
    }
    let (pages, tickets) = (report.count(CallKind::Page), report.count(CallKind::Ticket));
    let all = [report.firings.len().to_string(), String::new(), pages.to_string(), a_week(pages, report)];
    rows.push([vec!["all".to_owned()], all.to_vec(), vec![tickets.to_string(), a_week(tickets, report)]].concat());
    table(text, &rows, &[0]);
    if !report.firings.is_empty() {
        text.push('\n');
        let firings = report.firings.iter().map(|firing| firing_row(None, firing, report.until));
        table(text, &firings.collect::<Vec<_>>(), &[0, 1, 2, 3, 4]);
    }
}

fn firing_row(fate: Option<&str>, firing: &Episode, until: Time) -> Vec<String> {
    let mut row: Vec<String> = fate.map(str::to_owned).into_iter().collect();
    let end = firing.resolved_at.map_or("fires still".to_owned(), |_| firing.lasted(until).to_string());
    let words = [firing.severity.as_str(), &firing.monitor, &end, &firing.reason];
    row.push(shown(firing.told_at));
    row.extend(words.map(str::to_owned));
    row
}

fn differences(text: &mut String, (before, after): (&Report, &Report), difference: &Difference) {
    text.push('\n');
    let mut rows = vec![cells(["monitor", "firings", "", "pages", "", "pages a week", "", "new", "gone", "same"])];
    rows.push(cells(["", "before", "after", "before", "after", "before", "after", "", "", ""]));
    let absent = || "-".to_owned();
    for line in &difference.monitors {
        let of = |side: &Option<MonitorLine>, report: &Report| match side {
            None => [absent(), absent(), absent()],
            Some(line) => [line.firings.to_string(), line.pages.to_string(), a_week(line.pages, report)],
        };
        let sides = of(&line.before, before).into_iter().zip(of(&line.after, after));
        let fates = [line.new, line.gone, line.same].map(|count| count.to_string());
        let counts = sides.flat_map(|(before, after)| [before, after]);
        rows.push(std::iter::once(line.monitor.clone()).chain(counts).chain(fates).collect());
    }
    let pages = [before, after].map(|report| report.count(CallKind::Page));
    let sum = |of: fn(&engine::backtest::MonitorDifference) -> usize| difference.monitors.iter().map(of).sum::<usize>();
    let fates = [sum(|line| line.new), sum(|line| line.gone), sum(|line| line.same)];
    let firings = [before.firings.len(), after.firings.len()];
    let counts = [firings, pages].concat().into_iter().map(|count| count.to_string());
    let weeks = [a_week(pages[0], before), a_week(pages[1], after)];
    let all = std::iter::once("all".to_owned()).chain(counts).chain(weeks);
    rows.push(all.chain(fates.map(|count| count.to_string())).collect());
    table(text, &rows, &[0]);
    if !difference.firings.is_empty() {
        text.push('\n');
        let firings = &difference.firings;
        let row = firings.iter().map(|matched| firing_row(Some(matched.fate.as_str()), &matched.firing, after.until));
        table(text, &row.collect::<Vec<_>>(), &[0, 1, 2, 3, 4, 5]);
    }
}

fn people(text: &mut String, before: Option<&Run>, after: &Run) {
    text.push('\n');
    let mut rows = vec![cells(["who", "pages", "a week", "tickets"])];
    if before.is_some() {
        rows[0] = cells(["who", "pages before", "after", "a week before", "after", "tickets before", "after"]);
    }
    let known = |person: &engine::backtest::Person| (person.kind, person.name.clone());
    let mut names: Vec<_> = after.report.people.iter().map(known).collect();
    names.extend(before.iter().flat_map(|run| &run.report.people).map(known));
    names.sort();
    names.dedup();
    for name in names {
        let of = |run: &Run| {
            let found = run.report.people.iter().find(|person| known(person) == name);
            let absent = || ["-".to_owned(), "-".to_owned(), "-".to_owned()];
            found.map_or_else(absent, |person| {
                [person.pages.to_string(), format!("{:.1}", person.pages_a_week), person.tickets.to_string()]
            })
        };
        let mut row = vec![format!("{} {}", name.0, name.1)];
        match before.map(of) {
            None => row.extend(of(after)),
            Some(before) => row.extend(before.into_iter().zip(of(after)).flat_map(|(before, after)| [before, after])),
        }
        rows.push(row);
    }
    table(text, &rows, &[0]);
}

fn detected(text: &mut String, before: Option<&Detection>, after: &Detection, firings: &[Episode]) {
    text.push('\n');
    let mut rows = vec![cells(["what happened", "", "told by", "delay"])];
    rows[0].extend(before.map(|_| "delay before".to_owned()));
    let delay = |delay: Option<Span>| delay.map_or("missed".to_owned(), |delay| delay.to_string());
    for (index, incident) in after.incidents.iter().enumerate() {
        let service = incident.label.service.as_ref().map_or("any service", |service| service.as_str());
        let name = format!("{service} {}", incident.label.name).trim_end().to_owned();
        let by = incident.by.clone().unwrap_or_else(|| "-".to_owned());
        let mut row = vec![shown(incident.label.from), name, by, delay(incident.delay)];
        row.extend(before.map(|before| delay(before.incidents[index].delay)));
        rows.push(row);
    }
    table(text, &rows, &[0, 1, 2]);
    let sums = |found: &Detection| {
        let median = found.median_delay.map_or("-".to_owned(), |delay| delay.to_string());
        let (count, all) = (found.false_alarms.len(), found.incidents.len());
        let plural = if count == 1 { "" } else { "s" };
        format!("{} of {all} missed, {median} median delay, {count} false alarm{plural}", found.missed)
    };
    let _ = writeln!(text, "{}", sums(after));
    if let Some(before) = before {
        let _ = writeln!(text, "before: {}", sums(before));
    }
    for index in &after.false_alarms {
        let firing = &firings[*index];
        let _ = writeln!(text, "  false: {} {} {}", shown(firing.told_at), firing.monitor, firing.reason);
    }
}
