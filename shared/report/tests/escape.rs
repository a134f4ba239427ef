//! Whatever stands in a post-mortem, it cannot become markup.

use domain::incident::{Entry, Related, Severity, Standing, What};
use domain::rca::{Analysis, Cause, CauseKind, SeriesChange};
use domain::report::{ActionItem, ActionItemState, Detection, Impact, PostMortem, Rendered};
use domain::units::{Span, Time, Unit};
use proptest::prelude::*;

/// A post-mortem in which every free text is `text`.
fn post_mortem(text: &str) -> PostMortem {
    let said = || text.to_owned();
    let incident = domain::id::IncidentId::given(said());
    let at = Time::from_epoch(1_772_546_580);
    let series: domain::id::SeriesId = "payments/errors".parse().expect("a name");
    PostMortem {
        incident: incident.clone(),
        title: said(),
        service: "shop".parse().expect("a name"),
        owner: said(),
        severity: Severity::Sev2,
        opened_at: at,
        resolved_at: at,
        summary: vec![said()],
        impact: Impact {
            lasted: Span::MINUTE,
            requests: Some(10.0),
            failed: None,
            worst: Some(said()),
            missing: vec![said()],
        },
        detection: Detection { by: said(), delay: Span::MINUTE, acknowledged_after: Some(Span::MINUTE) },
        timeline: vec![Entry { at, what: What::Note { by: said(), text: said() } }],
        analysis: Analysis {
            causes: vec![Cause {
                kind: CauseKind::Dependency { series: series.clone() },
                summary: said(),
                evidence: vec![said()],
            }],
            reason: said(),
            changes: vec![SeriesChange {
                series,
                before: 1.0,
                during: 2.0,
                unit: Unit::Count,
                score: 9.0,
                since: Some(at),
            }],
        },
        resolution: vec![said()],
        actions: Vec::new(),
        action_items: vec![ActionItem {
            id: ActionItem::id_of(&incident, text),
            incident,
            title: said(),
            reason: said(),
            owner: said(),
            due: at,
            state: ActionItemState::Open,
        }],
        lessons: vec![said()],
        prevention: vec![said()],
        related: vec![Related {
            incident: domain::id::IncidentId::given(said()),
            service: "api".parse().expect("a name"),
            why: said(),
            since: at,
            standing: Standing::Dismissed { at, by: said() },
        }],
    }
}

/// What the reports look like apart from the text.
fn shape(Rendered { markdown, html }: &Rendered) -> (usize, usize, Vec<String>) {
    let tags = html.split('<').skip(1).map(|rest| rest.split_inclusive('>').next().unwrap_or_default().to_owned());
    let bars = markdown.replace("\\|", "").matches('|').count();
    (markdown.lines().count(), bars, tags.collect())
}

fn check(text: &str) {
    let (plain, rendered) = (tocsin_report::render(&post_mortem("plain")), tocsin_report::render(&post_mortem(text)));
    assert_eq!(shape(&rendered), shape(&plain), "{text:?}");
    assert!(!rendered.markdown.contains('<'), "{text:?}");
}

#[test]
fn markup_stays_text() {
    for text in
        ["<script>alert(1)</script>", "a | b\n| c |", "</td></tr>", "\"><img src=x>", "\r\n# x", "`<b>`", "\u{85}-"]
    {
        check(text);
    }
}

proptest! {
    #[test]
    fn any_text_stays_text(text in "[a-z<>&\"'|\\\\`*_\\[\\]()#\\-+=~0-9.\n\r\t \u{0}-\u{1f}\u{e9}]{0,40}x") {
        check(&text);
    }

    #[test]
    fn any_unicode_stays_text(text in "\\PC{1,40}") {
        check(&text);
    }
}
