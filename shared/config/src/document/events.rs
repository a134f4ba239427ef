use domain::id::ServiceName;
use domain::monitored::{Condition, Decision, EventText};

use super::List;
use crate::read::{Number, OneOrMore, record};

record! {
    /// How monitored events are judged, beside the rules that always hold.
    Events {
        /// What fields may be at most. They join the usual ones, or take their place.
        limits: optional List<EventLimit>,
        /// Rules of your own.
        rules: optional List<EventRule>,
        /// Whose incidents a source's events open; a source that has the name of a service needs no entry.
        sources: optional List<EventSource>,
        /// Names of fields whose values are masked before anything is kept, beside passwords, tokens and the like.
        mask: optional OneOrMore<String>,
    }
}

record! {
    /// The most a field may be.
    EventLimit {
        /// Its name, or the way to it, such as queue.depth.
        field: required String,
        /// The limit: above it is a warning, from twice it on critical.
        max: required Number,
    }
}

record! {
    /// A rule of your own.
    EventRule {
        /// Its name, unique among rules of events.
        name: required String,
        /// When it applies: a condition in the Common Expression Language over source, event_type, data and metadata.
        when: required Condition,
        /// Only events of these sources. Default all.
        source: optional OneOrMore<EventText>,
        /// Only events of these types. Default all.
        event_type: optional OneOrMore<EventText>,
        /// How bad it is, above 0, at most 1: from 0.7 on a warning, from 0.9 on critical.
        severity: required Number,
        /// What the sender does: continue, retry, reprocess, escalate or halt. Default continue.
        decision: optional Decision,
        /// Why, in a sentence.
        reason: required String,
        /// What would help.
        suggestion: optional String,
    }
}

record! {
    /// Whose a source is.
    EventSource {
        /// The source, as events name it.
        source: required EventText,
        /// The service.
        service: required ServiceName,
    }
}
