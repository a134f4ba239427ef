use domain::units::{Span, Time};
use serde::Deserialize;

use crate::{Failure, Invocation};

/// The layout of a schedule's input.
const VERSION: u32 = 1;
/// A schedule's clock may run ahead of ours by this much.
const AHEAD_MAX: Span = Span::from_minutes(5);

/// What a schedule asks for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Schedule {
    /// Which shard.
    pub shard: u32,
    /// The minute that it means.
    pub at: Time,
    /// It is time for the drills; only the timekeeper knows them.
    pub drills: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Input {
    version: Option<u32>,
    shard: Option<u32>,
    scheduled_time: Option<String>,
    #[serde(default)]
    drills: bool,
}

impl Schedule {
    /// Reads `{"version": 1, "shard": 0, "scheduled_time": "..."}`; what is not said means shard 0, now.
    ///
    /// # Errors
    /// [`Failure::Park`] for anything else.
    pub fn parse(invocation: &Invocation, shards: u32, now: Time) -> Result<Self, Failure> {
        let input: Input = invocation.parse()?;
        if let Some(version) = input.version.filter(|version| *version != VERSION) {
            return Err(Failure::Park(format!("version {version} is unknown; this function reads version {VERSION}")));
        }
        let shard = input.shard.unwrap_or(0);
        if shard >= shards {
            return Err(Failure::Park(format!("shard {shard} does not exist; there are {shards}, from 0")));
        }
        Ok(Self { shard, at: at(input.scheduled_time.as_deref(), now)?, drills: input.drills })
    }
}

/// A scheduler that does not fill in its placeholder means now.
fn at(text: Option<&str>, now: Time) -> Result<Time, Failure> {
    let Some(text) = text.filter(|text| !text.starts_with('<')) else {
        return Ok(now);
    };
    let at: Time = text.parse().map_err(|error| Failure::Park(format!("scheduled_time: {error}")))?;
    if at > now + AHEAD_MAX {
        return Err(Failure::Park(format!("scheduled_time: {at} lies in the future; it is {now}")));
    }
    Ok(at)
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Time = Time::from_epoch(1_700_000_000);

    fn check(payload: &str, expected: Result<(u32, i64), &str>) {
        let invocation = Invocation::new(payload.to_owned(), String::new(), 0);
        match (Schedule::parse(&invocation, 2, NOW), expected) {
            (Ok(found), Ok((shard, at))) => assert_eq!((found.shard, found.at.epoch()), (shard, at), "{payload}"),
            (Err(Failure::Park(reason)), Err(words)) => assert!(reason.contains(words), "{payload}: {reason}"),
            (found, _) => panic!("{payload}: {found:?}"),
        }
    }

    #[test]
    fn reads_what_schedules_send_and_parks_the_rest() {
        check("{}", Ok((0, 1_700_000_000)));
        check(r#"{"version":1,"shard":1,"scheduled_time":"2023-11-14T22:00:00Z"}"#, Ok((1, 1_699_999_200)));
        check(r#"{"version":1,"scheduled_time":"<aws.scheduler.scheduled-time>"}"#, Ok((0, 1_700_000_000)));
        check(r#"{"version":1,"drills":true,"scheduled_time":"2023-11-14T22:00:00Z"}"#, Ok((0, 1_699_999_200)));
        check(r#"{"drills":"all"}"#, Err("has the wrong shape"));
        check("", Err("is not JSON"));
        check("not json", Err("is not JSON"));
        check("\"text\"", Err("has the wrong shape"));
        check("[]", Err("has the wrong shape"));
        check("null", Err("has the wrong shape"));
        check(r#"{"version":2}"#, Err("version 2 is unknown"));
        check(r#"{"shard":2}"#, Err("shard 2 does not exist"));
        check(r#"{"shard":-1}"#, Err("has the wrong shape"));
        check(r#"{"shard":NaN}"#, Err("is not JSON"));
        check(r#"{"shard":1e999}"#, Err("is not JSON"));
        check(r#"{"shards":0}"#, Err("unknown field `shards`"));
        check(r#"{"scheduled_time":"yesterday"}"#, Err("is not an instant"));
        check(r#"{"scheduled_time":"2123-01-01T00:00:00Z"}"#, Err("lies in the future"));
        check(&format!("{}{}", "[".repeat(100_000), "]".repeat(100_000)), Err("the payload"));
        check(&format!("\"{}\"", "x".repeat(10_000_000)), Err("has the wrong shape"));
    }
}
