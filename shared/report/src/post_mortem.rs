use domain::incident::Standing;
use domain::report::{ActionItemState, Detection, Impact, PostMortem};
use domain::response::{Action, ActionState, Mode};
use domain::units::{Time, Unit};

use crate::document::{Block, Document, Section};

const UNKNOWN: &str = "not known";
/// Where the section on related incidents stands, if there are any: before the root cause.
const RELATED_AT: usize = 4;

pub(crate) fn document(post_mortem: &PostMortem) -> Document {
    let section = |title, blocks| Section { title, blocks };
    let mut sections = vec![
        section("Summary", vec![Block::Paragraph(post_mortem.summary.join(" "))]),
        section("Impact", impact(&post_mortem.impact)),
        section("Detection", vec![Block::Paragraph(detection(&post_mortem.detection))]),
        section("Timeline", vec![timeline(post_mortem)]),
        section("Root cause", root_cause(post_mortem)),
        section("Resolution", resolution(post_mortem)),
        section("Action items", vec![action_items(post_mortem)]),
        section("Lessons", vec![Block::list_or(&post_mortem.lessons, "None.")]),
        section("Prevention", vec![Block::list_or(&post_mortem.prevention, "None known.")]),
    ];
    if !post_mortem.related.is_empty() {
        sections.insert(RELATED_AT, section("Related incidents", vec![related(post_mortem)]));
    }
    Document {
        title: format!("Post-mortem: {}", post_mortem.title),
        badge: post_mortem.severity.as_str(),
        facts: facts(post_mortem),
        sections,
    }
}

/// Other incidents, what became of each, and why it was thought of.
fn related(post_mortem: &PostMortem) -> Block {
    let rows = post_mortem.related.iter().map(|one| {
        let standing = match &one.standing {
            Standing::Candidate => "may have been part of it".to_owned(),
            Standing::Confirmed { at, .. } => format!("most likely part of it, since {} UTC", at.clock()),
            Standing::Merged { at, by } => format!("part of it: merged at {} UTC by {by}", at.clock()),
            Standing::Dismissed { at, by } => format!("not part of it, said {by} at {} UTC", at.clock()),
        };
        vec![one.incident.to_string(), one.service.to_string(), standing, one.why.clone(), one.since.stamp()]
    });
    Block::table_or(&["Incident", "Service", "Standing", "Why", "Seen (UTC)"], rows.collect(), "None.")
}

fn facts(post_mortem: &PostMortem) -> Vec<(&'static str, String)> {
    let or_unknown = |number: Option<f64>| number.map_or_else(|| UNKNOWN.to_owned(), |number| Unit::Count.show(number));
    vec![
        ("Incident", post_mortem.incident.to_string()),
        ("Service", post_mortem.service.to_string()),
        ("Owner", post_mortem.owner.clone()),
        ("Began (UTC)", post_mortem.opened_at.stamp()),
        ("Resolved (UTC)", post_mortem.resolved_at.stamp()),
        ("Lasted", post_mortem.impact.lasted.to_string()),
        ("Requests", or_unknown(post_mortem.impact.requests)),
        ("Failed requests", or_unknown(post_mortem.impact.failed)),
    ]
}

fn impact(impact: &Impact) -> Vec<Block> {
    let number = |number: Option<f64>| number.map(|number| Unit::Count.show(number));
    let mut lines = vec![format!("It lasted {}, from the first breach to the resolve.", impact.lasted)];
    lines.push(match (number(impact.requests), number(impact.failed)) {
        (Some(requests), Some(failed)) => format!("{failed} of {requests} requests failed in that time."),
        (Some(requests), None) => {
            format!("{requests} requests were served in that time; how many failed is not known.")
        }
        (None, Some(failed)) => format!("{failed} requests failed in that time; how many there were is not known."),
        (None, None) => "How many requests there were and how many failed is not known.".to_owned(),
    });
    lines.extend(impact.worst.iter().map(|worst| format!("Worst reading: {worst}.")));
    lines.extend(impact.missing.iter().cloned());
    vec![Block::List(lines)]
}

fn detection(detection: &Detection) -> String {
    let Detection { by, delay, acknowledged_after } = detection;
    let acknowledged = match acknowledged_after {
        Some(after) => format!("Somebody acknowledged it {after} later."),
        None => "Nobody acknowledged it.".to_owned(),
    };
    format!("Found by {by}, {delay} after the begin of the first breaching period. {acknowledged}")
}

fn timeline(post_mortem: &PostMortem) -> Block {
    let rows = post_mortem.timeline.iter();
    let rows = rows.map(|entry| vec![entry.at.stamp(), entry.what.to_string()]).collect();
    Block::table_or(&["Time (UTC)", "What"], rows, "Nothing is recorded.")
}

fn root_cause(post_mortem: &PostMortem) -> Vec<Block> {
    let analysis = &post_mortem.analysis;
    let mut blocks = Vec::new();
    for (index, cause) in analysis.causes.iter().enumerate() {
        let rank = if index == 0 { "Most probable" } else { "Less probable" };
        blocks.push(Block::Heading(format!("{rank}: {}", cause.summary)));
        blocks.push(Block::List(cause.evidence.clone()));
    }
    if !analysis.reason.is_empty() {
        blocks.push(Block::Paragraph(analysis.reason.clone()));
    }
    let rows = analysis.changes.iter().map(|change| {
        vec![
            change.series.to_string(),
            change.unit.show(change.before),
            change.unit.show(change.during),
            format!("{:.1}", change.score),
            change.since.map_or_else(|| "-".to_owned(), Time::stamp),
        ]
    });
    let head = &["Series", "Before", "During", "Score", "Since (UTC)"];
    blocks.push(Block::table_or(head, rows.collect(), "No series left its normal range."));
    blocks
}

fn resolution(post_mortem: &PostMortem) -> Vec<Block> {
    let rows = post_mortem.actions.iter().map(|action| {
        let mode = mode(action.mode()).to_owned();
        vec![action.summary(), action.runbook.to_string(), mode, state(action), action.reason.clone()]
    });
    let head = &["Action", "Runbook", "Mode", "State", "Why"];
    vec![
        Block::list_or(&post_mortem.resolution, "Nothing is recorded."),
        Block::table_or(head, rows.collect(), "No action was planned."),
    ]
}

const fn mode(mode: Mode) -> &'static str {
    match mode {
        Mode::Off => "off",
        Mode::Shadow => "shadow",
        Mode::Suggest => "suggest",
        Mode::Approve => "approve",
        Mode::Auto => "auto",
    }
}

fn state(action: &Action) -> String {
    let plain = |text: &str| text.to_owned();
    match &action.state {
        ActionState::Shadowed => plain("in shadow"),
        ActionState::Suggested => plain("suggested"),
        ActionState::AwaitingApproval => plain("waiting for approval"),
        ActionState::Approved { by } => format!("approved by {by}"),
        ActionState::Refused { reason } => format!("refused: {reason}"),
        ActionState::Acting { .. } => plain("begun"),
        ActionState::Acted { at, .. } => format!("done at {} UTC", at.clock()),
        ActionState::Verified { at } => format!("helped, checked at {} UTC", at.clock()),
        ActionState::Ineffective { .. } => plain("did not help"),
        ActionState::Undoing { .. } => plain("being undone"),
        ActionState::Undone { at } => format!("undone at {} UTC", at.clock()),
        ActionState::Failed { reason, .. } => format!("failed: {reason}"),
    }
}

fn action_items(post_mortem: &PostMortem) -> Block {
    let rows = post_mortem.action_items.iter().map(|item| {
        let state = match item.state {
            ActionItemState::Open => "open",
            ActionItemState::Done => "done",
        };
        let due = item.due.stamp().chars().take("2026-01-31".len()).collect();
        vec![item.title.clone(), item.reason.clone(), item.owner.clone(), due, state.to_owned()]
    });
    Block::table_or(&["What", "Why", "Owner", "Due", "State"], rows.collect(), "None.")
}
