use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{KEY, LABEL};
use crate::id::{MonitorName, SeriesId, ServiceName, SourceName};
use crate::incident::Severity;
use crate::label::{CORRELATION, Labels};
use crate::measure::Measure;
use crate::metric::{PushedMetric, Query, Series, Statistic};
use crate::monitor::{Category, Comparison, Condition, Limit, MissingData, Monitor, Signal, Window};
use crate::setup::{Source, SourceKind};
use crate::units::{Span, Unit};

/// What the names of its monitors begin with.
pub const MONITORS: &str = "drill/";

/// A service whose way from a breach to a person is tried.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Plan {
    /// Whose: the breach goes through its shard, its routes, and to its people.
    pub service: ServiceName,
    /// How bad the breach says it is, which chooses routes and clocks.
    pub severity: Severity,
    /// How soon somebody should have acknowledged after having been told.
    pub acknowledge_within: Span,
}

impl Plan {
    /// The name of the series that a breach is pushed to, beside the service's own.
    pub const SERIES: &str = "drill";

    /// Where the breach is collected from.
    ///
    /// # Panics
    /// Never: its name is one.
    pub fn source() -> Source {
        let name: SourceName = "drill".parse().expect("it is written as a name");
        Source { name, kind: SourceKind::Pushed }
    }

    /// The series that the breach is pushed to; `None`: the name of the service leaves no room for it.
    pub fn series(&self) -> Option<Series> {
        let metric = PushedMetric {
            // No sender's metric has a name with spaces, so nobody pushes here but a drill.
            metric: "the breach of a drill".to_owned(),
            dimensions: BTreeMap::new(),
            statistic: Statistic::Maximum,
        };
        Some(Series {
            id: self.series_id()?,
            source: Self::source().name,
            query: Query::Pushed(metric),
            period: Span::MINUTE,
            pace: Span::MINUTE,
            unit: Unit::default(),
            sparse: false,
        })
    }

    /// The id of [`Plan::series`].
    pub fn series_id(&self) -> Option<SeriesId> {
        SeriesId::of(&self.service, Self::SERIES).ok()
    }

    /// The rule that finds the breach: one period above zero fires, one at zero ends it. `settle`: as for every monitor.
    /// `None`: the name of the service leaves no room for its own.
    pub fn monitor(&self, settle: Span) -> Option<Monitor> {
        let name: MonitorName = format!("{MONITORS}{}", self.service).parse().ok()?;
        let when = Limit { comparison: Comparison::Above, threshold: 0.0 };
        Some(Monitor {
            name,
            service: self.service.clone(),
            signal: Signal::Series(self.series_id()?),
            measure: Measure::Value,
            factor: 1.0,
            unit: Unit::default(),
            conditions: vec![Condition { severity: self.severity, when, recover: None }],
            window: Window { breaching: 1, of: 1 },
            missing_data: MissingData::Ignore,
            settle,
            cooldown: Span::default(),
            category: Category::default(),
            labels: Labels::from([(LABEL.to_owned(), "true".to_owned()), (CORRELATION.to_owned(), KEY.to_owned())]),
            quiet: false,
        })
    }
}
