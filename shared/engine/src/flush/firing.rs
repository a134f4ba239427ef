//! The alerts that fire, of all groups.

use domain::alert::Alert;

use crate::port::{Ledger, PortError};

/// Firing alerts that are looked at, those first that began first: what breaks others fires before them. It is beyond any
/// storm that people could be told of: with rows of 1 KB 40 pages and 2,500 read units, $0.0003.
pub const FIRING_MAX: usize = 20_000;
/// Alerts of one page: at most what `DynamoDB` gives at once, 1 MB.
const PAGE: u32 = 500;

/// Hands on what fires, page by page, until it is enough; whether that was all, or enough.
pub(super) async fn each(store: &impl Ledger, mut take: impl FnMut(Vec<Alert>) -> bool) -> Result<bool, PortError> {
    let (mut seen, mut cursor) = (0, None);
    loop {
        let page = store.firing(PAGE, cursor).await?;
        seen += page.items.len();
        cursor = page.cursor;
        if take(page.items) || cursor.is_none() {
            return Ok(true);
        }
        if seen >= FIRING_MAX {
            return Ok(false);
        }
    }
}
