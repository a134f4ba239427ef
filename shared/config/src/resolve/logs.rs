use domain::metric::{LogQuery, LogReading, Query, TemplateReading};
use domain::units::Span;

use super::checks;
use crate::document::{Log, LogInsights, LogTemplates, Sentences};
use crate::notes::{Note, Notes};
use crate::read::{Field, Given};

const STATS: &str = "count(*)";
const LEARN: Span = Span::DAY;
const LEARN_RANGE: [Span; 2] = [Span::HOUR, Span::DAY.times(14)];
/// Source: `CreateLogGroup`, `logGroupName`.
const GROUP_CHARS_MAX: usize = 512;

pub(super) fn resolve(log: &Given<Log>, period: Option<&Given<Span>>, notes: &mut Notes) -> Option<Query> {
    let (groups, reads) = match &log.value {
        Log::Query(insights) => (groups(&insights.groups, notes), self::insights(insights, period, notes)),
        Log::Pattern(pattern) => {
            let reads = pattern.pattern.value().map(|pattern| LogReading::Count { pattern: pattern.clone() });
            (groups(&pattern.groups, notes), reads)
        }
        Log::Templates(templates) => (groups(&templates.groups, notes), self::templates(log, templates, notes)),
    };
    Some(Query::Log(LogQuery { groups: groups?, reads: reads? }))
}

fn groups(field: &Field<Vec<Given<String>>>, notes: &mut Notes) -> Option<Vec<String>> {
    let given = field.given()?;
    let count = given.value.len();
    if count == 0 || count > LogQuery::GROUPS_MAX {
        let note = Note::at(given.at, format!("{count} log groups cannot be asked at once"));
        notes.add(note.hint(format!("write 1 to {}", LogQuery::GROUPS_MAX)));
    }
    let mut groups = Vec::new();
    for group in &given.value {
        // The console and Terraform write ARNs with an ending that questions may not have.
        let name = group.value.strip_suffix(":*").unwrap_or(&group.value);
        let is_arn = name.starts_with("arn:") && name.contains(":logs:") && name.contains(":log-group:");
        let is_name = |text: &str| text.chars().all(|c| c.is_ascii_alphanumeric() || "_-/.#".contains(c));
        let bare = if is_arn { name.rsplit(":log-group:").next().unwrap_or_default() } else { name };
        if !is_name(bare) || bare.is_empty() || bare.len() > GROUP_CHARS_MAX {
            let note = Note::at(group.at, format!("{name:?} is not a log group")).value(name);
            notes.add(note.hint("write its name, such as \"/aws/lambda/shop\", or its ARN"));
        } else if groups.iter().any(|known| known == name) {
            checks::twice(group, notes);
        } else {
            groups.push(name.to_owned());
        }
    }
    Some(groups)
}

fn insights(insights: &LogInsights, period: Option<&Given<Span>>, notes: &mut Notes) -> Option<LogReading> {
    if let Some(query) = insights.query.given()
        && query.value.split('|').any(|command| command.split_whitespace().next() == Some("stats"))
    {
        let note = Note::at(query.at, "the query aggregates already").value(&query.value);
        notes.add(note.hint("write the aggregate as stats: \"count(*)\"; the period is added to it"));
        return None;
    }
    if let Some(stats) = insights.stats.given()
        && (stats.value.contains(" by ") || stats.value.contains('|') || stats.value.contains(" as "))
    {
        let note = Note::at(stats.at, "is not one aggregate").value(&stats.value);
        notes.add(note.hint("write for example \"count(*)\" or \"pct(duration, 99)\""));
        return None;
    }
    // A bin has one unit: `bin(90m)` is none.
    if let Some(period) = period {
        let one_unit = period.value.to_string().bytes().filter(u8::is_ascii_alphabetic).count() == 1;
        if !one_unit {
            let note = Note::at(period.at, format!("a query has no periods of {}", period.value));
            notes.add(note.value(&period.value.to_string()).hint("write whole seconds, minutes, hours, or 1d"));
            return None;
        }
    }
    Some(LogReading::Insights { query: insights.query.or_default()?, stats: insights.stats.or(STATS.to_owned())? })
}

fn templates(given: &Given<Log>, templates: &LogTemplates, notes: &mut Notes) -> Option<LogReading> {
    let reads = *templates.reads.value()?;
    let needs_template = matches!(reads, Sentences::Count | Sentences::Share);
    if needs_template && templates.template.is_absent() {
        let note = Note::at(given.at, "is missing").below("template");
        notes.add(note.hint("write the template as alerts and \"tocsin templates\" show it"));
    }
    let mut refuse = |at: Option<crate::tree::Place>, fits: bool, what: &str| {
        if let Some(at) = at.filter(|_| !fits) {
            notes.add(Note::at(at, format!("is for {what} only")).hint("leave it out"));
        }
    };
    refuse(templates.template.given().map(|given| given.at), needs_template, "template-count and template-share");
    refuse(templates.learn.given().map(|given| given.at), reads == Sentences::New, "new-templates");
    let learn = checks::within_or(&templates.learn, LEARN, LEARN_RANGE, notes);
    let template = || templates.template.value().cloned();
    let reads = match reads {
        Sentences::New => TemplateReading::New { learn: learn? },
        Sentences::Busiest => TemplateReading::Busiest,
        Sentences::Count => TemplateReading::Count { template: template()? },
        Sentences::Share => TemplateReading::Share { template: template()? },
    };
    Some(LogReading::Templates { pattern: templates.pattern.or_default()?, reads })
}
