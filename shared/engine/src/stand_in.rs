//! Changes of who is on call that people order.

use domain::id::{OverrideId, ScheduleName};
use domain::on_call::{Change, Override};
use domain::units::{Span, Time};

use crate::port::{Orders, PortError, Saved};

/// Overrides that are not over: each page reads them all.
pub const OVERRIDES_MAX: usize = 1000;
/// How long an override is kept after its end: calendars show the last eight weeks at most.
pub const KEPT_FOR: Span = Span::DAY.times(60);

/// Why an override was not made or taken back.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// Its end is not after its start.
    #[error("an override ends after it starts; {1} is not after {0}")]
    Order(Time, Time),
    /// It is over already.
    #[error("an override ends in the future; {0} is over")]
    Past(Time),
    /// It would last too long.
    #[error("an override lasts at most {max}; this one would last {0}; change the schedule instead", max = Override::LENGTH_MAX)]
    TooLong(Span),
    /// Who made it, or why, is too long.
    #[error("{0} has more than {max} bytes", max = Override::TEXT_BYTES_MAX)]
    Wordy(&'static str),
    /// There are too many.
    #[error("there are {OVERRIDES_MAX} overrides that are not over, the most there can be; take some back")]
    Full,
    /// There is none.
    #[error("there is no override {0}")]
    Unknown(OverrideId),
    /// The store did not answer.
    #[error(transparent)]
    Port(#[from] PortError),
}

/// Makes an override over `[starts_at, ends_at)`, from `now` on at the earliest; whether it is new: the same one made
/// twice is one.
///
/// # Errors
/// As [`Refused`] says.
pub async fn make(
    orders: &impl Orders,
    (schedule, change): (&ScheduleName, Change),
    [starts_at, ends_at]: [Time; 2],
    (by, comment): (&str, &str),
    now: Time,
) -> Result<(Override, bool), Refused> {
    let starts_at = starts_at.max(now);
    match ends_at.since(starts_at) {
        _ if ends_at <= now => return Err(Refused::Past(ends_at)),
        _ if ends_at <= starts_at => return Err(Refused::Order(starts_at, ends_at)),
        long if long > Override::LENGTH_MAX => return Err(Refused::TooLong(long)),
        _ => {}
    }
    for (what, text) in [("by", by), ("comment", comment)] {
        if text.len() > Override::TEXT_BYTES_MAX {
            return Err(Refused::Wordy(what));
        }
    }
    let id = Override::id_of(schedule, &change, starts_at, ends_at);
    let all = orders.overrides().await?;
    if let Some(known) = all.iter().find(|known| known.id == id) {
        return Ok((known.clone(), false));
    }
    if all.iter().filter(|known| known.ends_at > now).count() >= OVERRIDES_MAX {
        return Err(Refused::Full);
    }
    let (schedule, by, comment) = (schedule.clone(), by.to_owned(), comment.to_owned());
    let order = Override { id, version: 1, schedule, starts_at, ends_at, change, by, comment };
    let saved = orders.save_override(&order, ends_at + KEPT_FOR).await?;
    Ok((order, saved == Saved::Saved))
}

/// Takes an override back.
///
/// # Errors
/// As [`Refused`] says.
pub async fn take_back(orders: &impl Orders, id: &OverrideId) -> Result<(), Refused> {
    if orders.delete_override(id).await? { Ok(()) } else { Err(Refused::Unknown(id.clone())) }
}
