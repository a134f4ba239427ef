use domain::correlation::Correlation;
use domain::units::Span;

use super::checks::within_or;
use super::whole::only;
use crate::document::{Document, Merge};
use crate::notes::Notes;

/// Both spans: below a minute nothing is known yet, beyond an hour it is another story.
const SPANS: [Span; 2] = [Span::MINUTE, Span::HOUR];

/// When incidents are taken to be one; after a mistake the default stands in.
pub(super) fn resolve(documents: &[Document], notes: &mut Notes) -> Correlation {
    let default = Correlation::default();
    let Some(given) = only(documents, "correlation", |document| &document.correlation, notes) else { return default };
    let written = &given.value;
    let within = within_or(&written.within, default.within, SPANS, notes);
    let confirm_after = within_or(&written.confirm_after, default.confirm_after, SPANS, notes);
    Correlation {
        within: within.unwrap_or(default.within),
        confirm_after: confirm_after.unwrap_or(default.confirm_after),
        merges: written.merge.value().is_none_or(|merge| *merge == Merge::Automatic),
    }
}
