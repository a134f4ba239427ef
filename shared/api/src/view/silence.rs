use domain::label::Matcher;
use domain::silence;
use domain::units::Time;
use serde::Serialize;
use utoipa::ToSchema;

/// What a person does not want to be told of for a while.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, ToSchema)]
pub(crate) struct Silence {
    /// Its id.
    id: String,
    /// Counts its changes.
    version: u64,
    /// `active`, `pending` (to come) or `expired`.
    state: &'static str,
    /// What it covers; an alert must satisfy all.
    matchers: Vec<String>,
    /// Its first instant.
    #[schema(format = DateTime)]
    starts_at: String,
    /// The first instant after it.
    #[schema(format = DateTime)]
    ends_at: String,
    /// Who silenced.
    by: String,
    /// Why.
    comment: String,
    /// When it was made.
    #[schema(format = DateTime)]
    created_at: String,
}

impl Silence {
    pub(crate) fn of(silence: silence::Silence, now: Time) -> Self {
        Self {
            id: silence.id.to_string(),
            version: silence.version,
            state: silence.state(now).as_str(),
            matchers: silence.matchers.iter().map(Matcher::to_string).collect(),
            starts_at: silence.starts_at.to_string(),
            ends_at: silence.ends_at.to_string(),
            by: silence.by,
            comment: silence.comment,
            created_at: silence.created_at.to_string(),
        }
    }
}
