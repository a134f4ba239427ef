//! The alarms of an account with what they depend on, as `tocsin lint` judges them.

mod alarms;
mod metrics;
mod topics;

use aws_sdk_cloudwatch::Client;
use domain::units::{Span, Time};
use lint::alarm::Facts;

use crate::aws::Aws;

/// So far back metrics are looked at: `CloudWatch` keeps points of a minute for 15 days.
const DAYS: Span = Span::DAY.times(15);

/// What an account says of its alarms.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Account {
    /// The alarms, their points of the last days, and their topics.
    pub facts: Facts,
    /// What could not be read, and why.
    pub unread: Vec<String>,
}

impl Aws {
    /// Reads all alarms of the account in the region of the configuration, and changes nothing. Alarms that target
    /// tracking makes and keeps by itself are left out.
    ///
    /// Actions: `cloudwatch:DescribeAlarms`, `cloudwatch:GetMetricData`, `cloudwatch:ListMetrics`,
    /// `sns:ListSubscriptionsByTopic`.
    ///
    /// # Errors
    /// Why the alarms themselves cannot be read, in a line.
    pub async fn account(&self, now: Time) -> Result<Account, String> {
        let client = Client::new(&self.config);
        let mut account = Account::default();
        account.facts.whole = true;
        account.facts.alarms = alarms::read(&client).await?;
        let until = now.floor(Span::MINUTE);
        account.unread.extend(metrics::read(&client, &mut account.facts.alarms, until - DAYS, until).await);
        account.unread.extend(topics::read(self.sns(), &mut account.facts).await);
        Ok(account)
    }
}
