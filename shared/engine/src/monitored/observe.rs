use domain::alert::AlertChange;
use domain::monitored::{Event, Finding, History, Logged, Standing, Volume};
use domain::setup::Setup;
use domain::units::{Span, Time};

use super::alert;
use crate::perform::{CONFLICT_TRIES, UseCaseError};
use crate::port::{EventLog, Ledger, Outlet, PortError, Recorded};
use crate::raise::raise;

/// A source that is silent for so long begins anew.
pub(super) const HISTORY_KEPT: Span = Span::DAY.times(70);
/// Events live so much longer in the table than in the log, so that they are archived before they expire.
const ARCHIVE_GRACE: Span = Span::DAY.times(7);

/// Judges an event, keeps it, learns from it, and raises or resolves its source's alert; the event as it is kept.
///
/// The same event again gets the same verdict and teaches nothing. What others keep learning at the same moment is
/// tried [`CONFLICT_TRIES`] times and then not learned: it is statistics, the event itself is kept.
///
/// # Errors
/// When a port does not answer. Then the event may be kept already; to send it again is safe.
pub async fn observe(
    store: &(impl EventLog + Ledger),
    outlet: &impl Outlet,
    setup: &Setup,
    mut event: Event,
    now: Time,
) -> Result<Logged, UseCaseError> {
    let rules = &setup.events;
    rules.masked.mask(&mut event.data);
    rules.masked.mask(&mut event.metadata);
    let mut lesson = Lesson::load(store, &event).await?;
    let (verdict, mut learned) = rules.judge_and_learn(&event, lesson.standing());
    let logged = Logged { event, verdict, judged_at: now };
    if let Recorded::AlreadyThere(stored) = store.record(&logged, expires_at(setup, &logged.event)).await? {
        tell(store, outlet, setup, alert::change(setup, &stored, 0), now).await?;
        return Ok(*stored);
    }
    for _ in 0..CONFLICT_TRIES {
        if store.remember(&learned, lesson.volume.as_ref(), now + HISTORY_KEPT).await? {
            break;
        }
        lesson = Lesson::load(store, &logged.event).await?;
        learned = rules.judge_and_learn(&logged.event, lesson.standing()).1;
    }
    tell(store, outlet, setup, alert::change(setup, &logged, learned.normal_in_a_row), now).await?;
    Ok(logged)
}

async fn tell(
    ledger: &impl Ledger,
    outlet: &impl Outlet,
    setup: &Setup,
    change: Option<AlertChange>,
    now: Time,
) -> Result<(), UseCaseError> {
    match change {
        Some(change) => raise(ledger, outlet, setup, &change, now).await.map(|_| ()),
        None => Ok(()),
    }
}

/// Before this no event lies in the log, whatever was configured when it was kept.
pub fn oldest(setup: &Setup, now: Time) -> Time {
    now - (setup.keep_events + ARCHIVE_GRACE + Span::DAY)
}

/// When the row of an event may be deleted, archived or not.
pub(super) fn expires_at(setup: &Setup, event: &Event) -> Time {
    event.at + setup.keep_events + ARCHIVE_GRACE
}

/// What an event is held against.
struct Lesson {
    history: History,
    /// The volume with the last hour in it, if that is over.
    volume: Option<Volume>,
    hours: Vec<Finding>,
}

impl Lesson {
    async fn load(log: &impl EventLog, event: &Event) -> Result<Self, PortError> {
        let history = log.history(&event.source, &event.event_type).await?;
        let history = history.unwrap_or_else(|| History::new(event.source.clone(), event.event_type.clone()));
        if !Volume::is_due(&history, event.at) {
            return Ok(Self { history, volume: None, hours: Vec::new() });
        }
        let mut volume = log.volume(&event.source, &event.event_type).await?.unwrap_or_default();
        let hours = volume.close(&history, event.at);
        Ok(Self { history, volume: Some(volume), hours })
    }

    fn standing(&self) -> Standing<'_> {
        Standing { history: &self.history, hours: &self.hours }
    }
}
