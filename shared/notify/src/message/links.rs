//! The links that a sender gave its alerts, such as the runbook of a rule.

use domain::alert::AlertSummary;
use domain::incident::Incident;
use domain::label::LINKS;

use super::labels;
use super::text::{middle, plain};

/// Links of one message; those that are new to the reader come first.
pub const LINKS_MAX: usize = 6;
/// Bytes of an address that opens; a longer one is not worth the room, and escaped it must fit a Slack text.
pub const ADDRESS_BYTES_MAX: usize = 500;
/// UTF-16 units of an alert's name in a link's.
const NAME_MAX: usize = 60;
/// UTF-16 units of what is no link.
const TEXT_MAX: usize = 300;

/// A link of an alert.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Link {
    /// `Runbook`, or of which alert it is, where there are several.
    pub(super) name: String,
    /// Where it leads.
    pub(super) to: Target,
}

/// Where a link leads.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum Target {
    /// An address that a browser opens.
    Opens(String),
    /// Something else, which is shown as the text that it is.
    Text(String),
}

impl Link {
    /// The name and the address, if it is one that opens.
    pub(super) fn opens(&self) -> Option<(&str, &str)> {
        match &self.to {
            Target::Opens(address) => Some((&self.name, address)),
            Target::Text(_) => None,
        }
    }

    /// As plain text.
    pub(super) fn text(&self) -> String {
        let (Target::Opens(to) | Target::Text(to)) = &self.to;
        format!("{}: {to}", self.name)
    }
}

/// The links of the incident's alerts, each once: first one of each kind, of what fires before what is over.
pub(super) fn of(incident: &Incident) -> Vec<Link> {
    let (firing, over): (Vec<_>, Vec<_>) = incident.alerts.iter().partition(|alert| alert.resolved_at.is_none());
    let alerts: Vec<&AlertSummary> = firing.into_iter().chain(over).collect();
    let mut found: Vec<(usize, Link)> = Vec::new();
    for (label, kind) in LINKS {
        let mut seen: Vec<(&AlertSummary, &str)> = Vec::new();
        for alert in &alerts {
            let Some(address) = alert.labels.get(label).map(|address| address.trim()) else { continue };
            if seen.len() < LINKS_MAX && !address.is_empty() && seen.iter().all(|(_, known)| *known != address) {
                seen.push((alert, address));
            }
        }
        let is_one = seen.len() == 1;
        let named = seen.iter().map(|(alert, address)| {
            let name = if is_one { kind.to_owned() } else { name(kind, incident, alert) };
            Link { name, to: target(address) }
        });
        found.extend(named.enumerate());
    }
    found.sort_by_key(|(place, _)| *place);
    found.into_iter().map(|(_, link)| link).take(LINKS_MAX).collect()
}

/// The alert's labels that hold a link that opens, with its kind and address.
pub(super) fn of_alert(alert: &AlertSummary) -> Vec<(&'static str, &'static str, &str)> {
    let link = |(label, kind): (&'static str, &'static str)| {
        let address = alert.labels.get(label)?.trim();
        opens(address).map(|_| (label, kind, address))
    };
    LINKS.into_iter().filter_map(link).collect()
}

/// `Runbook of shop-latency (SEV2, pod=web-1)`.
fn name(kind: &str, incident: &Incident, alert: &AlertSummary) -> String {
    let own = labels::own(incident, alert);
    let own = labels::line(&own[..own.len().min(1)]);
    let own = if own.is_empty() { own } else { format!(", {own}") };
    plain(&format!("{kind} of {} ({}{own})", middle(&alert.name, NAME_MAX), alert.severity), TEXT_MAX)
}

fn target(address: &str) -> Target {
    opens(address).map_or_else(|| Target::Text(plain(address, TEXT_MAX)), Target::Opens)
}

/// The address, if a browser opens it.
pub(super) fn opens(text: &str) -> Option<String> {
    let opens = text.starts_with("https://") || text.starts_with("http://");
    let clean = !text.contains(|c: char| c.is_whitespace() || c.is_control() || "<>|\"`".contains(c));
    (opens && clean && text.len() <= ADDRESS_BYTES_MAX).then(|| text.to_owned())
}

#[cfg(test)]
mod tests {
    use domain::sample;

    use super::*;

    fn incident(alerts: &[(&str, &[(&str, &str)])]) -> Incident {
        let mut incident = sample::incident();
        let first = incident.alerts.remove(0);
        for (name, labels) in alerts {
            let labels = labels.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
            incident.alerts.push(AlertSummary { name: (*name).to_owned(), labels, ..first.clone() });
        }
        incident
    }

    fn check(alerts: &[(&str, &[(&str, &str)])], expected: &[&str]) {
        let links: Vec<String> = of(&incident(alerts)).iter().map(Link::text).collect();
        assert_eq!(links, expected);
    }

    #[test]
    fn each_link_stands_once_and_says_whose_it_is_where_there_are_several() {
        let all = [("runbook_url", "https://r"), ("dashboard_url", "https://d"), ("generator_url", "http://g")];
        check(&[("a", &all), ("b", &all)], &["Runbook: https://r", "Dashboard: https://d", "Source: http://g"]);
        check(
            &[
                ("a", &[("runbook_url", "https://r"), ("generator_url", "https://g1"), ("pod", "p1")]),
                ("a", &[("runbook_url", "https://r"), ("generator_url", "https://g2"), ("pod", "p2")]),
                ("b", &[]),
            ],
            &["Runbook: https://r", "Source of a (SEV2, pod=p1): https://g1", "Source of a (SEV2, pod=p2): https://g2"],
        );
    }

    #[test]
    fn only_what_a_browser_opens_is_a_link() {
        let long = format!("https://example.com/{}", "x".repeat(ADDRESS_BYTES_MAX - 20));
        let longer = format!("{long}x");
        let cases = [
            ("https://example.com/a?b=1&c=2", true),
            ("http://example.com", true),
            (long.as_str(), true),
            (longer.as_str(), false),
            ("javascript:alert(1)", false),
            ("ftp://example.com", false),
            ("wiki/page", false),
            ("https://example.com/a|b", false),
            ("https://example.com/a b", false),
            ("https://example.com/<b>", false),
        ];
        for (address, expected) in cases {
            let links = of(&incident(&[("a", &[("runbook_url", address)])]));
            assert_eq!(links.len(), 1, "{address}");
            assert_eq!(links[0].opens().is_some(), expected, "{address}");
        }
    }

    #[test]
    fn there_are_at_most_so_many_and_one_of_each_kind_comes_first() {
        let addresses: Vec<String> = (0..20).map(|one| format!("https://example.com/{one}")).collect();
        let mut incident = incident(&[("a", &[])]);
        let alert = incident.alerts.remove(0);
        for address in &addresses {
            let labels = LINKS.iter().map(|(label, kind)| ((*label).to_owned(), format!("{address}/{kind}"))).collect();
            incident.alerts.push(AlertSummary { labels, ..alert.clone() });
        }
        let links = of(&incident);
        assert_eq!(links.len(), LINKS_MAX);
        for (link, kind) in links.iter().zip(["Runbook", "Dashboard", "Source", "Runbook", "Dashboard", "Source"]) {
            assert!(link.name.starts_with(kind), "{}", link.name);
        }
    }
}
