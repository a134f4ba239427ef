//! Metrics of a Rust service, as lines of its log: no network call, no thread, no waiting.
//!
//! On Lambda, and wherever the `CloudWatch` agent reads the log, a line in the Embedded Metric Format becomes a metric.
//! Tocsin reads it as it reads any other. `tests/lines.rs` checks the lines against the published schema.
//!
//! ```
//! use std::time::Duration;
//! use tocsin_client::{Tracker, Unit};
//!
//! let tracker = Tracker::new("shop-checkout")?;
//! tracker.track_business_metric("orders", 1.0, Unit::Count, &[("country", "DE")])?;
//! tracker.track_performance("price-cart", Duration::from_millis(31), true)?;
//! # Ok::<(), tocsin_client::TrackError>(())
//! ```
//!
//! Source: <https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html>

mod line;

use std::io::{self, Stdout, Write};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use line::Line;

/// Namespace of business metrics.
pub const BUSINESS: &str = "Tocsin/Business";
/// Namespace of performance metrics: `Duration` (milliseconds), `Calls` and `Errors` by `Service` and `Operation`.
pub const PERFORMANCE: &str = "Tocsin/Performance";

/// Writes metrics of one service, one line each. Lines of several threads do not mix.
#[derive(Debug)]
pub struct Tracker<W = Stdout> {
    service: String,
    out: Mutex<W>,
}

/// What a number counts.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Unit {
    /// Things.
    Count,
    /// Hundredths.
    Percent,
    /// Seconds.
    Seconds,
    /// Milliseconds.
    Milliseconds,
    /// Bytes.
    Bytes,
    /// None of these, such as money.
    None,
}

impl Unit {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Count => "Count",
            Self::Percent => "Percent",
            Self::Seconds => "Seconds",
            Self::Milliseconds => "Milliseconds",
            Self::Bytes => "Bytes",
            Self::None => "None",
        }
    }
}

/// Why nothing was written.
#[derive(Debug, thiserror::Error)]
pub enum TrackError {
    /// A name or a value of a dimension that `CloudWatch` does not take.
    #[error(
        "{what} {text:?} must have 1 to {max} printable ASCII characters, not all blank, and not begin with a colon"
    )]
    Name {
        /// What it names.
        what: &'static str,
        /// Its beginning.
        text: String,
        /// The longest there may be.
        max: usize,
    },
    /// A number that `CloudWatch` does not take.
    #[error("{0} is not between -2^360 and 2^360")]
    Value(f64),
    /// More dimensions than one metric may have, or one twice.
    #[error("a metric has at most 30 dimensions, each once, and Service is one of them")]
    Dimensions,
    /// The log cannot be written.
    #[error("the line cannot be written: {0}")]
    Io(#[from] io::Error),
}

impl Tracker {
    /// A tracker that writes to standard output, which is the log of a Lambda function.
    ///
    /// # Errors
    /// When `service` cannot be the value of a dimension.
    pub fn new(service: &str) -> Result<Self, TrackError> {
        Tracker::to(service, io::stdout())
    }
}

impl<W: Write> Tracker<W> {
    /// A tracker that writes to `out`.
    ///
    /// # Errors
    /// When `service` cannot be the value of a dimension.
    pub fn to(service: &str, out: W) -> Result<Self, TrackError> {
        line::dimension_value(service)?;
        Ok(Self { service: service.to_owned(), out: Mutex::new(out) })
    }

    /// A number that people who run the business care for: orders, revenue, sign-ups. Its dimensions are `Service` and
    /// those given; each combination is a metric of its own, so take what has few values.
    ///
    /// # Errors
    /// When `CloudWatch` would not take it, or the log cannot be written.
    pub fn track_business_metric(
        &self,
        name: &str,
        value: f64,
        unit: Unit,
        dimensions: &[(&str, &str)],
    ) -> Result<(), TrackError> {
        let mut line = Line::new(BUSINESS, &self.service);
        for (name, value) in dimensions {
            line.dimension(name, value)?;
        }
        line.metric(name, value, unit)?;
        self.write(&line)
    }

    /// How long an operation took and whether it succeeded.
    ///
    /// # Errors
    /// When `operation` cannot be the value of a dimension, or the log cannot be written.
    pub fn track_performance(&self, operation: &str, took: Duration, succeeded: bool) -> Result<(), TrackError> {
        let mut line = Line::new(PERFORMANCE, &self.service);
        line.dimension("Operation", operation)?;
        line.metric("Duration", took.as_secs_f64() * 1000.0, Unit::Milliseconds)?;
        line.metric("Calls", 1.0, Unit::Count)?;
        line.metric("Errors", f64::from(u8::from(!succeeded)), Unit::Count)?;
        self.write(&line)
    }

    fn write(&self, line: &Line) -> Result<(), TrackError> {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        let text = line.text(now);
        let mut out = self.out.lock().unwrap_or_else(PoisonError::into_inner);
        out.write_all(text.as_bytes())?;
        Ok(out.flush()?)
    }
}
