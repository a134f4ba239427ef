use crate::problem::{Kind, Problem};

/// How a report can be shown.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Representation {
    /// `application/json`
    Json,
    /// `text/markdown`
    Markdown,
    /// `text/html`
    Html,
}

const ALL: [(Representation, &str); 3] = [
    (Representation::Json, "application/json"),
    (Representation::Markdown, "text/markdown"),
    (Representation::Html, "text/html"),
];

/// The representation that an `Accept` header prefers: the highest quality, of equal ones the one that stands first;
/// JSON if the header is missing.
///
/// Source: <https://www.rfc-editor.org/rfc/rfc9110#name-accept>
///
/// # Errors
/// When none of ours is accepted.
pub(crate) fn accepted(header: &str) -> Result<Representation, Problem> {
    if header.trim().is_empty() {
        return Ok(Representation::Json);
    }
    let mut best: Option<(f32, Representation)> = None;
    for range in header.split(',') {
        let mut parts = range.split(';').map(str::trim);
        let wanted = parts.next().unwrap_or_default().to_ascii_lowercase();
        let quality = parts.find_map(|part| part.strip_prefix("q=")?.parse::<f32>().ok()).unwrap_or(1.0);
        let Some((found, _)) = ALL.into_iter().find(|(_, name)| fits(&wanted, name)) else {
            continue;
        };
        if quality > 0.0 && best.is_none_or(|(known, _)| quality > known) {
            best = Some((quality, found));
        }
    }
    best.map(|(_, found)| found).ok_or_else(|| {
        Problem::new(Kind::NotAcceptable, "none of the accepted representations exists")
            .with_hint(Some(ALL.map(|(_, name)| name).join(", ")))
    })
}

fn fits(wanted: &str, name: &str) -> bool {
    let kind = name.split('/').next().unwrap_or_default();
    wanted == "*/*" || wanted == name || wanted.strip_suffix("/*") == Some(kind)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_best_that_exists() {
        use Representation::{Html, Json, Markdown};
        for (header, expected) in [
            ("", Some(Json)),
            ("*/*", Some(Json)),
            ("text/markdown", Some(Markdown)),
            ("Text/HTML; charset=utf-8", Some(Html)),
            ("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", Some(Html)),
            ("application/json;q=0.5, text/markdown;q=0.9", Some(Markdown)),
            ("text/*", Some(Markdown)),
            ("application/pdf", None),
            ("text/html;q=0", None),
            (";;;,,,q=x", None),
        ] {
            assert_eq!(accepted(header).ok(), expected, "{header}");
        }
    }
}
