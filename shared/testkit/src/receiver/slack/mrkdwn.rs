//! Slack's text format: `&`, `<` and `>` are control characters, and only whole sequences of them may stand in a text.

/// What is not escaped, or rings people who did not ask for it.
pub(super) fn problems(text: &str) -> impl Iterator<Item = String> {
    let mut found = Vec::new();
    let mut rest = text;
    while let Some(at) = rest.find(['&', '<', '>']) {
        let tail = &rest[at..];
        let taken = match tail.as_bytes()[0] {
            b'&' => {
                ["&amp;", "&lt;", "&gt;"].iter().find(|entity| tail.starts_with(**entity)).map(|entity| entity.len())
            }
            b'<' => sequence(tail),
            _ => None,
        };
        if taken.is_none() {
            found.push(format!("an unescaped {:?} at {:?}", &tail[..1], tail.chars().take(20).collect::<String>()));
        }
        if ["<!here", "<!channel", "<!everyone", "<@", "<!subteam"].iter().any(|ring| tail.starts_with(ring)) {
            found.push("a mention that rings people".to_owned());
        }
        rest = &tail[taken.unwrap_or(1)..];
    }
    found.into_iter()
}

/// The length of the link or date that `text` begins with.
fn sequence(text: &str) -> Option<usize> {
    let end = text.find('>')?;
    let inner = &text[1..end];
    let known = ["https://", "http://", "mailto:", "!date^", "#C", "@U", "!here", "!channel", "!everyone", "!subteam"];
    let whole = known.iter().any(|start| inner.starts_with(start)) && !inner.contains(['<', '\n']);
    whole.then_some(end + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: usize) {
        assert_eq!(problems(text).count(), expected, "{text}");
    }

    #[test]
    fn only_whole_sequences_stand_in_a_text() {
        check("a &amp; b &lt; c &gt; d", 0);
        check("<https://example.com/?a=1&amp;b=2|Open> <!date^1700000000^{time}|12:00>", 0);
        check("a & b", 1);
        check("limit > 5", 1);
        check("<script>", 2);
        check("<!channel> wake up", 1);
        check("<https://example.com", 1);
    }
}
