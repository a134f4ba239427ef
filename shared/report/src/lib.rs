//! Post-mortems as people read them: Markdown for repositories and chats, HTML for browsers and paper.
//!
//! Both are written from one document, so both say the same. Plain code: there is nothing to load or compile at start.

mod document;
mod html;
mod markdown;
mod post_mortem;

use domain::report::{PostMortem, Rendered};

/// The post-mortem as text. Equal post-mortems give equal bytes; what stands in them is escaped.
pub fn render(post_mortem: &PostMortem) -> Rendered {
    let document = post_mortem::document(post_mortem);
    Rendered { markdown: markdown::write(&document), html: html::write(&document) }
}
