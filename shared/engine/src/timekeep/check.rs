use std::collections::BTreeMap;

use domain::id::SeriesId;
use domain::incident::Incident;
use domain::metric::Outcome;
use domain::monitor::{Monitor, Signal, growth};
use domain::response::Action;
use domain::service::shard_of;
use domain::setup::Setup;
use domain::units::{Span, Time};

use crate::port::{ChunkLog, PortError};

/// Worse means: beyond this factor of what it was before the act.
const WORSE_FACTOR: f64 = 1.2;
/// How far back "before the act" reaches.
const BEFORE: Span = Span::from_minutes(5);

/// What an action did to the monitor that called for it, with the numbers.
#[derive(Clone, PartialEq, Debug)]
pub(super) enum Effect {
    /// It is clearly worse than before.
    Worse(String),
    /// It is not clearly worse, and has not recovered.
    NotBetter(String),
}

/// Compares the monitor's signal after the act with the minutes before it.
pub(super) async fn effect(
    log: &impl ChunkLog,
    setup: &Setup,
    shards: u32,
    incident: &Incident,
    action: &Action,
    acted_at: Time,
    now: Time,
) -> Result<Effect, PortError> {
    let alert = incident.alerts.iter().find(|alert| alert.fingerprint == action.alert);
    let monitor = alert.and_then(|alert| setup.monitors.iter().find(|monitor| monitor.name.as_str() == alert.name));
    let Some(monitor) = monitor else {
        return Ok(Effect::NotBetter("its alert is still firing".to_owned()));
    };
    let from = acted_at - BEFORE - setup.look_back;
    let shard = shard_of(&incident.service, shards);
    let mut samples: BTreeMap<SeriesId, BTreeMap<Time, f64>> = BTreeMap::new();
    for chunk in log.chunks(shard, from, now).await? {
        for asked in chunk.asked {
            if let Outcome::Read(read) = asked.outcome {
                samples.entry(asked.series).or_default().extend(read.iter().map(|s| (s.at, s.value.get())));
            }
        }
    }
    // The healthy minutes before the trouble would make every act look as if it had made things worse.
    let troubled_since = (acted_at - BEFORE).max(incident.opened_at);
    let before = mean(monitor, &samples, troubled_since, acted_at.floor(Span::MINUTE));
    let after = mean(monitor, &samples, acted_at.floor(Span::MINUTE) + Span::MINUTE, now);
    Ok(judge(monitor, before, after))
}

fn judge(monitor: &Monitor, before: Option<f64>, after: Option<f64>) -> Effect {
    let (Some(before), Some(after)) = (before, after) else {
        return Effect::NotBetter(format!("there are no data of {} to compare", monitor.signal));
    };
    let numbers =
        format!("{} {} before, {} after", monitor.signal, monitor.unit.show(before), monitor.unit.show(after));
    let worse = match monitor.more_is_worse() {
        Some(true) => after > before * WORSE_FACTOR,
        Some(false) => after * WORSE_FACTOR < before,
        None => false,
    };
    if worse { Effect::Worse(numbers) } else { Effect::NotBetter(numbers) }
}

/// The signal's mean over `[from, until)`; a ratio is the ratio of the sums.
fn mean(monitor: &Monitor, samples: &BTreeMap<SeriesId, BTreeMap<Time, f64>>, from: Time, until: Time) -> Option<f64> {
    let within = |id: &SeriesId| -> Vec<f64> {
        samples.get(id).map_or_else(Vec::new, |known| {
            known.iter().filter(|(at, _)| **at >= from && **at < until).map(|(_, value)| *value).collect()
        })
    };
    let of = |values: Vec<f64>| (!values.is_empty()).then(|| values.iter().sum::<f64>() / values.len() as f64);
    let value = match &monitor.signal {
        Signal::Series(id) => of(within(id)),
        Signal::Increase(id) => of(within(id).windows(2).map(|pair| growth(pair[0], pair[1])).collect()),
        Signal::Monitors(_) => None,
        Signal::Ratio { numerator, denominator } => {
            let (part, whole): (f64, f64) = (within(numerator).iter().sum(), within(denominator).iter().sum());
            (whole != 0.0).then(|| part / whole)
        }
    };
    value.map(|value| value * monitor.factor)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn without_data_nothing_is_undone() {
        // Missing data never rolls anything back.
        let text = r#"{"name":"m","service":"s","signal":{"series":"s/x"},"factor":1.0,"unit":"count",
            "conditions":[{"severity":"SEV2","when":{"comparison":">","threshold":1.0},"recover":null}],
            "window":{"breaching":1,"of":1},"missing_data":"missing","settle":"60s","cooldown":"10m",
            "category":"technical","labels":{}}"#;
        let monitor: Monitor = serde_json::from_str(text).unwrap();
        assert!(matches!(judge(&monitor, None, Some(9.0)), Effect::NotBetter(_)));
        assert!(matches!(judge(&monitor, Some(5.0), Some(9.0)), Effect::Worse(_)));
        assert!(matches!(judge(&monitor, Some(5.0), Some(5.5)), Effect::NotBetter(_)));
    }
}
