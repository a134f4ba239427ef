use domain::event::EventKind;
use domain::incident::{Incident, State};
use domain::notification::Page;
use domain::response::{Action, ActionState};

use super::story::Means;

/// What a person who reads the message should do now, in one or two sentences.
pub(super) fn step(kind: EventKind, incident: &Incident, about: Option<&Action>) -> String {
    match kind {
        EventKind::IncidentAcknowledged => "Nothing: it is taken.".to_owned(),
        EventKind::IncidentResolved => after_resolve(incident),
        EventKind::PostMortemWritten => {
            let id = &incident.id;
            format!("Read it (tocsin incident post-mortem {id}), correct what is wrong, and take the action items on.")
        }
        EventKind::ActionPlanned | EventKind::ActionPerformed | EventKind::ActionVerified | EventKind::ActionFailed => {
            about.map_or_else(|| open(incident), |action| after_action(incident, action))
        }
        EventKind::IncidentOpened
        | EventKind::IncidentReopened
        | EventKind::IncidentUpdated
        | EventKind::ActionApproved
        | EventKind::ActionUndo
        | EventKind::NotificationDue
        | EventKind::NotificationRetry => open(incident),
    }
}

/// The same for who is called: why they are, and that the link takes it.
pub(super) fn page(incident: &Incident, page: &Page) -> String {
    let means = if page.acknowledge.is_some() { Means::Link } else { Means::Api };
    format!("You are called: {}. {}", page.why, open_by(incident, means))
}

/// The same for who is asked for a word: whoever has the incident, or, where they cannot be told, a channel. Whoever had it
/// may have it no more.
pub(super) fn reminder(incident: &Incident, page: &Page) -> String {
    let by_link = if page.acknowledge.is_some() { "say so by the link, or " } else { "" };
    let note = format!("write a note on how it stands (tocsin incident note {})", incident.id);
    match (page.to.person(), incident.taken_by()) {
        (Some(_), None) => {
            let link = if page.acknowledge.is_some() { " by the link" } else { "" };
            format!("Others are called for it: help them, or take it again{link}.")
        }
        (Some(_), Some(_)) => format!("You have it: {by_link}{note}, or hand it over."),
        (None, _) => format!("Whoever has it: {note}, or hand it over."),
    }
}

/// What a person who looks at the incident should do, however it came to stand so.
pub(super) fn standing(incident: &Incident, means: Means) -> String {
    if incident.state.is_open() { open_by(incident, means) } else { after_resolve(incident) }
}

fn open(incident: &Incident) -> String {
    open_by(incident, Means::Api)
}

fn open_by(incident: &Incident, means: Means) -> String {
    if incident.is_drill() && incident.waits_for_somebody() {
        return format!("This is a drill, and nothing is wrong: acknowledge it{}, and it ends.", way(incident, means));
    }
    let pending = |state: fn(&ActionState) -> bool| incident.actions.iter().any(|action| state(&action.state));
    let take = match incident.state {
        _ if incident.waits_for_somebody() => acknowledge(incident, means),
        State::Triggered | State::Acknowledged | State::Mitigating => {
            "It is being worked on; help if you are asked to.".to_owned()
        }
        State::Resolved | State::Closed => "Nothing: it is over.".to_owned(),
    };
    if pending(|state| *state == ActionState::AwaitingApproval) {
        format!("{take} Approve or refuse the action that waits.")
    } else if pending(|state| matches!(state, ActionState::Approved { .. } | ActionState::Acting { .. })) {
        format!("{take} An automatic action is under way: watch whether the numbers recover.")
    } else if pending(|state| *state == ActionState::Suggested) {
        format!("{take} Decide about the suggested action: it is not done by itself.")
    } else {
        take
    }
}

fn acknowledge(incident: &Incident, means: Means) -> String {
    let within = incident.severity.policy().respond_within;
    format!("Acknowledge it within {within}{}, then look at what changed.", way(incident, means))
}

/// How it is acknowledged.
fn way(incident: &Incident, means: Means) -> String {
    match means {
        Means::Api => format!(" (tocsin incident acknowledge {})", incident.id),
        Means::Link => " by the link".to_owned(),
        Means::Buttons => String::new(),
    }
}

fn after_action(incident: &Incident, action: &Action) -> String {
    match &action.state {
        ActionState::Suggested => {
            "Decide whether to do it: it is not done by itself. If you do it, acknowledge the incident first."
                .to_owned()
        }
        ActionState::AwaitingApproval => "Approve or refuse it: it waits for you.".to_owned(),
        ActionState::Acted { verify_by, .. } => {
            format!("Watch the numbers: they must recover by {} UTC. You are told either way.", verify_by.clock())
        }
        ActionState::Verified { .. } if incident.state.is_open() => {
            "Watch until the incident resolves; other alerts are still firing.".to_owned()
        }
        ActionState::Verified { .. } => format!("Nothing now. {}", keep_out(action)),
        ActionState::Ineffective { .. } => format!(
            "Take over now: the cause is something else, or more than this. {} still serves version {}.",
            action.target, action.to_version
        ),
        ActionState::Undone { .. } => format!(
            "Take over now: the cause is something else. {} serves version {} again.",
            action.target, action.from_version
        ),
        ActionState::Failed { .. } | ActionState::Refused { .. } => {
            format!("Take over now: do it by hand, or find out why not ({}).", action.summary())
        }
        _ => open(incident),
    }
}

fn after_resolve(incident: &Incident) -> String {
    if incident.is_drill() {
        return "Nothing: the drill is over.".to_owned();
    }
    if let Some(into) = &incident.merged_into {
        return format!(
            "Nothing here: it goes on in {into} (tocsin incident show {into}), which tells of all that comes."
        );
    }
    let helped = incident.actions.iter().find(|action| matches!(action.state, ActionState::Verified { .. }));
    match helped {
        Some(action) => format!("Nothing now. {}", keep_out(action)),
        None => "Nothing now. If it fires again within its cooldown, the incident reopens.".to_owned(),
    }
}

fn keep_out(action: &Action) -> String {
    format!(
        "Version {} was taken out of service on {}: mend it before it is released again.",
        action.from_version, action.target
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_drill_asks_for_nothing_but_to_be_acknowledged() {
        let mut drill = domain::sample::incident();
        drill.key = domain::drill::KEY.to_owned();
        drill.alerts[0].labels = [(domain::drill::LABEL.to_owned(), "true".to_owned())].into();
        let said = step(EventKind::IncidentOpened, &drill, None);
        assert!(
            said.starts_with("This is a drill, and nothing is wrong: acknowledge it (tocsin incident acknowledge inc-"),
            "{said}"
        );
        drill.state = State::Acknowledged;
        assert!(!step(EventKind::IncidentUpdated, &drill, None).contains("drill"), "it is taken");
        drill.state = State::Resolved;
        assert_eq!(step(EventKind::IncidentResolved, &drill, None), "Nothing: the drill is over.");
    }
}
