//! Labels: what tells alerts apart stands with each of them, what all have stands once.

use std::collections::BTreeMap;

use domain::alert::AlertSummary;
use domain::drill;
use domain::incident::Incident;
use domain::label::{ALERT_NAME, CATEGORY, CORRELATION, LINKS, SERVICE, SEVERITY};

use super::text::{length, middle};

/// UTF-16 units of a label's name that are shown.
const NAME_MAX: usize = 40;
/// UTF-16 units of a label's value that are shown.
pub const LABEL_VALUE_MAX: usize = 60;
/// UTF-16 units of one alert's labels; those beyond are counted. At least one label fits.
const ALL_MAX: usize = 160;
/// Labels that stand one by one where they are fields.
const SHOWN_MAX: usize = 32;
/// Said elsewhere in every message, or of no use to people.
const SAID: [&str; 7] = [ALERT_NAME, SERVICE, SEVERITY, CATEGORY, CORRELATION, drill::LABEL, "source"];
/// What says most about where it is wrong, first; of the others the alphabet decides.
const TELLING: [&str; 14] = [
    "instance",
    "pod",
    "node",
    "host",
    "path",
    "route",
    "endpoint",
    "device",
    "mountpoint",
    "queue",
    "topic",
    "container",
    "namespace",
    "cluster",
];

/// A label's name and value.
pub(super) type Label<'l> = (&'l str, &'l str);

/// The telling labels that all alerts of the incident have, the most telling first.
pub(super) fn common(incident: &Incident) -> Vec<Label<'_>> {
    let Some((first, others)) = incident.alerts.split_first() else { return Vec::new() };
    let is_common = |(name, value): &Label<'_>| {
        let same = |other: &AlertSummary| other.labels.get(*name).is_some_and(|others| others == value);
        others.iter().all(same) && *value != incident.service.as_str()
    };
    let mut common = telling(first);
    common.retain(is_common);
    common
}

/// The telling labels of one of the incident's alerts that not all of them have, the most telling first.
pub(super) fn own<'a>(incident: &Incident, alert: &'a AlertSummary) -> Vec<Label<'a>> {
    let differs = |(name, value): &Label<'_>| {
        incident.alerts.iter().any(|other| other.labels.get(*name).is_none_or(|others| others != value))
    };
    let mut own = telling(alert);
    own.retain(differs);
    own
}

/// The labels that a message has room for, as it shows them.
pub(super) fn shown<'l>(labels: impl Iterator<Item = Label<'l>>) -> BTreeMap<String, String> {
    labels.take(SHOWN_MAX).map(|(name, value)| (middle(name, NAME_MAX), middle(value, LABEL_VALUE_MAX))).collect()
}

/// `instance=10.0.0.7:9100, pod=web-1, and 3 more`; empty where there is none.
pub(super) fn line(labels: &[Label<'_>]) -> String {
    let mut line = String::new();
    for (place, (name, value)) in labels.iter().enumerate() {
        let label = format!("{}={}", middle(name, NAME_MAX), middle(value, LABEL_VALUE_MAX));
        if place > 0 && length(&line) + length(&label) + 2 > ALL_MAX {
            return format!("{line}, and {} more", labels.len() - place);
        }
        line = if place == 0 { label } else { format!("{line}, {label}") };
    }
    line
}

fn telling(alert: &AlertSummary) -> Vec<Label<'_>> {
    let is_said = |name: &str| SAID.contains(&name) || LINKS.iter().any(|(link, _)| *link == name);
    let all = alert.labels.iter().map(|(name, value)| (name.as_str(), value.as_str()));
    let mut telling: Vec<Label<'_>> = all.filter(|(name, value)| !is_said(name) && !value.trim().is_empty()).collect();
    telling.sort_by_key(|(name, _)| TELLING.iter().position(|one| one == name).unwrap_or(TELLING.len()));
    telling
}

#[cfg(test)]
mod tests {
    use domain::label::Labels;
    use domain::sample;

    use super::*;

    fn incident(labels: &[&[Label<'_>]]) -> Incident {
        let mut incident = sample::incident();
        let alert = incident.alerts.remove(0);
        let owned = |(name, value): &Label<'_>| ((*name).to_owned(), (*value).to_owned());
        let alerts = labels.iter().map(|all| all.iter().map(owned).collect::<Labels>());
        incident.alerts = alerts.map(|labels| AlertSummary { labels, ..alert.clone() }).collect();
        incident
    }

    fn check(labels: &[&[Label<'_>]], expected_common: &str, expected_own: &[&str]) {
        let incident = incident(labels);
        let own: Vec<String> = incident.alerts.iter().map(|alert| line(&own(&incident, alert))).collect();
        assert_eq!(
            (line(&common(&incident)).as_str(), own),
            (expected_common, expected_own.iter().map(|one| (*one).to_owned()).collect())
        );
    }

    #[test]
    fn what_differs_stands_with_each_and_what_all_have_once() {
        check(&[], "", &[]);
        check(&[&[]], "", &[""]);
        let said = [
            ("alertname", "High"),
            ("service", "shop-checkout"),
            ("severity", "critical"),
            ("source", "prometheus"),
            ("job", "shop-checkout"),
            ("runbook_url", "https://example.com"),
            ("empty", " "),
        ];
        check(&[&said], "", &[""]);
        check(&[&[("a", "1"), ("pod", "p"), ("instance", "i")]], "instance=i, pod=p, a=1", &[""]);
        check(
            &[&[("cluster", "eu"), ("pod", "p1")], &[("cluster", "eu"), ("pod", "p2")], &[("cluster", "eu")]],
            "cluster=eu",
            &["pod=p1", "pod=p2", ""],
        );
        // The same value of all, but for one that has none, tells that one apart.
        check(&[&[("path", "/pay")], &[]], "", &["path=/pay", ""]);
        check(&[&[("job", "shop-checkout")], &[("job", "cron")]], "", &["job=shop-checkout", "job=cron"]);
    }

    #[test]
    fn long_values_keep_both_ends_and_many_labels_are_counted() {
        let long = format!("arn:aws:begin{}end-1", "x".repeat(100));
        let shown = line(&[("pod", &long)]);
        assert!(shown.starts_with("pod=arn:aws:begin") && shown.ends_with("xend-1") && shown.contains('…'), "{shown}");
        assert_eq!(length(&shown), "pod=".len() + LABEL_VALUE_MAX);
        let at_the_limit = "v".repeat(LABEL_VALUE_MAX);
        assert_eq!(line(&[("pod", &at_the_limit)]), format!("pod={at_the_limit}"));
        let many = vec![("name", "value"); 20];
        let counted = line(&many);
        assert!(counted.ends_with("name=value, and 7 more") && length(&counted) <= ALL_MAX + 12, "{counted}");
    }
}
