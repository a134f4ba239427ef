use domain::id::SourceName;
use domain::units::Span;

use super::List;
use crate::read::{choice, record};

record! {
    /// Amazon CloudWatch Logs of one account and region.
    Logs tagged "kind" {
        /// Its name, unique among sources.
        name: required SourceName,
        /// The region. Default: the region Tocsin runs in.
        region: optional String,
        /// A role to assume first.
        role_arn: optional String,
    }
}

choice! {
    /// A question about log lines. Series with equal questions share one.
    Log by "kind" {
        "query" => Query(LogInsights),
        "pattern" => Pattern(LogPattern),
        "templates" => Templates(LogTemplates),
    }
}

record! {
    /// An aggregate of Logs Insights over the lines of each period. It is billed by what it scans.
    LogInsights tagged "kind" {
        /// Names or ARNs of log groups, 1 to 50.
        groups: required List<String>,
        /// What comes before stats, such as filter level = 'ERROR'. Default: every line counts.
        query: optional String,
        /// The aggregate, such as count(*), pct(duration, 99) or avg(size). Default count(*).
        stats: optional String,
    }
}

record! {
    /// How many lines of each period match a filter pattern.
    LogPattern tagged "kind" {
        /// Names or ARNs of log groups, 1 to 50.
        groups: required List<String>,
        /// In CloudWatch's syntax for filter patterns, such as ?ERROR ?Exception or { $.errorCode = "AccessDenied*" }.
        pattern: required String,
    }
}

record! {
    /// What sentences the lines of each period are.
    LogTemplates tagged "kind" {
        /// Names or ARNs of log groups, 1 to 50.
        groups: required List<String>,
        /// Only lines that match this filter pattern. Default: all.
        pattern: optional String,
        /// new-templates (how many were never seen before), busiest-template (how many lines the most frequent one has),
        /// template-count or template-share (of the lines, in percent, that are of the one given as template).
        reads: required Sentences,
        /// For template-count and template-share: its words, with <*> for values.
        template: optional String,
        /// For new-templates: for so long after the first look there is no number, since everything is new. 1h to 14d,
        /// default 1d.
        learn: optional Span,
    }
}

/// What is read of templates.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Sentences {
    New,
    Busiest,
    Count,
    Share,
}
