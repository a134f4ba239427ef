use domain::group::{Group, Reason, Tell};
use domain::id::Fingerprint;
use domain::incident::What;
use domain::units::Time;

use super::{About, over};

/// Alerts that a summary names; the rest is counted.
const NAMED_MAX: usize = 5;

/// What a group has to say about one of its incidents, in a line.
pub(super) fn summary(group: &Group, tell: &Tell, about: &About, now: Time) -> String {
    let said = match (tell.reason.clone(), about.firing.first(), about.resolved.first()) {
        (_, None, Some(_)) if !about.incident.state.is_open() => over::words(&about.incident),
        (Reason::Repeat, Some(_), _) => {
            let since = about.incident.opened_at;
            format!("still firing after {}: {}", now.since(since), names(group, &about.firing))
        }
        (_, Some(one), _) if about.firing.len() == 1 => {
            reason(about, one).unwrap_or_else(|| names(group, &about.firing))
        }
        (_, Some(one), _) => {
            let first = reason(about, one).map(|reason| format!(". {reason}")).unwrap_or_default();
            format!("{} alerts fire: {}{first}", about.firing.len(), names(group, &about.firing))
        }
        (_, None, Some(one)) if about.resolved.len() == 1 => {
            reason(about, one).unwrap_or_else(|| format!("over: {}", names(group, &about.resolved)))
        }
        (_, None, _) => format!("all {} alerts are over: {}", about.resolved.len(), names(group, &about.resolved)),
    };
    let counted = group.counted().firing();
    let more = if counted > 0 { format!("; {counted} more are counted only") } else { String::new() };
    let held = if tell.held > 0 { format!("; {} held back", tell.held) } else { String::new() };
    let kin = about.incident.may_be_part_of().filter(|_| !about.known && !about.firing.is_empty());
    let kin = kin.map(|kin| format!("; {kin}")).unwrap_or_default();
    format!("{said}{more}{held}{kin}")
}

/// Why the alert fired or resolved last, as its incident has it.
fn reason(about: &About, fingerprint: &Fingerprint) -> Option<String> {
    about.incident.timeline.iter().rev().find_map(|entry| match &entry.what {
        What::AlertFired { alert, reason } | What::AlertResolved { alert, reason } if alert == fingerprint => {
            Some(reason.clone())
        }
        _ => None,
    })
}

fn names(group: &Group, fingerprints: &[Fingerprint]) -> String {
    let members = fingerprints.iter().filter_map(|fingerprint| group.members().get(fingerprint));
    let mut named: Vec<String> =
        members.take(NAMED_MAX).map(|member| format!("{} on {}", member.name, member.service)).collect();
    if fingerprints.len() > NAMED_MAX {
        named.push(format!("and {} more", fingerprints.len() - NAMED_MAX));
    }
    named.join(", ")
}
