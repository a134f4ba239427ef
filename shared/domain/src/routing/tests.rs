//! Cases of Alertmanager's own suite, re-expressed.

mod inhibition;
mod interval;
mod reach;
mod routes;

use crate::label::{Labels, Matchers};
use crate::units::Time;

fn labels(pairs: &[(&str, &str)]) -> Labels {
    pairs.iter().map(|(label, value)| ((*label).to_owned(), (*value).to_owned())).collect()
}

fn matchers(text: &str) -> Matchers {
    text.parse().expect("the text is a list of matchers")
}

fn time(text: &str) -> Time {
    text.parse().expect("the text is an instant")
}
