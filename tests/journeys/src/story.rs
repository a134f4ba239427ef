use std::collections::BTreeMap;
use std::fmt::Write;

use domain::alert::Status;
use domain::id::IncidentId;
use domain::notification::{Notification, ReceiptState};

use crate::Scene;
use crate::shop::alias;

/// What a person would have seen of a scene, minute by minute.
pub struct Story {
    text: String,
    /// Incidents by the number the story gives them, with how many timeline entries are told.
    told: BTreeMap<IncidentId, (usize, usize)>,
    messages: usize,
    acts: usize,
}

impl Story {
    /// A story that begins now; what is known already is not told.
    pub fn of(title: &str, scene: &Scene) -> Self {
        let mut story = Self { text: String::new(), told: BTreeMap::new(), messages: 0, acts: 0 };
        story.catch_up(scene);
        story.text = format!("{title}\n\n");
        story
    }

    /// A line about what somebody outside of Tocsin does.
    pub fn says(&mut self, scene: &Scene, words: &str) {
        self.line(scene, "outside", words);
    }

    /// Lets minutes pass and tells what happened.
    pub fn run(&mut self, scene: &mut Scene, minutes: u32) {
        for _ in 0..minutes {
            scene.run(1);
            self.catch_up(scene);
        }
    }

    /// Tells what happened since it was last told.
    pub fn catch_up(&mut self, scene: &Scene) {
        self.tell_alias(scene);
        for incident in scene.incidents() {
            let next = self.told.len() + 1;
            let (number, known) = *self.told.entry(incident.id.clone()).or_insert((next, 0));
            for entry in &incident.timeline[known.min(incident.timeline.len())..] {
                let late =
                    if entry.at == scene.tocsin.now { String::new() } else { format!(" [{}]", entry.at.clock()) };
                self.line(scene, &format!("incident {number}"), &format!("{}{late}", entry.what));
            }
            self.told.insert(incident.id, (number, incident.timeline.len()));
        }
        self.tell_messages(scene);
    }

    fn tell_alias(&mut self, scene: &Scene) {
        let acts = scene.tocsin.world.lock().aliases[&alias().to_string()].acts.clone();
        for version in &acts[self.acts.min(acts.len())..] {
            self.line(scene, "alias", &format!("tocsin points it at version {version}"));
        }
        self.acts = acts.len();
    }

    fn tell_messages(&mut self, scene: &Scene) {
        let inbox: Vec<(String, Notification)> = scene.tocsin.world.lock().inbox.clone();
        let mut news = inbox[self.messages.min(inbox.len())..].iter().peekable();
        while let Some((channel, Notification { event, incident, .. })) = news.next() {
            let mut channels = channel.clone();
            while let Some((also, _)) = news.next_if(|(_, next)| next.event.id == event.id) {
                write!(channels, ", {also}").expect("writing to a String does not fail");
            }
            let number = self.told.get(&incident.id).map_or(0, |(number, _)| *number);
            let words =
                format!("{channels} <- {} (incident {number}, {}): {}", event.kind, event.severity, event.summary);
            self.line(scene, "told", &words);
        }
        self.messages = inbox.len();
    }

    fn line(&mut self, scene: &Scene, who: &str, words: &str) {
        let clock = scene.tocsin.now.clock();
        writeln!(self.text, "{}  {who:<10}  {words}", &clock[..5]).expect("writing to a String does not fail");
    }

    /// The story with how it ended.
    pub fn end(mut self, scene: &Scene) -> String {
        self.text.push_str("\nIn the end\n");
        let mut lines: Vec<String> = Vec::new();
        for incident in scene.incidents() {
            let number = self.told.get(&incident.id).map_or(0, |(number, _)| *number);
            let wake = incident.next_wake.map_or("nothing is due".to_owned(), |at| format!("due at {at}"));
            lines.push(format!(
                "incident {number}: {} {} {}, opened at {}, {wake}",
                incident.title,
                incident.severity,
                incident.state,
                incident.opened_at.clock()
            ));
        }
        lines.extend(stored(scene));
        for line in lines {
            writeln!(self.text, "  {line}").expect("writing to a String does not fail");
        }
        self.text
    }
}

fn stored(scene: &Scene) -> Vec<String> {
    let world = scene.tocsin.world.lock();
    let mut lines = vec![format!("alias: version {}", world.aliases[&alias().to_string()].version)];
    for alert in world.alerts.values().filter(|alert| alert.status == Status::Firing) {
        lines.push(format!("firing: {} {}", alert.name, alert.severity));
    }
    let mut receipts: BTreeMap<(String, &str), usize> = BTreeMap::new();
    for receipt in world.receipts.values() {
        let state = match receipt.state {
            ReceiptState::Sending => "being sent",
            ReceiptState::Delivered { .. } => "delivered",
            ReceiptState::Refused { .. } => "refused",
            ReceiptState::Retrying { .. } => "to be tried again",
            ReceiptState::Overtaken { .. } => "overtaken",
            ReceiptState::Failed { .. } => "failed",
        };
        *receipts.entry((receipt.channel.to_string(), state)).or_default() += 1;
    }
    for ((channel, state), count) in receipts {
        lines.push(format!("{channel}: {count} {state}"));
    }
    lines.push(format!("post-mortems: {}", world.post_mortems.len()));
    lines.push(format!("events not published: {}", world.outbox.len()));
    lines.push(format!("parked invocations: {}", scene.tocsin.parked.len()));
    lines
}
