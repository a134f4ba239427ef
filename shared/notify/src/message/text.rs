//! Foreign words made fit for a message: one line, no control characters, not longer than the vendor takes.

use std::fmt::Write;

/// Stands where words were left out.
const CUT: char = '…';

/// `text` on one line, at most `max` UTF-16 units (what vendors count); what is left out is marked.
pub(super) fn plain(text: &str, max: usize) -> String {
    let visible = text.replace(is_invisible, " ");
    let line = visible.split_whitespace().collect::<Vec<_>>().join(" ");
    if length(&line) <= max {
        return line;
    }
    fitting(line.chars(), max - CUT.len_utf16()).chain([CUT]).collect()
}

/// The first of `letters` that have room.
fn fitting(letters: impl Iterator<Item = char>, mut room: usize) -> impl Iterator<Item = char> {
    letters.take_while(move |letter| {
        let fits = letter.len_utf16() <= room;
        room = room.saturating_sub(letter.len_utf16());
        fits
    })
}

/// `text` on one line, at most `max` UTF-16 units: of a longer one the begin and the end, since names of machines differ
/// in either.
pub(super) fn middle(text: &str, max: usize) -> String {
    let line = plain(text, usize::MAX);
    if length(&line) <= max {
        return line;
    }
    let end: Vec<char> = fitting(line.chars().rev(), max - max / 3).collect();
    format!("{}{}", plain(&line, max / 3), end.into_iter().rev().collect::<String>())
}

/// `text` with its lines, at most `max` UTF-16 units; control characters other than line ends become spaces.
pub(super) fn cut(text: &str, max: usize) -> String {
    let clean = text.replace(|c: char| is_invisible(c) && c != '\n', " ");
    if length(&clean) <= max {
        return clean;
    }
    fitting(clean.chars(), max - CUT.len_utf16()).chain([CUT]).collect()
}

/// `text` with Slack's three control characters escaped; at most five times as long.
/// Source: <https://docs.slack.dev/messaging/formatting-message-text>.
pub(super) fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

/// As many whole lines as fit `max` UTF-16 units, and how many are left out.
pub(super) fn lines(lines: &[String], max: usize) -> String {
    joined(lines, "\n", max)
}

/// As many whole parts as fit `max` UTF-16 units, and how many are left out.
pub(super) fn joined(parts: &[String], between: &str, max: usize) -> String {
    /// Room for what counts the rest.
    const REST: usize = 32;
    let mut text = String::new();
    for (index, part) in parts.iter().enumerate() {
        if length(&text) + length(part) + length(between) + REST > max {
            write!(text, "{between}… and {} more", parts.len() - index).expect("writing to a String does not fail");
            break;
        }
        if index > 0 {
            text.push_str(between);
        }
        text.push_str(part);
    }
    text
}

pub(super) fn length(text: &str) -> usize {
    text.encode_utf16().count()
}

/// Control characters, and those that turn the direction of what follows.
fn is_invisible(c: char) -> bool {
    c.is_control() || matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_one_line_and_cut_at_the_limit() {
        fn check(text: &str, max: usize, expected: &str) {
            assert_eq!(plain(text, max), expected);
            assert!(length(expected) <= max);
        }
        check("a\n\tb\u{202e}c", 10, "a b c");
        check("abcde", 5, "abcde");
        check("abcdef", 5, "abcd…");
        check("😀😀😀", 6, "😀😀😀");
        check("😀😀😀😀", 6, "😀😀…");
        check(" ", 5, "");
    }

    #[test]
    fn of_what_is_long_both_ends_stay() {
        assert_eq!(middle("abcdef", 6), "abcdef");
        assert_eq!(middle("abc\ndefghi", 9), "ab…defghi");
        assert_eq!(middle("😀😀😀😀😀", 9), "😀…😀😀😀");
    }

    #[test]
    fn whole_lines_only() {
        let many = vec!["x".repeat(100); 40];
        let text = lines(&many, 1000);
        assert!(length(&text) <= 1000);
        assert!(text.ends_with("… and 31 more"), "{text}");
        assert_eq!(lines(&["a".into(), "b".into()], 100), "a\nb");
    }

    #[test]
    fn control_characters_of_slack_are_escaped_once() {
        assert_eq!(escaped("a < b && <!channel>"), "a &lt; b &amp;&amp; &lt;!channel&gt;");
    }
}
