use serde::{Deserialize, Serialize};

use crate::units::Span;

/// A question about the AWS bill, in US dollars.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct CostQuery {
    /// The service as the bill names it, such as `AWS Lambda`; `None`: all.
    pub service: Option<String>,
    /// The account, 12 digits; `None`: all that the bill is for.
    pub account: Option<String>,
    /// What is read.
    pub reads: CostReading,
}

impl CostQuery {
    /// The period of all such series: the bill has days.
    pub const PERIOD: Span = Span::DAY;
}

/// What is read of a bill, a number for each day (UTC).
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum CostReading {
    /// What the day cost.
    #[default]
    Day,
    /// What the month cost up to and with the day.
    MonthToDate,
    /// What the month will have cost, as it looked on the day.
    MonthForecast,
}
