use domain::alert::Status;
use domain::drill;
use domain::units::{Span, Time};

use crate::port::{Ledger, PortError};

/// How many firing alerts are looked at to find unhealthy services; with more, the whole estate is in trouble, and
/// the rest keeps its ordinary pace.
const FIRING_ALERTS_MAX: u32 = 100;

/// Whether a series of this pace is asked for at this tick.
pub(crate) fn is_due(pace: Span, tick: Time) -> bool {
    let pace = i64::from(pace.seconds().max(60));
    tick.epoch().rem_euclid(pace) < 60
}

/// Services that are not healthy: their series are asked for every minute until they are.
pub(super) async fn unhealthy_services(ledger: &impl Ledger) -> Result<Vec<String>, PortError> {
    let firing = ledger.alerts(Status::Firing, FIRING_ALERTS_MAX, None).await?;
    let wrong = firing.items.into_iter().filter(|alert| !drill::marks(&alert.labels));
    let mut names: Vec<_> = wrong.map(|alert| alert.service.to_string()).collect();
    names.sort();
    names.dedup();
    Ok(names)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pace_of_five_minutes_is_due_every_fifth_tick() {
        let due: Vec<_> = (0..12).filter(|m| is_due(Span::from_minutes(5), Time::from_epoch(m * 60))).collect();
        assert_eq!(due, [0, 5, 10]);
        assert!((0..12).all(|m| is_due(Span::MINUTE, Time::from_epoch(m * 60))));
    }
}
