//! Post-mortems and reports as people read them: Markdown for repositories and chats, HTML for browsers and paper.
//!
//! Both are written from one document, so both say the same. Plain code: there is nothing to load or compile at start.

mod document;
mod html;
mod markdown;
mod operations;
mod plain;
mod post_mortem;

use domain::operations::Operations;
use domain::report::{PostMortem, Rendered};

use document::Document;

/// The post-mortem as text. Equal post-mortems give equal bytes; what stands in them is escaped.
pub fn render(post_mortem: &PostMortem) -> Rendered {
    rendered(&post_mortem::document(post_mortem))
}

/// The report on operations as text, in the same way.
pub fn render_operations(report: &Operations) -> Rendered {
    rendered(&operations::document(report))
}

/// The report on operations for a terminal.
pub fn operations_as_plain_text(report: &Operations) -> String {
    plain::write(&operations::document(report))
}

fn rendered(document: &Document) -> Rendered {
    Rendered { markdown: markdown::write(document), html: html::write(document) }
}
