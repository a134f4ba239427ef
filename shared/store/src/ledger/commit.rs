//! A commit is one transaction: all rows are written, or none is.

use aws_sdk_dynamodb::error::SdkError;
use aws_sdk_dynamodb::operation::transact_write_items::TransactWriteItemsError;
use aws_sdk_dynamodb::types::{CancellationReason, ReturnConsumedCapacity};
use engine::port::{Commit, CommitError, OpenPointer, PortError};

use super::rows;
use super::write::Write;
use crate::Store;
use crate::fault::{denied, fault, unavailable};
use crate::item::ROW_BYTES_MAX;

/// Rows that one transaction takes, and their bytes in all.
/// <https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html>
const ROWS_MAX: usize = 100;
const BYTES_MAX: usize = 4 * 1024 * 1024;

/// Why a commit cannot be one transaction.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
enum TooLarge {
    #[error("a commit of {0} rows is too large, at most {ROWS_MAX} are written together")]
    Rows(usize),
    #[error("a commit of {0} bytes is too large, at most {BYTES_MAX} are written together")]
    Bytes(usize),
    #[error("{what} has {bytes} bytes, at most {ROW_BYTES_MAX} fit a row")]
    Row { what: String, bytes: usize },
}

impl Store {
    pub(super) async fn commit_all(&self, commit: &Commit) -> Result<(), CommitError> {
        let writes = self.writes_of(commit);
        if writes.is_empty() {
            return Ok(());
        }
        check(&writes).map_err(|error| denied(error.to_string()))?;
        let (names, items): (Vec<_>, Vec<_>) = writes.into_iter().map(|write| (write.what, write.item)).unzip();
        let transaction = self.client().transact_write_items().set_transact_items(Some(items));
        match transaction.return_consumed_capacity(ReturnConsumedCapacity::Total).send().await {
            Ok(answer) => {
                self.meter.write(answer.consumed_capacity());
                Ok(())
            }
            Err(error) => Err(commit_error(error, &names)),
        }
    }

    fn writes_of(&self, commit: &Commit) -> Vec<Write> {
        let (tables, over) = (&self.tables, commit.now + self.incidents_kept());
        let mut writes: Vec<Write> = commit.alerts.iter().map(|alert| rows::alert(tables, alert, over)).collect();
        writes.extend(commit.groups.iter().map(|group| rows::group(tables, group, over)));
        if let Some(incident) = &commit.incident {
            writes.push(rows::incident(tables, incident, over));
            match commit.pointer {
                OpenPointer::Unchanged => {}
                OpenPointer::Open => writes.extend(rows::open_pointers(tables, incident, commit.other.as_ref())),
                OpenPointer::Close => writes.extend(rows::close_pointers(tables, incident)),
            }
        }
        writes.extend(commit.other.iter().map(|other| rows::incident(tables, other, over)));
        writes.extend(commit.events.iter().map(|event| rows::outbox(tables, event, commit.now)));
        writes.extend(commit.receipts.iter().map(|receipt| rows::receipt(tables, receipt, over)));
        writes.extend(commit.target.iter().map(|history| rows::target(tables, history, over)));
        writes.extend(commit.serving.iter().map(|serving| rows::serving(tables, serving, over)));
        writes.extend(commit.deployment.iter().map(|deployment| rows::deployment(tables, deployment, over)));
        writes.extend(commit.announcements.iter().map(|one| rows::announcement(tables, one, over)));
        writes.extend(commit.post_mortem.iter().map(|post_mortem| rows::post_mortem(tables, post_mortem, over)));
        writes.extend(commit.action_items.iter().map(|item| rows::action_item(tables, item)));
        writes
    }
}

fn check(writes: &[Write]) -> Result<(), TooLarge> {
    if writes.len() > ROWS_MAX {
        return Err(TooLarge::Rows(writes.len()));
    }
    if let Some(Write { what, bytes, .. }) = writes.iter().find(|write| write.bytes > ROW_BYTES_MAX) {
        return Err(TooLarge::Row { what: what.clone(), bytes: *bytes });
    }
    let bytes = writes.iter().map(|write| write.bytes).sum();
    if bytes > BYTES_MAX { Err(TooLarge::Bytes(bytes)) } else { Ok(()) }
}

fn commit_error(error: SdkError<TransactWriteItemsError>, names: &[String]) -> CommitError {
    match error.as_service_error() {
        Some(TransactWriteItemsError::TransactionCanceledException(canceled)) => {
            canceled_by(canceled.cancellation_reasons(), names)
        }
        _ => fault(error).into(),
    }
}

/// What a cancelled transaction means, from one reason per row.
/// <https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TransactWriteItems.html>
fn canceled_by(reasons: &[CancellationReason], names: &[String]) -> CommitError {
    let of = |codes: &[&str]| {
        let mut rows = reasons.iter().zip(names);
        rows.find(|(reason, _)| reason.code().is_some_and(|code| codes.contains(&code)))
    };
    if let Some((_, what)) = of(&["ConditionalCheckFailed", "TransactionConflict"]) {
        return CommitError::Conflict { what: what.clone() };
    }
    if let Some((_, what)) = of(&["ProvisionedThroughputExceeded", "ThrottlingError"]) {
        return unavailable(format!("throttled at {what}")).into();
    }
    let mut rows = reasons.iter().zip(names).filter(|(reason, _)| reason.code() != Some("None"));
    CommitError::Port(rows.next().map_or_else(
        || unavailable("the transaction was cancelled without a reason".to_owned()),
        |(reason, what)| refused(reason, what),
    ))
}

fn refused(reason: &CancellationReason, what: &str) -> PortError {
    let (code, message) = (reason.code().unwrap_or("no code"), reason.message().unwrap_or_default());
    denied(format!("{what}: {code}: {message}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::item::Row;

    fn canceled(codes: &[&str]) -> String {
        let reason = |code: &&str| CancellationReason::builder().code(*code).message("because").build();
        let reasons: Vec<_> = codes.iter().map(reason).collect();
        let names: Vec<_> = (0..codes.len()).map(|index| format!("row {index}")).collect();
        canceled_by(&reasons, &names).to_string()
    }

    #[test]
    fn a_cancelled_transaction_says_what_to_do() {
        let check = |codes: &[&str], expected: &str| assert_eq!(canceled(codes), expected);
        check(&["None", "ConditionalCheckFailed"], "row 1 was changed by another function");
        check(&["TransactionConflict", "None"], "row 0 was changed by another function");
        check(&["ThrottlingError", "ConditionalCheckFailed"], "row 1 was changed by another function");
        check(&["None", "ThrottlingError"], "DynamoDB is not available: throttled at row 1");
        check(&["ValidationError"], "DynamoDB refuses: row 0: ValidationError: because");
        check(&["None"], "DynamoDB is not available: the transaction was cancelled without a reason");
        check(&[], "DynamoDB is not available: the transaction was cancelled without a reason");
    }

    fn writes(count: usize, bytes: usize) -> Vec<Write> {
        let key = || Row::key("k", None);
        let row = || key().bytes("b", vec![0; bytes - key().len() - 1]);
        (0..count).map(|index| Write::put(format!("row {index}"), "table", row(), None)).collect()
    }

    #[test]
    fn a_commit_has_limits() {
        let row = |bytes| TooLarge::Row { what: "row 0".to_owned(), bytes };
        assert_eq!(check(&writes(ROWS_MAX, 10)), Ok(()));
        assert_eq!(check(&writes(ROWS_MAX + 1, 10)), Err(TooLarge::Rows(ROWS_MAX + 1)));
        assert_eq!(check(&writes(1, ROW_BYTES_MAX)), Ok(()));
        assert_eq!(check(&writes(1, ROW_BYTES_MAX + 1)), Err(row(ROW_BYTES_MAX + 1)));
        assert_eq!(check(&writes(16, BYTES_MAX / 16)), Ok(()));
        assert_eq!(check(&writes(16, BYTES_MAX / 16 + 1)), Err(TooLarge::Bytes(BYTES_MAX + 16)));
    }
}
