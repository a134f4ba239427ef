use std::fmt;

/// Columns, the first to the left, the others to the right.
pub(crate) struct Table {
    rows: Vec<Vec<String>>,
}

impl Table {
    pub(crate) fn new(head: &[&str]) -> Self {
        Self { rows: vec![head.iter().map(|&title| title.to_owned()).collect()] }
    }

    pub(crate) fn row(&mut self, cells: &[String]) {
        self.rows.push(cells.to_vec());
    }

    pub(crate) fn print(&self) {
        let width = |column: usize| self.rows.iter().map(|row| row[column].chars().count()).max().unwrap_or_default();
        let widths: Vec<usize> = (0..self.rows[0].len()).map(width).collect();
        for row in &self.rows {
            let cells = row.iter().zip(&widths).enumerate().map(|(column, (cell, width))| match column {
                0 => format!("  {cell:<width$}"),
                _ => format!("  {cell:>width$}"),
            });
            println!("{}", cells.collect::<String>());
        }
    }
}

/// A number, and whether it keeps its limit.
pub(crate) struct Verdict {
    number: f64,
    limit: Option<Limit>,
}

enum Limit {
    Most(f64),
    Least(f64),
}

impl Verdict {
    pub(crate) fn at_most(number: f64, limit: f64) -> Self {
        Self { number, limit: Some(Limit::Most(limit)) }
    }

    pub(crate) fn at_least(number: f64, limit: f64) -> Self {
        Self { number, limit: Some(Limit::Least(limit)) }
    }

    pub(crate) fn none(number: f64) -> Self {
        Self { number, limit: None }
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let digits = if self.number < 1.0 { 3 } else { 2 };
        match self.limit {
            None => write!(f, "{:.digits$}", self.number),
            Some(Limit::Most(limit)) if self.number <= limit => write!(f, "{:.digits$} (at most {limit})", self.number),
            Some(Limit::Least(limit)) if self.number >= limit => {
                write!(f, "{:.digits$} (at least {limit})", self.number)
            }
            Some(Limit::Most(limit) | Limit::Least(limit)) => write!(f, "{:.digits$} MISSES {limit}", self.number),
        }
    }
}
