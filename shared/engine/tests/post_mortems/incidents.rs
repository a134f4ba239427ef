//! Three incidents of the shop.

use std::collections::BTreeMap;

use domain::deployment::Deployment;
use domain::id::IncidentId;
use domain::incident::{Entry, Incident, Related, Severity, Standing, State, What};
use domain::response::{ActionState, Mode};

use crate::scene::{
    Scene, alert, at, chunks, entry, incident, live, moved, name, normal, resolved, roll_back, service, setup,
};

/// Version 2 is released at 14:02, a third of the requests fail, the runbook rolls it back at 14:07.
pub(crate) fn bad_release() -> Scene {
    let mut incident = incident(at(3, 0), at(12, 10));
    incident.alerts = vec![alert(31.5, at(3, 0), Some(at(11, 0)))];
    incident.actions = vec![roll_back(&incident, Mode::Auto, at(6, 12), ActionState::Verified { at: at(12, 10) })];
    let release = moved("1", "2", at(2, 5), at(3, 5), "2.4.0 (4f1c2ab)");
    incident.timeline = of_bad_release(&incident, &release);
    let chunks = chunks(-60..10, |id, minute| match (id, minute) {
        ("shop-checkout/errors", 3..7) => Some(60.0 + f64::from(u8::try_from(minute).expect("small"))),
        ("shop-checkout/latency", 3..7) => Some(240.0),
        _ => normal(id, minute),
    });
    Scene {
        setup: setup(),
        incident,
        deployments: vec![release, moved("2", "1", at(6, 5), at(7, 5), "")],
        acts: BTreeMap::from([(live(), vec![at(6, 13)])]),
        chunks,
    }
}

fn of_bad_release(incident: &Incident, release: &Deployment) -> Vec<Entry> {
    let action = &incident.actions[0];
    let (id, fingerprint) = (action.id.clone(), action.alert.clone());
    let said = |summary: &str| What::Action { action: id.clone(), summary: summary.to_owned() };
    let reason = "errors / requests 31.5 % (limit > 10 %) in 2 of the last 3 periods of 1m".to_owned();
    vec![
        entry(at(6, 10), What::Opened { severity: Severity::Sev2, reason: reason.clone() }),
        entry(at(6, 10), What::AlertFired { alert: fingerprint.clone(), reason }),
        entry(at(6, 12), What::DeploymentSeen { deployment: release.id.clone(), summary: release.summary() }),
        entry(at(6, 12), said("Will be done: roll lambda:shop-checkout:live back from version 2 to version 1")),
        entry(at(6, 13), What::StateChanged { from: State::Triggered, to: State::Mitigating, by: "tocsin".to_owned() }),
        entry(at(6, 14), said("Done: roll lambda:shop-checkout:live back from version 2 to version 1")),
        entry(at(12, 10), said("Check passed: roll lambda:shop-checkout:live back from version 2 to version 1")),
        entry(at(12, 10), What::AlertResolved { alert: fingerprint, reason: "errors / requests 0.5 %".to_owned() }),
        resolved("tocsin", at(12, 10)),
    ]
}

/// One of each standing, and one that was dismissed after the resolve.
fn related() -> Vec<Related> {
    let by = |by: &str| by.to_owned();
    let one = |service: &str, seen, standing| Related {
        incident: IncidentId::given(format!("inc-of-{service}")),
        service: name(service),
        why: format!("shop-checkout depends on {service}, which broke 40s earlier"),
        since: seen,
        standing,
    };
    vec![
        one("payments", at(3, 10), Standing::Merged { at: at(6, 10), by: by("tocsin") }),
        one("shop-mail", at(3, 20), Standing::Confirmed { at: at(6, 20), by: by("tocsin") }),
        one("stock", at(3, 30), Standing::Dismissed { at: at(33, 0), by: by("alice <a>") }),
        one("prices", at(3, 40), Standing::Dismissed { at: at(50, 0), by: by("alice") }),
        one("late", at(50, 0), Standing::Candidate),
    ]
}

/// Errors rise and fall with nothing released and payments healthy; somebody acknowledges it late.
pub(crate) fn no_cause() -> Scene {
    let mut incident = incident(at(3, 0), at(41, 10));
    incident.acknowledged_at = Some(at(30, 40));
    incident.alerts = vec![alert(22.75, at(3, 0), Some(at(40, 0)))];
    incident.related = related();
    let fingerprint = incident.alerts[0].fingerprint.clone();
    let reason = "errors / requests 22.75 % (limit > 10 %) in 2 of the last 3 periods of 1m".to_owned();
    incident.timeline = vec![
        entry(at(9, 10), What::Opened { severity: Severity::Sev2, reason: reason.clone() }),
        entry(at(9, 10), What::AlertFired { alert: fingerprint.clone(), reason }),
        entry(
            at(30, 40),
            What::StateChanged { from: State::Triggered, to: State::Acknowledged, by: "alice".to_owned() },
        ),
        entry(
            at(33, 5),
            What::Note { by: "alice".to_owned(), text: "nothing released, <looking> at the load balancer".to_owned() },
        ),
        entry(at(41, 10), What::AlertResolved { alert: fingerprint, reason: "errors / requests 0.5 %".to_owned() }),
        resolved("tocsin", at(41, 10)),
    ];
    let chunks = chunks(-60..40, |id, minute| match (id, minute) {
        ("shop-checkout/errors", 3..35) => Some(45.0),
        ("shop-checkout/requests", 17) => None,
        _ => normal(id, minute),
    });
    Scene { setup: setup(), incident, deployments: Vec::new(), acts: BTreeMap::new(), chunks }
}

/// An alarm of CloudWatch for a service that has no series; Slack refuses the message, a person resolves it.
pub(crate) fn by_hand() -> Scene {
    let mut setup = setup();
    setup.services.push(service("shop-mail", &[], &[]));
    let mut incident = incident(at(0, 0), at(52, 0));
    incident.service = name("shop-mail");
    "bounces | high on shop-mail".clone_into(&mut incident.title);
    incident.severity = Severity::Sev1;
    let mut alarm = alert(0.0, at(0, 0), None);
    (alarm.name, alarm.severity, alarm.reading) = ("bounces".to_owned(), Severity::Sev1, None);
    incident.timeline = vec![
        entry(
            at(0, 20),
            What::Opened {
                severity: Severity::Sev1,
                reason: "CloudWatch alarm \"bounces\": 3 datapoints > 5".to_owned(),
            },
        ),
        entry(at(0, 20), What::AlertFired { alert: alarm.fingerprint.clone(), reason: "3 datapoints > 5".to_owned() }),
        entry(at(0, 22), What::NotificationFailed { summary: "slack: refused with 404 no_team".to_owned() }),
        entry(at(52, 0), What::Note { by: "bob".to_owned(), text: "the provider was down".to_owned() }),
        resolved("bob", at(52, 0)),
    ];
    incident.alerts = vec![alarm];
    Scene { setup, incident, deployments: Vec::new(), acts: BTreeMap::new(), chunks: Vec::new() }
}
