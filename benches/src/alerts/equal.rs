//! What Alertmanager decided against what ours did, alert by alert.

use std::collections::BTreeMap;

use domain::group::{Cause, Member};
use domain::id::{Fingerprint, SilenceId};
use domain::label::{Labels, value_of};
use domain::routing::{RoutePath, Routing};
use domain::units::Time;
use engine::flush::Holds;
use serde_json::Value;

use super::alertmanager::Alertmanager;
use super::pipeline::Pipeline;
use super::rules::SERVICES;

/// Services of one question: each takes Alertmanager half a second, and each answer has to fit into memory.
const ASKED_AT_ONCE: usize = 20;

/// A receiver, and what its group has in common.
type Group = (String, Labels);
/// Name and instance, which tell each alert from all others.
type Key = (String, String);

/// How Alertmanager's alerts stand, by group.
pub(super) struct Theirs {
    groups: BTreeMap<Group, BTreeMap<Key, Standing>>,
    /// The labels of each alert that may inhibit, by its fingerprint there.
    sources: BTreeMap<String, Labels>,
    /// What a silence of theirs is called here.
    silences: BTreeMap<String, SilenceId>,
}

/// What is said of an alert.
struct Standing {
    labels: Labels,
    silenced_by: Vec<String>,
    inhibited_by: Vec<String>,
}

impl Theirs {
    /// Asks for the groups of all services, and how their alerts stand.
    pub(super) async fn ask(alertmanager: &mut Alertmanager, silences: BTreeMap<String, SilenceId>) -> Self {
        let mut theirs = Self { groups: BTreeMap::new(), sources: BTreeMap::new(), silences };
        let services: Vec<String> = (0..SERVICES).map(|service| service.to_string()).collect();
        for some in services.chunks(ASKED_AT_ONCE) {
            let path = format!("/api/v2/alerts/groups?filter=service%3D~%22service-({})%22", some.join("%7C"));
            let found: Value = serde_json::from_slice(&alertmanager.get(&path).await).expect("it answers with JSON");
            for group in list(&found) {
                let receiver = group["receiver"]["name"].as_str().expect("it has a name").to_owned();
                let alerts = list(&group["alerts"]).iter().map(|alert| theirs.standing(alert)).collect();
                theirs.groups.insert((receiver, labels(&group["labels"])), alerts);
            }
        }
        theirs
    }

    fn standing(&mut self, alert: &Value) -> (Key, Standing) {
        let labels = labels(&alert["labels"]);
        if value_of(&labels, "alertname").starts_with("Down") {
            let fingerprint = alert["fingerprint"].as_str().expect("it has a fingerprint");
            self.sources.insert(fingerprint.to_owned(), labels.clone());
        }
        let names = |field: &str| {
            let names = list(&alert["status"][field]).iter();
            names.map(|name| name.as_str().expect("it is text").to_owned()).collect()
        };
        let (silenced_by, inhibited_by) = (names("silencedBy"), names("inhibitedBy"));
        (key(&labels), Standing { labels, silenced_by, inhibited_by })
    }

    /// Each alert is in the same groups of the same routes, and held back for the same cause.
    ///
    /// # Panics
    /// At the first difference.
    pub(super) fn compare(&self, routing: &Routing, pipeline: &Pipeline<'_>, holds: &Holds<'_>, now: Time) {
        let receivers: BTreeMap<RoutePath, String> =
            routing.walk().into_iter().enumerate().map(|(nth, route)| (route.path, format!("r{nth}"))).collect();
        let mut seen = 0;
        for group in pipeline.groups() {
            let name = (receivers[&group.route].clone(), group.labels.clone());
            let theirs = self.groups.get(&name).unwrap_or_else(|| panic!("Alertmanager has no group {name:?}"));
            let keys = |member: &Member| key(&member.labels);
            let ours: Vec<Key> = group.members().values().map(keys).collect();
            let other = theirs.keys().find(|key| !ours.contains(key));
            assert_eq!((ours.len(), other), (theirs.len(), None), "the alerts of group {name:?}");
            for (fingerprint, member) in group.members() {
                let theirs = theirs.get(&key(&member.labels));
                let theirs =
                    theirs.unwrap_or_else(|| panic!("{:?} is not in Alertmanager's group {name:?}", member.labels));
                self.same(routing, theirs, (fingerprint, member), holds, now);
            }
            seen += 1;
        }
        assert_eq!(seen, self.groups.len(), "Alertmanager has other groups");
    }

    fn same(
        &self,
        routing: &Routing,
        theirs: &Standing,
        (fingerprint, member): (&Fingerprint, &Member),
        holds: &Holds<'_>,
        now: Time,
    ) {
        let Standing { labels, silenced_by, inhibited_by } = theirs;
        let inhibited = holds.inhibited(fingerprint, &member.labels);
        assert_eq!(
            inhibited.is_some(),
            !inhibited_by.is_empty(),
            "{labels:?}: {inhibited:?}, there by {inhibited_by:?}"
        );
        let rules = &routing.inhibitions;
        let may = |source: &String| rules.iter().any(|rule| rule.inhibits(&self.sources[source], &member.labels));
        assert!(inhibited_by.iter().all(may), "{labels:?} is inhibited by {inhibited_by:?}, which no rule says here");
        let silenced = holds.silenced(&member.labels, now);
        let ours = silenced.map(|held| match held.cause {
            Cause::Silenced { id, .. } => id,
            other => panic!("{other} is no silence"),
        });
        let mut theirs = silenced_by.iter().map(|id| &self.silences[id]);
        let is_same = ours.as_ref().map_or(silenced_by.is_empty(), |ours| theirs.any(|id| id == ours));
        assert!(is_same, "{labels:?}: silenced by {ours:?}, there by {silenced_by:?}");
    }
}

fn key(labels: &Labels) -> Key {
    (value_of(labels, "alertname").to_owned(), value_of(labels, "instance").to_owned())
}

fn list(value: &Value) -> &[Value] {
    value.as_array().expect("it is a list")
}

fn labels(value: &Value) -> Labels {
    let labels = value.as_object().expect("it has labels").iter();
    labels.map(|(name, value)| (name.clone(), value.as_str().expect("it is text").to_owned())).collect()
}
