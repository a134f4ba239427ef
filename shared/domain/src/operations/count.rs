use std::collections::BTreeMap;

use super::{
    ByService, BySeverity, Called, Callee, Case, Channel, Lengths, Monitor, Notifications, Operations, ROWS_MAX,
    Repeat, SHORT_LIVED, Tally, Unactionable, Week,
};
use crate::id::{ChannelName, IncidentId, ServiceName};
use crate::incident::Severity;
use crate::units::{Span, Time};

const WEEK: Span = Span::DAY.times(7);
/// 1970-01-01 was a Thursday, so the first Monday came four days later.
const FIRST_MONDAY: i64 = 4 * 86_400;

/// Counts the incidents that opened in `[from, until)`: those given, as they are.
pub fn operations([from, until]: [Time; 2], service: Option<ServiceName>, cases: &[Case]) -> Operations {
    let whole = whole(cases);
    let mut all: Vec<&Case> = whole.iter().collect();
    all.sort_by(|a, b| (a.incident.opened_at, &a.incident.id).cmp(&(b.incident.opened_at, &b.incident.id)));
    let weeks = weeks(from, until, &all);
    Operations {
        from,
        until,
        service,
        truncated: false,
        total: tally(&all),
        severities: severities(&all),
        services: services(&all),
        called: called(&all, until.since(from), &weeks),
        channels: channels(&all),
        weeks,
        monitors: monitors(&all),
        unactionable: unactionable(&all, until),
        repeats: repeats(&all),
    }
}

/// What was merged is counted with the incident that it went on in, where that is among them.
fn whole(cases: &[Case]) -> Vec<Case> {
    let find = |id: &IncidentId| cases.iter().position(|case| case.incident.id == *id);
    let goes_on = |case: &Case| {
        let mut last = find(case.incident.merged_into.as_ref()?)?;
        // Each was merged into another one, so there are no more of them than cases.
        for _ in 0..cases.len() {
            let Some(next) = cases[last].incident.merged_into.as_ref().and_then(find) else { break };
            last = next;
        }
        Some(last)
    };
    let places: Vec<Option<usize>> = cases.iter().map(goes_on).collect();
    let mut whole: Vec<Case> = cases.to_vec();
    for (case, into) in cases.iter().zip(&places) {
        if let Some(into) = into {
            whole[*into].receipts.extend(case.receipts.iter().cloned());
        }
    }
    let mut places = places.into_iter();
    whole.retain(|_| places.next().flatten().is_none());
    whole
}

fn count(cases: impl Iterator) -> u32 {
    u32::try_from(cases.count()).unwrap_or(u32::MAX)
}

fn tally(cases: &[&Case]) -> Tally {
    let mut notifications = Notifications::default();
    cases.iter().flat_map(|case| &case.receipts).for_each(|receipt| notifications.add(receipt));
    let some = |fits: &dyn Fn(&Case) -> bool| count(cases.iter().filter(|case| fits(case)));
    let lengths =
        |length: fn(&Case) -> Option<Span>| Lengths::of(cases.iter().filter_map(|case| length(case)).collect());
    Tally {
        incidents: count(cases.iter()),
        open: some(&|case| case.incident.state.is_open()),
        unacknowledged: some(&|case| !case.incident.state.is_open() && case.incident.acknowledged_at.is_none()),
        unactionable: some(&Case::is_unactionable),
        pages: pages(cases),
        to_tell: lengths(Case::to_tell),
        to_acknowledge: lengths(Case::to_acknowledge),
        to_resolve: lengths(Case::to_resolve),
        notifications,
    }
}

fn pages(cases: &[&Case]) -> u32 {
    cases.iter().map(|case| count(case.calls().iter())).sum()
}

/// Cases by what they have in common, in its order.
fn grouped<'c, K: Ord>(cases: &[&'c Case], key: impl Fn(&'c Case) -> Option<K>) -> BTreeMap<K, Vec<&'c Case>> {
    let mut groups: BTreeMap<K, Vec<&Case>> = BTreeMap::new();
    for case in cases {
        if let Some(key) = key(case) {
            groups.entry(key).or_default().push(case);
        }
    }
    groups
}

fn severities(cases: &[&Case]) -> Vec<BySeverity> {
    let groups = grouped(cases, |case| Some(case.incident.severity));
    groups.into_iter().map(|(severity, cases): (Severity, _)| BySeverity { severity, tally: tally(&cases) }).collect()
}

fn services(cases: &[&Case]) -> Vec<ByService> {
    let groups = grouped(cases, |case| Some(case.incident.service.clone()));
    let rows = groups.into_iter().map(|(service, cases)| ByService { service, tally: tally(&cases) });
    first_by(rows, |row| row.tally.incidents)
}

/// The first [`ROWS_MAX`] rows, those with the most first; equal ones stay in order.
fn first_by<T, K: Ord>(rows: impl Iterator<Item = T>, most: impl Fn(&T) -> K) -> Vec<T> {
    let mut rows: Vec<T> = rows.collect();
    rows.sort_by_key(|row| std::cmp::Reverse(most(row)));
    rows.truncate(ROWS_MAX);
    rows
}

fn weeks(from: Time, until: Time, cases: &[&Case]) -> Vec<Week> {
    let mut weeks = Vec::new();
    let mut begin = from;
    while begin < until {
        let next = monday(begin) + WEEK;
        let end = next.min(until);
        let of: Vec<&Case> =
            cases.iter().copied().filter(|case| (begin..end).contains(&case.incident.opened_at)).collect();
        weeks.push(Week { from: begin, until: end, whole: end.since(begin) == WEEK, tally: tally(&of) });
        begin = next;
    }
    weeks
}

/// The first instant of the week of `at`.
fn monday(at: Time) -> Time {
    let since = (at.epoch() - FIRST_MONDAY).rem_euclid(i64::from(WEEK.seconds()));
    Time::from_epoch(at.epoch() - since)
}

fn called(cases: &[&Case], stretch: Span, weeks: &[Week]) -> Vec<Called> {
    let mut by_week: BTreeMap<Callee, Vec<u32>> = BTreeMap::new();
    for (who, at) in cases.iter().flat_map(|case| case.calls()) {
        let pages = by_week.entry(who).or_insert_with(|| vec![0; weeks.len()]);
        let last = weeks.iter().rposition(|week| week.from <= at).unwrap_or(0);
        if let Some(pages) = pages.get_mut(last) {
            *pages += 1;
        }
    }
    let in_weeks = f64::from(stretch.seconds()) / f64::from(WEEK.seconds());
    let rows = by_week.into_iter().map(|(who, pages_by_week)| {
        let pages: u32 = pages_by_week.iter().sum();
        let pages_per_week = if pages > 0 { hundredths(f64::from(pages) / in_weeks) } else { 0.0 };
        Called { who, pages, pages_per_week, pages_by_week }
    });
    first_by(rows, |row| row.pages)
}

fn channels(cases: &[&Case]) -> Vec<Channel> {
    let mut channels: BTreeMap<&ChannelName, Notifications> = BTreeMap::new();
    for receipt in cases.iter().flat_map(|case| &case.receipts) {
        channels.entry(&receipt.channel).or_default().add(receipt);
    }
    let rows = channels.into_iter();
    let rows = rows.map(|(channel, notifications)| Channel { channel: channel.clone(), notifications });
    first_by(rows, |row| row.notifications.delivered)
}

/// Two digits: the third says nothing, and is another in each place where it is worked out.
fn hundredths(number: f64) -> f64 {
    (number * 100.0).round() / 100.0
}

fn monitors(cases: &[&Case]) -> Vec<Monitor> {
    let mut firings: BTreeMap<(&str, &ServiceName), u32> = BTreeMap::new();
    for case in cases {
        for alert in &case.incident.alerts {
            *firings.entry((&alert.name, &case.incident.service)).or_default() += case.firings(&alert.fingerprint);
        }
    }
    let opened = grouped(cases, |case| Some((case.opened_by()?, &case.incident.service)));
    let all = pages(cases);
    let rows = firings.into_iter().map(|(key, firings)| {
        let cases = opened.get(&key).map_or(&[][..], Vec::as_slice);
        let pages = pages(cases);
        Monitor {
            monitor: key.0.to_owned(),
            service: key.1.clone(),
            firings,
            incidents: count(cases.iter()),
            unactionable: count(cases.iter().filter(|case| case.is_unactionable())),
            pages,
            share_of_pages: if all > 0 { hundredths(f64::from(pages) / f64::from(all)) } else { 0.0 },
        }
    });
    first_by(rows, |row| (row.pages, row.firings))
}

fn unactionable(cases: &[&Case], now: Time) -> Vec<Unactionable> {
    let rows = cases.iter().filter(|case| case.is_unactionable()).map(|case| {
        let incident = &case.incident;
        let lasted = incident.lasted(now);
        Unactionable {
            incident: incident.id.clone(),
            title: incident.title.clone(),
            severity: incident.severity,
            opened_at: incident.opened_at,
            lasted,
            short_lived: lasted <= SHORT_LIVED,
            acknowledged: incident.acknowledged_at.is_some(),
            notifications: count(case.told()),
        }
    });
    first_by(rows, |row| row.opened_at)
}

fn repeats(cases: &[&Case]) -> Vec<Repeat> {
    let groups = grouped(cases, |case| Some((&case.incident.service, case.opened_by()?)));
    let rows = groups.into_iter().filter(|(_, cases)| cases.len() > 1).filter_map(|((service, monitor), cases)| {
        let opened = |case: &&&Case| (case.incident.opened_at, case.incident.id.clone());
        let (first, last) = (cases.iter().min_by_key(opened)?, cases.iter().max_by_key(opened)?);
        Some(Repeat {
            service: service.clone(),
            monitor: monitor.to_owned(),
            incidents: count(cases.iter()),
            first: first.incident.opened_at,
            last: last.incident.opened_at,
            last_incident: last.incident.id.clone(),
        })
    });
    first_by(rows, |row| (row.incidents, row.last))
}
