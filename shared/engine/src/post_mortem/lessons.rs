use domain::rca::CauseKind;
use domain::report::PostMortem;
use domain::response::{ActionState, Mode};

use super::follow_up::{DETECTION_SLOW, failed_notifications, reopened};
use super::known_for;

/// What went well and what did not, each from a fact.
pub(super) fn lessons(post_mortem: &PostMortem) -> Vec<String> {
    let mut lessons = vec![detection(post_mortem)];
    lessons.extend(acknowledgement(post_mortem));
    lessons.extend(actions(post_mortem));
    if let failed @ 1.. = failed_notifications(post_mortem).len() {
        lessons.push(badly(&format!("notifications that did not arrive: {failed}")));
    }
    if post_mortem.analysis.causes.is_empty() {
        lessons.push(badly("the stored data do not show the cause"));
    }
    if post_mortem.impact.requests.is_none() || post_mortem.impact.failed.is_none() {
        lessons.push(badly("how many requests failed could not be counted"));
    }
    if let times @ 1.. = reopened(post_mortem) {
        let words = format!("the trouble came back after it was thought to be over, times: {times}");
        lessons.push(badly(&words));
    }
    lessons
}

fn well(text: &str) -> String {
    format!("Went well: {text}.")
}

fn badly(text: &str) -> String {
    format!("Went badly: {text}.")
}

fn detection(post_mortem: &PostMortem) -> String {
    let detection = &post_mortem.detection;
    if detection.delay <= DETECTION_SLOW {
        well(&format!("{} saw it after {}", detection.by, detection.delay))
    } else {
        badly(&format!("{} saw it only after {}, the goal is {DETECTION_SLOW}", detection.by, detection.delay))
    }
}

fn acknowledgement(post_mortem: &PostMortem) -> Option<String> {
    let clock = post_mortem.severity.policy().respond_within;
    match post_mortem.detection.acknowledged_after {
        Some(after) if after <= clock => Some(well(&format!("somebody took it after {after}, within {clock}"))),
        Some(after) => Some(badly(&format!("somebody took it only after {after}, {clock} are asked for"))),
        None if known_for(post_mortem) > clock => Some(badly(&format!("nobody took it within {clock}"))),
        None => None,
    }
}

fn actions(post_mortem: &PostMortem) -> Vec<String> {
    let words = post_mortem.actions.iter().filter_map(|action| {
        let what = action.summary();
        Some(match &action.state {
            ActionState::Verified { .. } if action.mode() == Mode::Auto => {
                well(&format!("the runbook {} helped without waiting for anybody: {what}", action.runbook))
            }
            ActionState::Verified { .. } => well(&format!("the runbook {} helped: {what}", action.runbook)),
            ActionState::Ineffective { .. } => badly(&format!("the runbook {} did not help: {what}", action.runbook)),
            ActionState::Undoing { .. } | ActionState::Undone { .. } => {
                badly(&format!("the runbook {} made things worse: {what}", action.runbook))
            }
            ActionState::Failed { reason, .. } => {
                badly(&format!("the runbook {} could not act: {reason}", action.runbook))
            }
            ActionState::Refused { reason } => {
                well(&format!("a guard rail kept the runbook {} from acting: {reason}", action.runbook))
            }
            _ => return None,
        })
    });
    words.collect()
}

/// What would keep it from happening again, from the cause.
pub(super) fn prevention(post_mortem: &PostMortem) -> Vec<String> {
    let mut prevention = Vec::new();
    match post_mortem.analysis.causes.first().map(|cause| &cause.kind) {
        Some(CauseKind::Deployment(deployment)) => {
            let version = &deployment.to;
            prevention.push(format!(
                "Release to a share of the traffic first: version {version} was judged by a monitor only once it served."
            ));
            if post_mortem.actions.is_empty() {
                prevention.push(format!(
                    "A runbook that rolls {} back: none applied to this incident.",
                    deployment.resource.as_ref().map_or_else(|| deployment.service.to_string(), ToString::to_string)
                ));
            }
        }
        Some(CauseKind::Dependency { series }) => prevention.push(format!(
            "A monitor of {series}, which moved before {}, and a time limit, a retry or a substitute where {} is called.",
            post_mortem.service,
            series.service()
        )),
        None => prevention.push("Not known until the cause is found.".to_owned()),
    }
    prevention
}
