use domain::event::EventKind;
use domain::incident::{Incident, State};
use domain::notification::{ChannelKind, Notification};

/// Why somebody must not be told any more. Nobody hears that an incident is over which is open again: it would be the last
/// they read. A pager keeps one page per incident, which what comes late would raise after the end; people read the rest as
/// history. And nobody is woken for what somebody has taken meanwhile.
pub(super) fn overtaken(channel: &ChannelKind, notification: &Notification, incident: &Incident) -> Option<String> {
    let (event, state) = (notification.event.kind, incident.state);
    if notification.page.is_some() && event == EventKind::IncidentOpened && !incident.waits_for_somebody() {
        return Some(format!("the incident is {state} by now"));
    }
    let is_true = match event {
        EventKind::IncidentResolved => !state.is_open(),
        _ if !channel.is_pager() => true,
        EventKind::IncidentOpened | EventKind::IncidentReopened | EventKind::IncidentUpdated => state.is_open(),
        EventKind::IncidentAcknowledged => matches!(state, State::Acknowledged | State::Mitigating),
        _ => true,
    };
    (!is_true).then(|| format!("the incident is {state} by now"))
}

#[cfg(test)]
mod tests {
    use domain::notification::{Page, Secret};
    use serde_json::json;

    use super::*;

    fn incident(state: &str, paging: Option<&str>) -> Incident {
        let mut incident = json!({
            "id": "inc-1", "version": 1, "service": "shop", "key": "", "category": "technical", "severity": "SEV1",
            "state": state, "title": "t", "opened_at": "2026-01-05T09:00:00Z", "acknowledged_at": null,
            "resolved_at": null, "alerts": [], "actions": [], "timeline": [], "timeline_dropped": 0, "next_wake": null,
        });
        if let Some(is) = paging {
            incident["escalation"] = json!({
                "policy": "shop", "severity": "SEV1", "started_at": "2026-01-05T09:00:00Z", "state": { "is": is },
                "round": 0, "step": 0, "next_at": null, "pages": 1,
            });
        }
        serde_json::from_value(incident).unwrap()
    }

    /// Whether a message that was made while the incident was open still goes out.
    fn check(kind: &ChannelKind, (event, calls): (EventKind, bool), incident: &Incident, goes: bool) {
        let now = incident.opened_at;
        let to = domain::notification::Destination::Channel("pager".parse().unwrap());
        let notification = Notification {
            id: domain::id::NotificationId::given("notification-1"),
            channel: "pager".parse().unwrap(),
            event: domain::event::IncidentEvent::of(incident, event, None, String::new(), now),
            incident: incident.clone(),
            link: String::new(),
            follows: None,
            page: calls.then_some(Page { to, why: String::new(), acknowledge: None, zone: None }),
        };
        let why = overtaken(kind, &notification, incident);
        assert_eq!(why.is_none(), goes, "{event} {calls} {} {:?}: {why:?}", incident.state, incident.escalation);
    }

    #[test]
    fn nobody_is_called_for_what_somebody_has_taken() {
        let telephone = ChannelKind::Sms { to: "+4930123456".parse().unwrap(), sender: None };
        let cases = [
            ("triggered", None, true),
            ("triggered", Some("paging"), true),
            ("mitigating", None, false),
            ("mitigating", Some("paging"), true),
            ("mitigating", Some("over"), true),
            ("acknowledged", None, false),
            // It was back, and taken before anybody was called for it again: the calls of its former life come too late.
            ("acknowledged", Some("over"), false),
            ("resolved", Some("over"), false),
        ];
        for (state, paging, goes) in cases {
            check(&telephone, (EventKind::IncidentOpened, true), &incident(state, paging), goes);
            check(&telephone, (EventKind::IncidentOpened, false), &incident(state, paging), true);
        }
    }

    #[test]
    fn nobody_is_told_the_end_of_what_is_open_again() {
        let mail =
            ChannelKind::Email { from: "a@example.com".parse().unwrap(), to: vec!["b@example.com".parse().unwrap()] };
        for (state, goes) in [("triggered", false), ("acknowledged", false), ("mitigating", false), ("resolved", true)]
        {
            check(&mail, (EventKind::IncidentResolved, false), &incident(state, None), goes);
            check(&mail, (EventKind::IncidentReopened, false), &incident(state, None), true);
        }
    }

    #[test]
    fn a_pager_is_told_what_is_true_by_now() {
        let pager =
            ChannelKind::PagerDuty { routing_key: Secret::Ssm("/key".to_owned()), url: String::new(), changes: false };
        let cases = [
            (EventKind::IncidentOpened, [true, true, true, false]),
            (EventKind::IncidentUpdated, [true, true, true, false]),
            (EventKind::IncidentAcknowledged, [false, true, true, false]),
            (EventKind::IncidentResolved, [false, false, false, true]),
        ];
        for (event, goes) in cases {
            for (state, goes) in ["triggered", "acknowledged", "mitigating", "resolved"].into_iter().zip(goes) {
                check(&pager, (event, false), &incident(state, None), goes);
            }
        }
    }
}
