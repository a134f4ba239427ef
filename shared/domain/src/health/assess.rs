use std::collections::{BTreeMap, BTreeSet};

use super::{Health, health_of};
use crate::alert::Alert;
use crate::id::ServiceName;
use crate::incident::Severity;
use crate::service::Service;
use crate::slo::Snapshot;
use crate::units::{Span, Time};

/// What fires in a service within this time after a dependency is taken for a consequence: a tick of either side, and the
/// settling of its points.
const FOLLOWS_WITHIN: Span = Span::from_minutes(2);
/// A spent budget takes so much of the score, a half-spent one half of it.
const BUDGET_WEIGHT: f64 = 0.3;

/// How a service is, how much of it is its own doing, and why.
#[derive(Clone, PartialEq, Debug)]
pub struct Assessment {
    /// By its own alerts, or degraded while something that it calls is unhealthy.
    pub status: Health,
    /// By its own alerts alone.
    pub own: Health,
    /// 100 is perfect. Each alert that fires takes a part of what is left (SEV1 60 %, SEV2 40 %, SEV3 15 %, SEV4 5 %), and so
    /// does each budget, as far as it is spent (all: 30 %).
    pub score: u8,
    /// What makes it so; `None`: it is healthy.
    pub cause: Option<Cause>,
    /// The services it calls, directly or not, that are not healthy by their own alerts and call nobody who is not.
    pub because_of: Vec<ServiceName>,
    /// In a sentence.
    pub reason: String,
}

/// Whose doing it is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Cause {
    /// Its own.
    Own,
    /// Only that of what it calls: nothing of its own fired before that did.
    Dependency,
}

/// How `service` is. `firing` holds the firing alerts of all services, `snapshots` all objectives.
pub fn assess(
    service: &Service,
    services: &[Service],
    firing: &BTreeMap<ServiceName, Vec<Alert>>,
    snapshots: &[Snapshot],
) -> Assessment {
    let of = |name: &ServiceName| firing.get(name).map_or(&[][..], Vec::as_slice);
    let alerts = of(&service.name);
    let own = health_of(alerts);
    let because_of = roots(service, services, &|name| health_of(of(name)) != Health::Healthy);
    let first = |alerts: &[Alert]| alerts.iter().map(|alert| alert.fired_at).min();
    let follows = |root: &ServiceName| {
        let began: Option<Time> = first(of(root));
        began.zip(first(alerts)).is_none_or(|(theirs, ours)| theirs <= ours + FOLLOWS_WITHIN)
    };
    let unhealthy = because_of.iter().any(|root| health_of(of(root)) == Health::Unhealthy);
    let status = if unhealthy { own.max(Health::Degraded) } else { own };
    let cause = if own == Health::Healthy {
        (status != Health::Healthy).then_some(Cause::Dependency)
    } else if because_of.iter().any(follows) {
        Some(Cause::Dependency)
    } else {
        Some(Cause::Own)
    };
    let score = score(alerts, snapshots.iter().filter(|snapshot| snapshot.service == service.name));
    let reason = reason(alerts, cause, &because_of);
    Assessment { status, own, score, cause, because_of, reason }
}

/// Of the services that `service` calls those that are sick and call nobody who is.
fn roots(service: &Service, services: &[Service], sick: &impl Fn(&ServiceName) -> bool) -> Vec<ServiceName> {
    let mut found = BTreeSet::new();
    let mut seen = BTreeSet::from([&service.name]);
    let mut waiting: Vec<&ServiceName> = service.depends_on.iter().collect();
    while let Some(name) = waiting.pop() {
        if !seen.insert(name) {
            continue;
        }
        let calls = services.iter().find(|known| known.name == *name).map_or(&[][..], |known| &known.depends_on);
        if sick(name) && !calls.iter().any(sick) {
            found.insert(name.clone());
        }
        waiting.extend(calls);
    }
    found.into_iter().collect()
}

fn score<'s>(alerts: &[Alert], snapshots: impl Iterator<Item = &'s Snapshot>) -> u8 {
    let of_alerts = alerts.iter().map(|alert| match alert.severity {
        Severity::Sev1 => 0.6,
        Severity::Sev2 => 0.4,
        Severity::Sev3 => 0.15,
        Severity::Sev4 => 0.05,
    });
    let of_budgets = snapshots.map(|snapshot| BUDGET_WEIGHT * snapshot.budget.spent.clamp(0.0, 1.0));
    let left: f64 = of_alerts.chain(of_budgets).map(|part| 1.0 - part).product();
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "between 0 and 100")]
    let score = (left * 100.0).round() as u8;
    score
}

fn reason(alerts: &[Alert], cause: Option<Cause>, because_of: &[ServiceName]) -> String {
    let worst = alerts.iter().min_by_key(|alert| (alert.severity, alert.fired_at));
    let roots: Vec<&str> = because_of.iter().map(ServiceName::as_str).collect();
    let roots = roots.join(", ");
    match (cause, worst) {
        (None, _) if roots.is_empty() => "nothing fires".to_owned(),
        (None, _) => format!("nothing fires; {roots}, which it calls, is degraded"),
        (Some(Cause::Dependency), None) => format!("only because of {roots}, which it calls: nothing of its own fires"),
        (Some(Cause::Dependency), Some(worst)) => {
            format!("only because of {roots}, which it calls and which failed first; {}: {}", worst.name, worst.reason)
        }
        (Some(Cause::Own), Some(worst)) => format!("{} {}: {}", worst.severity, worst.name, worst.reason),
        (Some(Cause::Own), None) => unreachable!("what is not healthy by itself has an alert"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::alert::Status;
    use crate::id::Fingerprint;
    use crate::label::Labels;
    use crate::monitor::Category;

    fn service(name: &str, depends_on: &[&str]) -> Service {
        let depends_on = depends_on.iter().map(|name| name.parse().unwrap()).collect();
        let name = name.parse().unwrap();
        Service { name, owner: "team".into(), critical: false, depends_on, resources: Vec::new(), series: Vec::new() }
    }

    fn alert(service: &str, severity: Severity, minute: i64) -> Alert {
        let fired_at = Time::from_epoch(minute * 60);
        Alert {
            flapping: None,
            groups: Vec::new(),
            fingerprint: Fingerprint::derive(&[service]),
            version: 1,
            name: format!("{service}-errors"),
            service: service.parse().unwrap(),
            category: Category::Technical,
            severity,
            status: Status::Firing,
            changed_at: fired_at,
            fired_at,
            over_since: None,
            reason: "too many".to_owned(),
            reading: None,
            cooldown: Span::MINUTE,
            labels: Labels::default(),
            incident: None,
            no_data_since: None,
            quiet_since: None,
            ends_at: None,
        }
    }

    /// web -> shop -> cart, and shop -> mail.
    fn check(alerts: &[(&str, Severity, i64)], name: &str, expected: (Health, u8, Option<Cause>, &str)) {
        let services =
            [service("web", &["shop"]), service("shop", &["cart", "mail"]), service("cart", &[]), service("mail", &[])];
        let mut firing: BTreeMap<ServiceName, Vec<Alert>> = BTreeMap::new();
        for (name, severity, minute) in alerts {
            firing.entry(name.parse().unwrap()).or_default().push(alert(name, *severity, *minute));
        }
        let service = services.iter().find(|service| service.name.as_str() == name).unwrap();
        let found = assess(service, &services, &firing, &[]);
        assert_eq!((found.status, found.score, found.cause, found.reason.as_str()), expected, "{name}: {alerts:?}");
    }

    #[test]
    fn a_service_is_sick_by_itself_or_because_of_what_it_calls() {
        use Health::{Degraded, Healthy, Unhealthy};
        use Severity::{Sev1, Sev2, Sev3};
        let own = Some(Cause::Own);
        let theirs = Some(Cause::Dependency);
        check(&[], "shop", (Healthy, 100, None, "nothing fires"));
        check(&[("shop", Sev2, 10)], "shop", (Unhealthy, 60, own, "SEV2 shop-errors: too many"));
        check(&[("shop", Sev2, 10), ("shop", Sev3, 9)], "shop", (Unhealthy, 51, own, "SEV2 shop-errors: too many"));
        let only = "only because of cart, which it calls: nothing of its own fires";
        check(&[("cart", Sev1, 10)], "shop", (Degraded, 100, theirs, only));
        check(&[("cart", Sev1, 10)], "web", (Degraded, 100, theirs, only));
        let first = "only because of cart, which it calls and which failed first; shop-errors: too many";
        check(&[("cart", Sev1, 10), ("shop", Sev2, 11)], "shop", (Unhealthy, 60, theirs, first));
        check(&[("cart", Sev1, 12), ("shop", Sev2, 10)], "shop", (Unhealthy, 60, theirs, first));
        let earlier = [("cart", Sev1, 13), ("shop", Sev2, 10)];
        check(&earlier, "shop", (Unhealthy, 60, own, "SEV2 shop-errors: too many"));
        check(&[("cart", Sev1, 10), ("shop", Sev2, 11)], "web", (Degraded, 100, theirs, only));
        check(&[("mail", Sev3, 10)], "shop", (Healthy, 100, None, "nothing fires; mail, which it calls, is degraded"));
        check(&[("web", Sev1, 10)], "shop", (Healthy, 100, None, "nothing fires"));
    }
}
