//! Whether anybody hears of an alarm.

use std::collections::BTreeSet;

use super::{Action, Alarm, Facts, Subscription, Topic, Watches, finding, named};
use crate::finding::{Finding, Level};
use crate::rule::Rule;

pub(super) fn of_alarm(facts: &Facts, alarm: &Alarm) -> Vec<Finding> {
    let mut found = Vec::new();
    if !alarm.enabled {
        found.push(
            finding(Rule::ActionsDisabled, Level::Warn, alarm, "its actions are switched off")
                .seen(format!("actions_enabled is false; {} actions", alarm.actions.len()))
                .remedy("switch them on, or leave the alarm out"),
        );
    }
    found.extend(without_actions(facts, alarm));
    found.extend(elsewhere(alarm));
    found
}

fn without_actions(facts: &Facts, alarm: &Alarm) -> Option<Finding> {
    let silent = alarm.actions.is_empty() && !alarm.more_actions && !alarm.used && !is_combined(facts, alarm);
    silent.then(|| {
        let (level, evidence) = if facts.listened {
            (Level::Note, "no alarm_actions; a rule of EventBridge that takes changes of alarms may tell of it")
        } else {
            (Level::Warn, "no alarm_actions, and nothing here combines it or refers to it")
        };
        finding(Rule::ReachesNobody, level, alarm, "it does nothing when it goes to ALARM")
            .seen(evidence)
            .remedy("add the ARN of a topic to alarm_actions, or combine it in a composite alarm")
    })
}

fn is_combined(facts: &Facts, alarm: &Alarm) -> bool {
    let is_named =
        |rule: &str| named(rule).iter().any(|name| *name == alarm.name || Some(name.as_str()) == alarm.arn.as_deref());
    facts.alarms.iter().any(|other| matches!(&other.watches, Watches::Alarms(rule) if is_named(rule)))
}

/// An alarm acts on topics of its own region only.
/// Source: `CloudWatch` user guide, "Notifying users on alarm changes".
fn elsewhere(alarm: &Alarm) -> Option<Finding> {
    let region = |arn: &str| arn.split(':').nth(3).filter(|region| !region.is_empty()).map(str::to_owned);
    let own = region(alarm.arn.as_deref()?)?;
    let other = alarm.actions.iter().find_map(|action| match action {
        Action::Other(arn) if arn.starts_with("arn:") && arn.split(':').nth(2) == Some("sns") => {
            region(arn).filter(|region| *region != own).map(|_| arn.clone())
        }
        _ => None,
    })?;
    Some(
        finding(
            Rule::ReachesNobody,
            Level::Error,
            alarm,
            "it acts on a topic of another region, which AWS does not do",
        )
        .seen(format!("the alarm is in {own}, the topic is {other}"))
        .remedy("name a topic of the alarm's own region"),
    )
}

/// What is wrong with the topics that alarms act on.
pub(super) fn of_topics(facts: &Facts) -> Vec<Finding> {
    let told: BTreeSet<usize> = facts
        .alarms
        .iter()
        .flat_map(|alarm| &alarm.actions)
        .filter_map(|action| if let Action::Topic(topic) = action { Some(*topic) } else { None })
        .collect();
    let told = told.into_iter().filter_map(|index| facts.topics.get(index).map(|topic| (index, topic)));
    told.flat_map(|(index, topic)| of_topic(facts, index, topic)).collect()
}

fn of_topic(facts: &Facts, index: usize, topic: &Topic) -> Vec<Finding> {
    let on = |alarm: &&super::Alarm| alarm.actions.contains(&Action::Topic(index));
    let alarms = facts.alarms.iter().filter(on).count();
    let acting = if alarms == 1 { "1 alarm acts on it".to_owned() } else { format!("{alarms} alarms act on it") };
    let finding = |rule, level, what: &str| Finding::new(rule, level, topic.at.clone(), what);
    if topic.gone {
        let gone = finding(Rule::ReachesNobody, Level::Error, "the topic is not there");
        return vec![gone.seen(acting).remedy("make the topic, or name another in alarm_actions")];
    }
    if topic.subscriptions.is_empty() {
        let (level, scope) = if facts.whole {
            (Level::Error, "SNS lists no subscription")
        } else {
            (Level::Warn, "there is no subscription of it here (one may have been made by hand)")
        };
        let silent = finding(Rule::NoSubscription, level, "nobody subscribes to it");
        return vec![silent.seen(format!("{acting}; {scope}")).remedy("add a subscription")];
    }
    topic.subscriptions.iter().filter_map(|subscription| unconfirmed(topic, subscription, &acting)).collect()
}

/// Mail is delivered only once somebody has followed the link in the first one.
fn unconfirmed(topic: &Topic, subscription: &Subscription, acting: &str) -> Option<Finding> {
    let all = &topic.subscriptions;
    let mail = subscription.protocol.starts_with("email");
    let (level, others) = match subscription.confirmed {
        Some(false) if all.iter().all(|other| other.confirmed == Some(false)) => (Level::Error, "none is confirmed"),
        Some(false) => (Level::Warn, "others are, or need not be"),
        None if mail && all.iter().all(|other| other.protocol.starts_with("email")) => {
            (Level::Note, "all are by mail, and not known to be confirmed")
        }
        _ => return None,
    };
    let what = format!("the subscription by {} is not confirmed", subscription.protocol);
    let count = all.len();
    Some(
        Finding::new(Rule::UnconfirmedSubscription, level, subscription.at.clone(), what)
            .seen(format!(
                "{} subscription{} of {}, {others}; {acting}",
                count,
                if count == 1 { "" } else { "s" },
                topic.at.as_str()
            ))
            .remedy("follow the link in the message that AWS sent, or subscribe again"),
    )
}
