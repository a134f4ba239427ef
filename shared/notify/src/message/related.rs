use domain::incident::{Incident, Related, Standing};

use super::story::{NAMED_MAX, WORDS_MAX};
use super::text::plain;

/// What an incident may be one with, or is, a line each; but for those that `said` names already.
pub(super) fn lines(incident: &Incident, said: &str) -> Vec<String> {
    let known = incident.related.iter().filter(|other| !said.contains(other.incident.as_str()));
    let mut lines: Vec<String> = known.filter_map(|other| line(incident, other)).collect();
    let rest = lines.len().saturating_sub(NAMED_MAX);
    lines.truncate(NAMED_MAX);
    if rest > 0 {
        lines.push(format!("and {rest} more"));
    }
    lines
}

/// `None`: it is of no use to who reads it now.
fn line(incident: &Incident, other: &Related) -> Option<String> {
    let words = match &other.standing {
        Standing::Candidate if incident.state.is_open() => "May be part of",
        Standing::Confirmed { .. } if incident.state.is_open() => "Most likely one with",
        Standing::Candidate | Standing::Confirmed { .. } | Standing::Dismissed { .. } => return None,
        Standing::Merged { .. } if incident.merged_into.as_ref() == Some(&other.incident) => "Goes on in",
        Standing::Merged { .. } => "Includes",
    };
    let why = if other.why.is_empty() { String::new() } else { format!(": {}", other.why) };
    Some(plain(&format!("{words} {} ({}){why}", other.incident, other.service), WORDS_MAX))
}

#[cfg(test)]
mod tests {
    use domain::id::IncidentId;
    use domain::incident::State;
    use domain::sample;

    use super::*;

    fn related(id: &str, standing: Standing) -> Related {
        Related {
            incident: IncidentId::given(id),
            service: "payments".parse().expect("a name"),
            why: "shop-checkout depends on payments".to_owned(),
            since: sample::BEGAN,
            standing,
        }
    }

    #[test]
    fn only_what_is_of_use_now_is_said() {
        let (at, by) = (sample::BEGAN, || "ann".to_owned());
        let all = [
            related("inc-1", Standing::Candidate),
            related("inc-2", Standing::Confirmed { at, by: by() }),
            related("inc-3", Standing::Merged { at, by: by() }),
            related("inc-4", Standing::Dismissed { at, by: by() }),
        ];
        let open = Incident { related: all.to_vec(), ..sample::incident() };
        let why = "(payments): shop-checkout depends on payments";
        let may = format!("May be part of inc-1 {why}");
        let likely = format!("Most likely one with inc-2 {why}");
        let includes = format!("Includes inc-3 {why}");
        assert_eq!(lines(&open, ""), [may, likely.clone(), includes.clone()]);
        assert_eq!(lines(&open, "errors; may be part of inc-1: it is so"), [likely, includes.clone()]);
        let over = Incident { state: State::Resolved, ..open.clone() };
        assert_eq!(lines(&over, ""), [includes]);
        let merged = Incident { merged_into: Some(IncidentId::given("inc-3")), state: State::Closed, ..open.clone() };
        assert_eq!(lines(&merged, ""), [format!("Goes on in inc-3 {why}")]);
        let crowded = Incident { related: vec![related("inc-1", Standing::Candidate); 10], ..open };
        let counted = lines(&crowded, "");
        assert_eq!((counted.len(), counted.last().map(String::as_str)), (NAMED_MAX + 1, Some("and 2 more")));
    }
}
