use serde::Serialize;

/// What a configuration costs a month, in US dollars.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct Bill {
    /// In all.
    pub dollars: f64,
    /// Its parts, which add up.
    pub whole: Vec<Line>,
    /// What is asked of each source.
    pub sources: Vec<Line>,
    /// What is asked at each pace.
    pub paces: Vec<Line>,
    /// What each monitor bears of it, the dearest first.
    pub monitors: Vec<Line>,
    /// The same mix in other sizes.
    pub scale: Vec<ScaleLine>,
}

/// A part of a bill.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct Line {
    /// What.
    pub what: String,
    /// How it is computed, or from what.
    pub formula: String,
    /// Of how many things.
    pub count: usize,
    /// Metrics, expressions or requests asked for a month; `None`: nothing is asked.
    pub asked: Option<f64>,
    /// A month.
    pub dollars: f64,
}

impl Line {
    pub(super) fn of(what: &str, formula: &str, count: usize, dollars: f64) -> Self {
        Self { what: what.to_owned(), formula: formula.to_owned(), count, asked: None, dollars }
    }
}

/// An installation of another size.
#[derive(Clone, Copy, PartialEq, Debug, Serialize)]
pub struct ScaleLine {
    /// Series.
    pub series: u32,
    /// Shards that they need.
    pub shards: u32,
    /// A month.
    pub dollars: f64,
}
