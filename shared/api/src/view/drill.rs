use domain::drill::{self, Standing};
use serde::Serialize;
use utoipa::ToSchema;

/// A walk of the way from a breach to a person.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, ToSchema)]
pub(crate) struct Drill {
    /// Its id.
    id: String,
    /// Whose alerts, routes and people are tried.
    service: String,
    /// How bad the breach says it is.
    #[schema(example = "SEV2")]
    severity: String,
    /// `running`, `passed` or `broken`.
    state: &'static str,
    /// Why it is broken, in a sentence.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    reason: Option<String>,
    /// Who asked for it.
    by: String,
    /// When.
    #[schema(format = DateTime)]
    asked_at: String,
    /// When it had passed or broken.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, format = DateTime)]
    over_at: Option<String>,
    /// The hops that are done, in order.
    hops: Vec<Hop>,
    /// The marked incident.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    incident: Option<String>,
}

/// A hop of the way.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, ToSchema)]
pub(crate) struct Hop {
    /// `collected`, `evaluated`, `published`, `delivered`, `called`, `acknowledged` or `ended`.
    name: String,
    /// When it was done.
    #[schema(format = DateTime)]
    at: String,
    /// Seconds since the drill was asked for.
    after_s: u32,
}

impl Drill {
    pub(crate) fn of(drill: drill::Drill) -> Self {
        let (state, over_at, reason) = match drill.standing {
            Standing::Running => ("running", None, None),
            Standing::Passed { at } => ("passed", Some(at), None),
            Standing::Broken { at, reason, .. } => ("broken", Some(at), Some(reason)),
        };
        let hop = |(hop, at): (drill::Hop, domain::units::Time)| Hop {
            name: hop.to_string(),
            at: at.to_string(),
            after_s: at.since(drill.asked_at).seconds(),
        };
        Self {
            id: drill.id.to_string(),
            service: drill.plan.service.to_string(),
            severity: drill.plan.severity.to_string(),
            state,
            reason,
            by: drill.by,
            asked_at: drill.asked_at.to_string(),
            over_at: over_at.map(|at| at.to_string()),
            hops: drill.hops.into_iter().map(hop).collect(),
            incident: drill.incident.map(|id| id.to_string()),
        }
    }
}
