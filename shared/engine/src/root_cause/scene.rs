use domain::id::{SeriesId, ServiceName};
use domain::rca::SeriesChange;
use domain::units::{Span, Time};

use super::track::{OUT_OF_RANGE, Shift, Track, Window};
use super::{CHANGES_MAX, Case, REFERENCE, UNCHANGED_BELOW, series_of, services_of};

/// Everything the candidates are held against, computed once.
pub(super) struct Scene<'a> {
    pub(super) case: &'a Case<'a>,
    pub(super) window: Window,
    /// The signal that the alert is about, where a monitor raised it and there are samples enough.
    signal: Option<Measured>,
    /// Every series of the service and of what it depends on that has samples enough, in order of their ids.
    series: Vec<(SeriesId, Measured)>,
}

/// A signal and how it changed.
#[derive(Clone)]
pub(super) struct Measured {
    pub(super) track: Track,
    pub(super) shift: Shift,
}

impl Measured {
    fn of(track: Track, window: Window) -> Option<Self> {
        let shift = track.shift(window)?;
        Some(Self { track, shift })
    }

    pub(super) fn changed(&self) -> bool {
        self.shift.score >= OUT_OF_RANGE
    }

    pub(super) fn words(&self) -> String {
        self.shift.words(&self.track)
    }
}

impl<'a> Scene<'a> {
    pub(super) fn of(case: &'a Case<'a>, now: Time) -> Self {
        let incident = case.incident;
        let window = Window {
            from: incident.opened_at - REFERENCE,
            opened_at: incident.opened_at,
            until: incident.resolved_at.unwrap_or(now),
        };
        let monitors = incident.alerts.iter().filter_map(|alert| {
            let by_name = |monitor: &&domain::monitor::Monitor| monitor.name.as_str() == alert.name;
            case.setup.monitors.iter().find(by_name)
        });
        let mut signals: Vec<Measured> = monitors
            .map(|monitor| Track::of_monitor(monitor, case.setup, case.history, window))
            .filter_map(|track| Measured::of(track, window))
            .collect();
        signals.sort_by(|a, b| {
            let by_score = b.shift.score.total_cmp(&a.shift.score);
            by_score.then_with(|| a.track.name.cmp(&b.track.name))
        });
        let services = services_of(case.setup, &incident.service);
        let series = series_of(case.setup, &services).into_iter().filter_map(|id| {
            let track = Track::of_series(&id, case.setup, case.history, window);
            Measured::of(track, window).map(|measured| (id, measured))
        });
        Self { case, window, signal: signals.into_iter().next(), series: series.collect() }
    }

    /// The signal that shows the trouble best: the alert's own, else the service's most changed series.
    pub(super) fn signal(&self) -> Option<&Measured> {
        self.signal.as_ref().or_else(|| self.most_changed(&self.case.incident.service))
    }

    /// When the trouble began, as far as the data show it.
    pub(super) fn began(&self) -> Time {
        let since = self.signal().and_then(|signal| signal.shift.since);
        since.unwrap_or(self.window.opened_at)
    }

    /// The length of the first breaching period, within which its cause may still lie.
    pub(super) fn period(&self) -> Span {
        self.signal().map_or(Span::MINUTE, |signal| signal.track.period)
    }

    pub(super) fn series_of<'s>(
        &'s self,
        service: &'s ServiceName,
    ) -> impl Iterator<Item = (&'s SeriesId, &'s Measured)> {
        let own = move |(id, _): &&(SeriesId, Measured)| id.service() == service.as_str();
        self.series.iter().filter(own).map(|(id, measured)| (id, measured))
    }

    pub(super) fn most_changed(&self, service: &ServiceName) -> Option<&Measured> {
        let own = self.series.iter().filter(|(id, _)| id.service() == service.as_str());
        let best = own.reduce(|best, next| {
            let more = next.1.shift.score > best.1.shift.score;
            if more { next } else { best }
        });
        best.map(|(_, measured)| measured)
    }

    /// Series out of their normal range, the most changed first.
    pub(super) fn changes(&self) -> Vec<SeriesChange> {
        let mut changes: Vec<_> = self
            .series
            .iter()
            .filter(|(_, measured)| measured.changed())
            .map(|(id, measured)| measured.shift.change(id.clone(), measured.track.unit))
            .collect();
        changes.sort_by(|a, b| b.score.total_cmp(&a.score).then_with(|| a.series.cmp(&b.series)));
        changes.truncate(CHANGES_MAX);
        changes
    }

    /// Why there is nothing to explain, if the alert's own signal is as it was in the hour before.
    pub(super) fn nothing_changed(&self) -> Option<String> {
        let signal = self.signal().filter(|signal| signal.shift.score < UNCHANGED_BELOW)?;
        Some(format!(
            "Nothing in the stored data explains it: what the alert is about did not leave its normal range ({}).",
            signal.words()
        ))
    }

    /// Why no candidate was found.
    pub(super) fn unexplained(&self) -> String {
        let service = &self.case.incident.service;
        let nothing = "Nothing in the stored data explains it: no deployment and no change of a service it depends on \
                       came before it";
        match (self.signal(), self.case.setup.service(service)) {
            (Some(signal), _) => format!("{nothing} ({}).", signal.words()),
            (None, Some(_)) => format!("{nothing}, and no series of {service} has samples enough to compare."),
            (None, None) => format!("{nothing}, and no series of {service} is stored."),
        }
    }

    /// The services it depends on whose series were compared and did not change.
    pub(super) fn unchanged_dependencies(&self) -> Vec<&ServiceName> {
        let services = services_of(self.case.setup, &self.case.incident.service);
        let unchanged = |service: &&ServiceName| self.most_changed(service).is_some_and(|series| !series.changed());
        services.into_iter().skip(1).filter(unchanged).collect()
    }
}
