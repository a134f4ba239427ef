//! The whole engine on a clock that is moved by hand: the shop of the local stack with its own configuration, in the
//! simulated world, told as a story that a person can review.

mod cascade;
mod golden;
mod scene;
mod shop;
mod story;

pub use cascade::{Cascade, TWO_POLICIES};
pub use golden::check_golden;
pub use scene::Scene;
pub use shop::{BAD_VERSION, GOOD_VERSION, alias, setup, setup_on_call, setup_with, setup_with_objective};
pub use story::Story;
