//! The report on how incidents were worked on: reads them, counts them.

use domain::id::ServiceName;
use domain::operations::{Case, Operations, operations};
use domain::units::{Span, Time};

use crate::port::{Ledger, PortError};

/// Incidents that one report reads, each with its receipts: about two seconds of reading.
pub const INCIDENTS_MAX: usize = 500;
/// The longest stretch of a report.
pub const STRETCH_MAX: Span = Span::DAY.times(92);
/// The stretch of a report whose begin is not said: four weeks.
pub const STRETCH: Span = Span::DAY.times(28);
/// Incidents asked for at once.
const PAGE_ROWS: u32 = 100;
/// Pages of the list of incidents that are read: incidents opened after the stretch, and of other services, count.
const PAGES_MAX: usize = 100;

/// The report on the incidents that opened in `[from, until)`, of a service or of all, without those of drills. With more of them than
/// [`INCIDENTS_MAX`] it is on the latest, and says so.
///
/// # Errors
/// When the store does not answer.
pub async fn report(
    ledger: &impl Ledger,
    [from, until]: [Time; 2],
    service: Option<ServiceName>,
) -> Result<Operations, PortError> {
    let (mut cases, mut cursor, mut truncated) = (Vec::new(), None, true);
    'pages: for _ in 0..PAGES_MAX {
        let page = ledger.incidents(PAGE_ROWS, cursor).await?;
        for incident in page.items {
            if incident.opened_at < from {
                truncated = false;
                break 'pages;
            }
            let is_asked_for = service.as_ref().is_none_or(|service| *service == incident.service);
            if incident.opened_at >= until || !is_asked_for || incident.is_drill() {
                continue;
            }
            if cases.len() == INCIDENTS_MAX {
                break 'pages;
            }
            let receipts = ledger.receipts(&incident.id).await?;
            cases.push(Case { incident, receipts });
        }
        cursor = page.cursor;
        if cursor.is_none() {
            truncated = false;
            break;
        }
    }
    let first = cases.last().map_or(until, |case| case.incident.opened_at);
    let from = if truncated { first } else { from };
    Ok(Operations { truncated, ..operations([from, until], service, &cases) })
}
