//! Log templates: which lines are the same sentence with other values?
//!
//! After Drain (He et al. 2017, "Drain: An Online Log Parsing Approach with Fixed Depth Tree",
//! <https://jiemingzhu.github.io/pub/pjhe_icws2017.pdf>), with one set of masks for all systems, and one difference:
//! a plain word is taken for a value only when more than a few words were seen in its place. Drain takes "VM started"
//! and "VM stopped" for one template as soon as enough other words are alike.

mod header;
mod json;
mod learned;
mod mask;
mod miner;
mod template;
#[cfg(test)]
mod tests;
mod words;

pub use json::sentence;
pub use learned::{Learned, Lines};
pub use miner::{Miner, TemplateId};
pub use template::{Template, shown};
