use domain::alert::{Alert, Status};
use domain::escalation::State;
use domain::group::{Held, Outlook, Reason};
use domain::id::{ChannelName, Fingerprint, GroupId, PolicyName};
use domain::label::Labels;
use domain::routing::RoutePath;
use domain::units::{Span, Time};

use super::Sent;
use crate::escalate::Resolved;

/// What is to be explained.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Subject {
    /// A stored alert.
    Alert(Fingerprint),
    /// The stored alert of this name, or fingerprint.
    Named(String),
    /// An alert that there is not, of these labels.
    Labels(Labels),
}

/// The way of an alert to people, or to where it ends.
#[derive(Clone, PartialEq, Debug)]
pub struct Explanation {
    /// The alert.
    pub alert: Alert,
    /// What it is routed, inhibited and silenced by.
    pub labels: Labels,
    /// It is not stored.
    pub made_up: bool,
    /// As of when.
    pub at: Time,
    /// The present.
    pub now: Time,
    /// What was asked and answered, in the order of the pipeline.
    pub steps: Vec<Step>,
}

/// One question and its answer. Its `Display` is a sentence.
#[derive(Clone, PartialEq, Debug)]
pub struct Step {
    /// The group that it is about; `None`: the alert, or its incident.
    pub group: Option<GroupId>,
    /// The answer.
    pub said: Said,
}

/// An answer.
#[derive(Clone, PartialEq, Debug)]
pub enum Said {
    /// A route was looked at.
    Route {
        /// Its name.
        route: RoutePath,
        /// How far below the root.
        depth: usize,
        /// What came of it.
        outcome: Looked,
    },
    /// It names a service that is not configured.
    NoService {
        /// As it is named.
        name: String,
    },
    /// The alert is made up, and one of its labels is no word of ours.
    TakenAs {
        /// Which.
        label: String,
        /// What it says.
        value: String,
        /// How it is read.
        taken: String,
    },
    /// It does not come and go.
    Calm,
    /// Whether it came and went at a time that is over is not kept.
    RestlessNotKept,
    /// It comes and goes.
    Flaps {
        /// Since when.
        since: Time,
        /// Until when, if it does not fire anew.
        until: Time,
        /// How often it began to fire since it was last calm.
        firings: u32,
        /// It is over for now since then.
        quiet_since: Option<Time>,
    },
    /// It is in no group: it does not fire, or its end was told.
    NoGroup {
        /// Its status.
        status: Status,
    },
    /// It is in this group.
    Group {
        /// Of this route.
        route: RoutePath,
        /// What the group's alerts have in common.
        labels: Labels,
        /// Where the route leads.
        channels: Vec<ChannelName>,
        /// Who is called.
        escalation: Option<PolicyName>,
        /// How many alerts fire in it, a made-up one not counted.
        firing: usize,
    },
    /// The group's route is no longer part of the configuration.
    RouteGone {
        /// The route.
        route: RoutePath,
    },
    /// Whether it fired at a time that is over; `None`: that is not stored.
    Then {
        /// Whether it did.
        fired: Option<bool>,
    },
    /// When the group was last told, and why.
    GroupTold {
        /// When.
        at: Time,
        /// Why.
        reason: Reason,
    },
    /// This does not hold it back.
    Free {
        /// What was asked.
        check: Check,
    },
    /// Whether this held it back at a time that is over is not kept.
    NotKept {
        /// What was asked.
        check: Check,
        /// Silences that ended before are not kept.
        silences_from: Time,
    },
    /// No alert that was asked inhibits it, and more fire than are asked.
    NotAllAsked,
    /// This holds it back.
    Held {
        /// What was asked.
        check: Check,
        /// By what, until when.
        held: Held,
    },
    /// The group waits.
    Waits {
        /// When it is flushed.
        until: Time,
        /// Which clock it is.
        clock: Clock,
    },
    /// What the group's next flush does about it.
    Outlook(Outlook),
    /// It is told.
    Tells {
        /// When.
        at: Time,
        /// Why.
        reason: Reason,
        /// Where to.
        channels: Vec<ChannelName>,
    },
    /// No channel hears of it: its route leads to none.
    NoChannel {
        /// Who is called instead.
        escalation: Option<PolicyName>,
    },
    /// It is not told, as things stand.
    Untold {
        /// As far as was looked; `None`: nothing is due any more.
        looked_until: Option<Time>,
    },
    /// What became of a notification of its incident.
    Receipt(Sent),
    /// No route that it takes has anybody called.
    NobodyCalled,
    /// Its incident looks for somebody, or would.
    Escalation {
        /// By this policy.
        policy: PolicyName,
        /// Where it stands; `None`: it has not begun.
        stands: Option<State>,
    },
    /// Whom a step would page at the time in question.
    OnCall {
        /// The step, from 0.
        step: usize,
        /// How long after the one before.
        after: Span,
        /// Whom.
        who: Resolved,
    },
    /// Another policy goes on in place of the one that looked for somebody.
    TakesOver {
        /// When.
        at: Time,
        /// Which.
        policy: PolicyName,
    },
    /// A group would have another policy call, while somebody is looked for already.
    CallsNobody {
        /// When.
        at: Time,
        /// Whose calls there are not.
        policy: PolicyName,
        /// Whose there are.
        instead: PolicyName,
    },
    /// What the escalation does.
    Calls {
        /// When.
        at: Time,
        /// What, as the timeline will say it.
        what: String,
    },
    /// No alert of the incident fires for now, so that nobody is called before one does again.
    CallsRest,
    /// What the escalation does between those before and behind, which is not listed.
    MoreCalls {
        /// How many times.
        calls: usize,
    },
    /// What the escalation did last it does again and again.
    AndSoOn,
}

/// What came of looking at a route.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Looked {
    /// Its first matcher that is not satisfied.
    Failed {
        /// The matcher.
        matcher: String,
        /// What the alert has instead; empty: nothing.
        value: String,
    },
    /// It matches, and a route below it takes the alert.
    Below,
    /// It takes the alert.
    Taken,
    /// It would take the alert, which is in as many groups as it may be.
    Beyond,
}

/// What may hold an alert back, in the order in which it is asked.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Check {
    /// Another alert that fires explains it.
    Inhibited,
    /// The route is muted, or not active.
    Interval,
    /// A person silenced it.
    Silenced,
    /// Planned maintenance.
    Planned,
    /// A person wants to hear of its end only.
    MutedUntilResolved,
}

/// Why a group waits.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Clock {
    /// For further alerts.
    Wait {
        /// So long.
        wait: Span,
        /// After its first alert.
        since: Time,
    },
    /// Between flushes.
    Interval {
        /// At least so long.
        interval: Span,
        /// After this one.
        flushed: Time,
    },
    /// For what is unchanged to be told again.
    Repeat {
        /// So long after it was told.
        repeat: Span,
    },
}

impl Said {
    /// The kind of answer, in one word of the API.
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Route { .. } => "route",
            Self::NotAllAsked => Check::Inhibited.as_str(),
            Self::TakenAs { .. } => "label",
            Self::NoService { .. } => "service",
            Self::NoGroup { .. } | Self::Group { .. } | Self::RouteGone { .. } => "group",
            Self::Then { .. } => "then",
            Self::GroupTold { .. } => "told",
            Self::Free { check } | Self::Held { check, .. } | Self::NotKept { check, .. } => check.as_str(),
            Self::Calm | Self::Flaps { .. } | Self::RestlessNotKept => "flapping",
            Self::Waits { .. } => "waits",
            Self::Outlook(_) => "outlook",
            Self::Tells { .. } | Self::NoChannel { .. } | Self::Untold { .. } => "tells",
            Self::Receipt(_) => "receipt",
            Self::NobodyCalled | Self::Escalation { .. } => "escalation",
            Self::OnCall { .. } => "on-call",
            Self::Calls { .. }
            | Self::TakesOver { .. }
            | Self::CallsNobody { .. }
            | Self::MoreCalls { .. }
            | Self::CallsRest
            | Self::AndSoOn => "calls",
        }
    }

    /// Whether it keeps the alert from people: a route that does not match or leads nowhere, something that holds it back,
    /// or a step that calls nobody.
    pub const fn stops(&self) -> bool {
        match self {
            Self::Held { .. } | Self::RouteGone { .. } | Self::NoService { .. } => true,
            Self::Tells { channels, .. } => channels.is_empty(),
            Self::NoChannel { escalation } => escalation.is_none(),
            Self::OnCall { who, .. } => who.addressees.is_empty(),
            Self::Route { outcome, .. } => matches!(outcome, Looked::Failed { .. } | Looked::Beyond),
            _ => false,
        }
    }

    /// The instant that it speaks of, if it does of one: when something is done, or ends.
    pub fn time(&self) -> Option<Time> {
        match self {
            Self::Held { held, .. } => held.until,
            Self::Waits { until, .. } | Self::Flaps { until, .. } => Some(*until),
            Self::GroupTold { at, .. }
            | Self::Tells { at, .. }
            | Self::Calls { at, .. }
            | Self::TakesOver { at, .. }
            | Self::CallsNobody { at, .. } => Some(*at),
            Self::Receipt(sent) => Some(sent.created_at),
            Self::Untold { looked_until } => *looked_until,
            _ => None,
        }
    }
}

impl Check {
    /// The word in the API.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Inhibited => "inhibited",
            Self::Interval => "interval",
            Self::Silenced => "silenced",
            Self::Planned => "planned",
            Self::MutedUntilResolved => "muted-until-resolved",
        }
    }
}

impl Explanation {
    /// What matters most, in a sentence: for each group whether and when it tells of the alert, or what holds it back.
    pub fn answer(&self) -> String {
        let mut answers: Vec<String> = Vec::new();
        let mut steps = self.steps.iter().peekable();
        let (mut held, mut is_kept): (Vec<String>, bool) = (Vec::new(), true);
        while let Some(step) = steps.next() {
            match &step.said {
                Said::Group { .. } => (held, is_kept) = (Vec::new(), true),
                Said::NotKept { .. } | Said::NotAllAsked => is_kept = false,
                Said::Held { .. } => held.push(step.said.to_string()),
                _ => {}
            }
            let ends = step.group.is_some() && steps.peek().is_none_or(|next| next.group != step.group);
            let of_group = |said: &Said| match said {
                Said::Untold { .. } => None,
                other => Some(other.to_string()),
            };
            let answer = match &step.said {
                Said::NoGroup { .. } => Some(step.said.to_string()),
                Said::Tells { .. } if ends && !held.is_empty() => Some(format!("{} {}", held.join(" "), step.said)),
                _ if ends && !held.is_empty() => Some(held.join(" ")),
                Said::Free { .. } if ends && is_kept => Some("Nothing held it back then.".to_owned()),
                Said::Free { .. } | Said::NotKept { .. } if ends => {
                    Some("Nothing that is kept held it back then.".to_owned())
                }
                Said::Untold { .. } if ends => self.outlook(step),
                said if ends => of_group(said),
                _ => None,
            };
            answers.extend(answer.filter(|answer| !answers.contains(answer)));
        }
        answers.join(" ")
    }

    /// What the step's group said of its next flush.
    fn outlook(&self, of: &Step) -> Option<String> {
        let own = |step: &&Step| step.group == of.group && matches!(step.said, Said::Outlook(_));
        let outlook = self.steps.iter().rfind(own);
        outlook.map(|step| step.said.to_string())
    }
}
