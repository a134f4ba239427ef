use domain::operations::{Callee, Lengths, Operations, Tally, Week};
use domain::units::Span;

use crate::document::{Block, Document, Section};

const NONE: &str = "-";

pub(crate) fn document(report: &Operations) -> Document {
    let of = report.service.as_ref().map_or_else(|| "all services".to_owned(), ToString::to_string);
    let section = |title, blocks| Section { title, blocks };
    Document {
        title: format!("Operations: {of}"),
        badge: "",
        facts: facts(report),
        sections: vec![
            section("In short", vec![Block::List(in_short(report))]),
            section("Week by week", vec![weeks(&report.weeks)]),
            section("By severity", vec![severities(report)]),
            section("By service", vec![services(report)]),
            section("Who is called", vec![called(report)]),
            section("What arrived", vec![channels(report)]),
            section("What calls", vec![monitors(report)]),
            section("What called for nothing", vec![unactionable(report)]),
            section("Again and again", vec![repeats(report)]),
        ],
    }
}

fn facts(report: &Operations) -> Vec<(&'static str, String)> {
    let mut facts = vec![("From (UTC)", report.from.stamp()), ("Until (UTC)", report.until.stamp())];
    if report.truncated {
        facts.push(("Left out", "there were more incidents than a report reads: these are the latest".to_owned()));
    }
    facts.extend([
        ("Incidents", report.total.incidents.to_string()),
        ("Pages", report.total.pages.to_string()),
        ("First told after", lengths(&report.total.to_tell)),
        ("Acknowledged after (MTTA)", lengths(&report.total.to_acknowledge)),
        ("Resolved after (MTTR)", lengths(&report.total.to_resolve)),
    ]);
    facts
}

fn in_short(report: &Operations) -> Vec<String> {
    let Tally { incidents, open, unacknowledged, unactionable, pages, notifications, .. } = &report.total;
    let mut lines = vec![
        format!(
            "{incidents} incidents opened; {open} of them not over yet. {unacknowledged} ended without anybody having acknowledged them."
        ),
        format!(
            "{unactionable} told people and called for nothing: nothing was done about them, they ended by themselves."
        ),
        format!(
            "{pages} pages arrived. Of all notifications {} were delivered, {} refused, {} given up, {} not sent because they were no longer true, {} are under way.",
            notifications.delivered,
            notifications.refused,
            notifications.failed,
            notifications.overtaken,
            notifications.under_way
        ),
    ];
    if let Some(noisiest) = report.monitors.first().filter(|monitor| monitor.pages > 0) {
        lines.push(format!(
            "{} of {} made {} of the pages.",
            noisiest.monitor,
            noisiest.service,
            percent(noisiest.share_of_pages)
        ));
    }
    lines
}

fn weeks(weeks: &[Week]) -> Block {
    let mut before: Option<&Week> = None;
    let rows = weeks.iter().map(|week| {
        let part = if week.whole { "" } else { " (part)" };
        let change = before.map_or_else(
            || NONE.to_owned(),
            |last| format!("{:+}", i64::from(week.tally.pages) - i64::from(last.tally.pages)),
        );
        before = Some(week);
        let mut row = vec![format!("{}{part}", week.from.date())];
        row.extend(numbers(&week.tally));
        row.insert(3, change);
        row
    });
    let rows = rows.collect();
    Block::table_or(
        &["Week of", "Incidents", "Pages", "Change", "For nothing", "Told after", "MTTA", "MTTR"],
        rows,
        "None.",
    )
}

/// Incidents, pages, those for nothing, and the means.
fn numbers(tally: &Tally) -> [String; 6] {
    let mean = |lengths: &Lengths| or_none(lengths.mean);
    let counts = [tally.incidents, tally.pages, tally.unactionable].map(|count| count.to_string());
    let [incidents, pages, unactionable] = counts;
    [incidents, pages, unactionable, mean(&tally.to_tell), mean(&tally.to_acknowledge), mean(&tally.to_resolve)]
}

fn severities(report: &Operations) -> Block {
    let rows = report.severities.iter().map(|row| {
        let resolve = [row.tally.to_resolve.median, row.tally.to_resolve.p90].map(or_none);
        [vec![row.severity.to_string()], numbers(&row.tally).to_vec(), resolve.to_vec()].concat()
    });
    let head =
        &["Severity", "Incidents", "Pages", "For nothing", "Told after", "MTTA", "MTTR", "Median", "9 of 10 within"];
    Block::table_or(head, rows.collect(), "No incident opened.")
}

fn services(report: &Operations) -> Block {
    let rows = report.services.iter();
    let rows = rows.map(|row| [vec![row.service.to_string()], numbers(&row.tally).to_vec()].concat());
    let head = &["Service", "Incidents", "Pages", "For nothing", "Told after", "MTTA", "MTTR"];
    Block::table_or(head, rows.collect(), "No incident opened.")
}

fn called(report: &Operations) -> Block {
    let rows = report.called.iter().map(|row| {
        let who = match &row.who {
            Callee::Person(name) => name.to_string(),
            Callee::Channel(name) => format!("channel {name}"),
        };
        let worst = row.pages_by_week.iter().max().copied().unwrap_or(0).to_string();
        let by_week: Vec<String> = row.pages_by_week.iter().map(u32::to_string).collect();
        vec![who, row.pages.to_string(), row.pages_per_week.to_string(), worst, by_week.join(" ")]
    });
    let head = &["Who", "Pages", "A week", "Worst week", "Week by week"];
    Block::table_or(head, rows.collect(), "Nobody was called.")
}

fn channels(report: &Operations) -> Block {
    let rows = report.channels.iter().map(|row| {
        let sent = row.notifications;
        let counts = [sent.delivered, sent.refused, sent.failed, sent.overtaken].map(|count| count.to_string());
        [vec![row.channel.to_string()], counts.to_vec()].concat()
    });
    let head = &["Channel or address", "Delivered", "Refused", "Given up", "No longer true"];
    Block::table_or(head, rows.collect(), "Nothing was sent.")
}

fn monitors(report: &Operations) -> Block {
    let rows = report.monitors.iter().map(|row| {
        let share = if report.total.pages > 0 { percent(row.share_of_pages) } else { NONE.to_owned() };
        let counts = [row.firings, row.incidents, row.unactionable, row.pages].map(|count| count.to_string());
        [vec![row.monitor.clone(), row.service.to_string()], counts.to_vec(), vec![share]].concat()
    });
    let head = &["Monitor", "Service", "Firings", "Incidents", "For nothing", "Pages", "Share"];
    Block::table_or(head, rows.collect(), "Nothing fired.")
}

fn unactionable(report: &Operations) -> Block {
    let rows = report.unactionable.iter().map(|row| {
        let lasted = if row.short_lived { format!("{} (short-lived)", row.lasted) } else { row.lasted.to_string() };
        let (told, severity) = (row.notifications.to_string(), row.severity.to_string());
        let taken = if row.acknowledged { "yes" } else { "no" }.to_owned();
        vec![row.opened_at.stamp(), row.title.clone(), severity, lasted, taken, told, row.incident.to_string()]
    });
    let head = &["Opened (UTC)", "What", "Severity", "Lasted", "Acknowledged", "Notifications", "Incident"];
    Block::table_or(head, rows.collect(), "Nothing.")
}

fn repeats(report: &Operations) -> Block {
    let rows = report.repeats.iter().map(|row| {
        let (first, last) = (row.first.stamp(), row.last.stamp());
        vec![
            row.monitor.clone(),
            row.service.to_string(),
            row.incidents.to_string(),
            first,
            last,
            row.last_incident.to_string(),
        ]
    });
    let head = &["Monitor", "Service", "Incidents", "First (UTC)", "Last (UTC)", "The last"];
    Block::table_or(head, rows.collect(), "Nothing opened an incident more than once.")
}

/// `12m on average, half within 5m, 9 of 10 within 40m (17)`.
fn lengths(lengths: &Lengths) -> String {
    match (lengths.mean, lengths.median, lengths.p90) {
        (Some(mean), Some(median), Some(p90)) => {
            format!("{mean} on average, half within {median}, 9 of 10 within {p90} ({} incidents)", lengths.count)
        }
        _ => NONE.to_owned(),
    }
}

fn or_none(length: Option<Span>) -> String {
    length.map_or_else(|| NONE.to_owned(), |length| length.to_string())
}

fn percent(share: f64) -> String {
    format!("{:.0} %", share * 100.0)
}
