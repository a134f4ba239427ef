//! Series from `CloudWatch` `GetMetricData`.
//!
//! Source: <https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_GetMetricData.html>

mod answer;
mod call;
mod join;
mod plan;

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use aws_sdk_cloudwatch::Client;
use aws_smithy_types::retry::RetryConfig;
use aws_types::SdkConfig;
use aws_types::region::Region;
use domain::metric::{Failure, FailureKind, Outcome};
use engine::port::Ask;
use tokio::time::Instant;

use crate::bounded::run_bounded;
use crate::calls::Calls;
use crate::role::AssumedRole;
use call::Call;
use join::Columns;
use plan::{Batch, Place, plan};

/// Calls that are under way at once: a shard of 500 series needs one to three, and the account's 50 calls a second are
/// shared by all shards.
const CALLS_AT_ONCE_MAX: usize = 4;
/// Calls that one fetch may spend on finding refused queries: one among 500 takes 18. Where most are refused, the
/// reason is not theirs, and asking each alone would take the account's calls from all others.
const HALVES_MAX: usize = 64;

/// The clients, one for each place that is read, built when first needed.
#[derive(Debug, Default)]
pub(crate) struct CloudWatch {
    clients: Mutex<BTreeMap<Place, Client>>,
}

impl CloudWatch {
    /// The outcome of each ask, with its number. `asks` are numbered, all of `CloudWatch` sources.
    pub(crate) async fn fetch(
        &self,
        config: &SdkConfig,
        calls: &Calls,
        asks: &[(usize, &Ask<'_>)],
        deadline: Instant,
    ) -> Vec<(usize, Outcome)> {
        let mut columns = Columns::new(asks.len());
        let plain: Vec<&Ask<'_>> = asks.iter().map(|(_, ask)| *ask).collect();
        let (batches, refused) = plan(&plain);
        for (ask, failure) in refused {
            columns.fail(ask, &failure);
        }
        let start = |batch: Batch| {
            let call = Call {
                client: self.client(&batch.place, config, calls),
                calls: calls.clone(),
                queries: batch.queries(&plain),
                from: batch.from,
                until: batch.until,
                seed: plain[batch.columns[0].ask].series.id.to_string(),
            };
            async move { (call.read(deadline).await, batch) }
        };
        let mut halves = 0;
        let done = |(read, batch): (Result<_, Failure>, Batch)| {
            let refused = matches!(&read, Err(failure) if failure.kind == FailureKind::Rejected);
            // One query that CloudWatch refuses must not blind the others of its call.
            if refused && batch.columns.len() > 1 && halves < HALVES_MAX {
                halves += 2;
                return batch.halves();
            }
            columns.fill(&batch, read);
            Vec::new()
        };
        run_bounded(batches, CALLS_AT_ONCE_MAX, deadline, start, done).await;
        let (outcomes, dropped) = columns.join(&plain);
        calls.dropped(dropped);
        asks.iter().map(|(number, _)| *number).zip(outcomes).collect()
    }

    /// The client of a place. It does not retry by itself: the caller waits as long as its deadline allows.
    fn client(&self, place: &Place, config: &SdkConfig, calls: &Calls) -> Client {
        let mut clients = self.clients.lock().unwrap_or_else(PoisonError::into_inner);
        let build = || {
            let mut builder = config.to_builder();
            if let Some(region) = &place.region {
                builder.set_region(Region::new(region.clone()));
            }
            if let Some(role_arn) = &place.role_arn {
                let provider = AssumedRole::new(config, calls, role_arn);
                builder.set_credentials_provider(Some(provider.shared()));
            }
            builder.set_retry_config(Some(RetryConfig::disabled()));
            Client::new(&builder.build())
        };
        clients.entry(place.clone()).or_insert_with(build).clone()
    }
}

#[cfg(test)]
mod tests;
