use std::future::Future;
use std::time::Duration;

use domain::metric::{Outcome, Remark, Series};
use domain::setup::Source;
use domain::units::Time;

/// One series and the range to read of it.
#[derive(Clone, PartialEq, Debug)]
pub struct Ask<'a> {
    /// The series.
    pub series: &'a Series,
    /// Where it is read.
    pub source: &'a Source,
    /// Start of the range, inclusive, a multiple of the series' period.
    pub from: Time,
    /// End of the range, exclusive, a multiple of the series' period.
    pub until: Time,
}

/// What a source says about one series.
#[derive(Clone, PartialEq, Debug)]
pub struct Answer {
    /// The numbers, or why there are none.
    pub outcome: Outcome,
    /// Why they are so, as far as the source knows.
    pub remark: Remark,
}

impl From<Outcome> for Answer {
    fn from(outcome: Outcome) -> Self {
        Self { outcome, remark: Remark::default() }
    }
}

/// Reads series from where they are: CloudWatch, Prometheus; further kinds implement the same.
pub trait Sources {
    /// The answer to each ask, in the order asked. Never fails as a whole: what could not be read is an
    /// [`Outcome::Failed`] with its reason. Answers within `budget`; what was not asked by then says so.
    fn fetch(&self, asks: &[Ask<'_>], budget: Duration) -> impl Future<Output = Vec<Answer>> + Send;
}
