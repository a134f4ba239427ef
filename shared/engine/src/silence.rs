//! Silences that people order: made, ended, and those that one press of a button means.

use std::collections::{BTreeMap, BTreeSet};

use domain::id::{ServiceName, SilenceId};
use domain::incident::Incident;
use domain::label::{ALERT_NAME, Matcher, Matchers, Operator, REGEX_BYTES_MAX, SERVICE};
use domain::silence::{COMMENT_BYTES_MAX, Silence, SilenceError, SilenceState};
use domain::units::{Span, Time};

use crate::port::{Orders, PortError, Saved};

/// Silences that are not over: each flush of a group reads them all.
pub const SILENCES_MAX: usize = 1000;
/// How long a silence is kept after its end, to explain what was not told (Alertmanager `--data.retention`).
pub const KEPT_FOR: Span = Span::DAY.times(5);

/// Why a silence was not made or ended.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// It cannot be.
    #[error(transparent)]
    Wrong(#[from] SilenceError),
    /// The same silence was made, and ended early.
    #[error("this silence was made before and ended at {0}; give it another start or end")]
    Ended(Time),
    /// There are too many.
    #[error("there are {SILENCES_MAX} silences that are not over, the most there can be")]
    Full,
    /// There is none.
    #[error("there is no silence {0}")]
    Unknown(SilenceId),
    /// Somebody else was faster.
    #[error("{0} was changed by somebody else; read it again")]
    Changed(SilenceId),
    /// The store did not answer.
    #[error(transparent)]
    Port(#[from] PortError),
}

/// The id of a silence: the same matchers, times and maker are the same silence.
pub fn id_of(matchers: &Matchers, [starts_at, ends_at]: [Time; 2], by: &str) -> SilenceId {
    let times = [starts_at, ends_at].map(|at| at.epoch().to_string());
    SilenceId::derive(&["silence", &matchers.to_string(), &times[0], &times[1], by])
}

/// Makes a silence over `[starts_at, ends_at)`, from `now` on at the earliest; whether it is new: the same one made twice
/// is one.
///
/// # Errors
/// As [`Refused`] says.
pub async fn make(
    orders: &impl Orders,
    matchers: Matchers,
    [starts_at, ends_at]: [Time; 2],
    (by, comment): (&str, &str),
    now: Time,
) -> Result<(Silence, bool), Refused> {
    let id = id_of(&matchers, [starts_at, ends_at], by);
    let starts_at = starts_at.max(now);
    let (by, comment) = (by.to_owned(), comment.to_owned());
    let silence = Silence { id, version: 0, matchers, starts_at, ends_at, by, comment, created_at: now };
    silence.check(now)?;
    let all = orders.silences().await?;
    let open = all.iter().filter(|known| known.state(now) != SilenceState::Expired);
    if open.count() >= SILENCES_MAX && all.iter().all(|known| known.id != silence.id) {
        return Err(Refused::Full);
    }
    match orders.save_silence(&silence, ends_at + KEPT_FOR).await? {
        Saved::Saved => Ok((Silence { version: 1, ..silence }, true)),
        Saved::Stale => match orders.silence(&silence.id).await? {
            Some(known) if known.state(now) == SilenceState::Expired => Err(Refused::Ended(known.ends_at)),
            Some(known) => Ok((known, false)),
            None => Err(Refused::Changed(silence.id)),
        },
    }
}

/// Ends a silence at once, in the name of `by`, who is named in its comment.
///
/// # Errors
/// As [`Refused`] says.
pub async fn end(orders: &impl Orders, id: &SilenceId, by: &str, now: Time) -> Result<Silence, Refused> {
    let known = orders.silence(id).await?.ok_or_else(|| Refused::Unknown(id.clone()))?;
    changed(orders, known.expire(now)?, &format!(" (ended by {by})")).await
}

/// Gives a silence that is not over another end, in the name of `by`, who is named in its comment. One that ends then already
/// stays as it is.
///
/// # Errors
/// As [`Refused`] says.
pub async fn until(
    orders: &impl Orders,
    id: &SilenceId,
    ends_at: Time,
    by: &str,
    now: Time,
) -> Result<Silence, Refused> {
    let known = orders.silence(id).await?.ok_or_else(|| Refused::Unknown(id.clone()))?;
    let is_so = known.ends_at == ends_at;
    let next = known.until(ends_at, now)?;
    if is_so { Ok(next) } else { changed(orders, next, &format!(" (until {ends_at} by {by})")).await }
}

async fn changed(orders: &impl Orders, mut next: Silence, said: &str) -> Result<Silence, Refused> {
    let room = COMMENT_BYTES_MAX.saturating_sub(said.len());
    next.comment.truncate(next.comment.floor_char_boundary(room));
    next.comment.push_str(said);
    match orders.save_silence(&next, next.ends_at + KEPT_FOR).await? {
        Saved::Saved => Ok(Silence { version: next.version + 1, ..next }),
        Saved::Stale => Err(Refused::Changed(next.id)),
    }
}

/// What covers the alerts of an incident: their services and their names; several for one service where the names are too
/// long for one.
pub fn of_incident(incident: &Incident) -> Vec<Matchers> {
    let mut services: BTreeMap<&ServiceName, BTreeSet<&str>> = BTreeMap::new();
    for alert in &incident.alerts {
        services.entry(incident.service_of(alert)).or_default().insert(&alert.name);
    }
    services.into_iter().flat_map(|(service, names)| of_service(service, names)).collect()
}

fn of_service(service: &ServiceName, names: BTreeSet<&str>) -> Vec<Matchers> {
    let mut parts: Vec<Vec<&str>> = Vec::new();
    let mut room = 0;
    for name in names {
        let bytes = escaped(name).len() + 1;
        match parts.last_mut().filter(|_| bytes <= room) {
            Some(part) => part.push(name),
            None => {
                parts.push(vec![name]);
                room = REGEX_BYTES_MAX;
            }
        }
        room = room.saturating_sub(bytes);
    }
    let of = |part: Vec<&str>| {
        let name = match part[..] {
            [name] => Matcher::new(ALERT_NAME, Operator::Equal, name),
            _ => {
                Matcher::new(ALERT_NAME, Operator::Matches, part.into_iter().map(escaped).collect::<Vec<_>>().join("|"))
            }
        };
        let service = Matcher::new(SERVICE, Operator::Equal, service.as_str());
        Matchers::new([service.ok()?, name.ok()?]).ok()
    };
    parts.into_iter().filter_map(of).collect()
}

/// A text as a regular expression that only it matches.
fn escaped(text: &str) -> String {
    text.chars().flat_map(|c| r"\.+*?()|[]{}^$".contains(c).then_some('\\').into_iter().chain([c])).collect()
}

#[cfg(test)]
mod tests {
    use domain::alert::AlertSummary;
    use domain::incident::Severity;
    use domain::label::{Labels, of};
    use domain::sample;

    use super::*;

    fn incident(names: &[&str]) -> Incident {
        let mut incident = sample::incident();
        let template = incident.alerts[0].clone();
        incident.alerts =
            names.iter().map(|name| AlertSummary { name: (*name).to_owned(), ..template.clone() }).collect();
        incident
    }

    #[test]
    fn an_incidents_silences_cover_its_alerts_and_no_other() {
        let long: Vec<String> = (0..30).map(|n| format!("{}{n}", "+".repeat(100))).collect();
        let long: Vec<&str> = long.iter().map(String::as_str).collect();
        for (names, expected) in [
            (&[][..], 0),
            (&["errors"], 1),
            (&["errors", "errors"], 1),
            (&["a.b", "a|b", "shop (5%)", "x\"y", "^$"], 1),
            (&long, 6),
        ] {
            let incident = incident(names);
            let silences = of_incident(&incident);
            assert_eq!(silences.len(), expected, "{names:?}");
            let labels = |name: &str| -> Labels {
                of(name, &incident.service, (Severity::Sev1, incident.category), &Labels::new())
            };
            for name in names {
                assert_eq!(silences.iter().filter(|one| one.matches(&labels(name))).count(), 1, "{name}");
            }
            for other in ["aXb", "a", "error", "errorss", ""] {
                assert!(!silences.iter().any(|one| one.matches(&labels(other))), "{other}");
            }
        }
        let elsewhere = of("errors", &crate::own_service(), (Severity::Sev1, incident(&[]).category), &Labels::new());
        assert!(!of_incident(&incident(&["errors"]))[0].matches(&elsewhere));
    }
}
