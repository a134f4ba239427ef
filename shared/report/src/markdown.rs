use std::fmt::{Result, Write};

use crate::document::{Block, Document, Section};

/// The document as `CommonMark` with GitHub's tables.
pub(crate) fn write(document: &Document) -> String {
    let mut out = String::new();
    write_document(&mut out, document).expect("writing to a String does not fail");
    out
}

fn write_document(out: &mut String, document: &Document) -> Result {
    let badge = if document.badge.is_empty() { String::new() } else { format!(" ({})", document.badge) };
    writeln!(out, "# {}{badge}\n", text(&document.title))?;
    writeln!(out, "| | |\n|---|---|")?;
    for (name, value) in &document.facts {
        writeln!(out, "| {name} | {} |", text(value))?;
    }
    document.sections.iter().try_for_each(|section| write_section(out, section))
}

fn write_section(out: &mut String, section: &Section) -> Result {
    writeln!(out, "\n## {}", section.title)?;
    for block in &section.blocks {
        writeln!(out)?;
        match block {
            Block::Paragraph(paragraph) => writeln!(out, "{}", line(paragraph))?,
            Block::Heading(heading) => writeln!(out, "**{}**", text(heading))?,
            Block::List(items) => items.iter().try_for_each(|item| writeln!(out, "- {}", line(item)))?,
            Block::Table { head, rows } => {
                writeln!(out, "| {} |\n|{}", head.join(" | "), "---|".repeat(head.len()))?;
                for row in rows {
                    let cells: Vec<String> = row.iter().map(|cell| text(cell)).collect();
                    writeln!(out, "| {} |", cells.join(" | "))?;
                }
            }
        }
    }
    Ok(())
}

/// `text` at the begin of a block, where a few more characters mean something.
fn line(source: &str) -> String {
    let escaped = text(source);
    let digits = escaped.bytes().take_while(u8::is_ascii_digit).count();
    let mut rest = escaped[digits..].chars();
    match (rest.next(), rest.next()) {
        (Some('#' | '-' | '+' | '=' | '~'), _) if digits == 0 => format!("\\{escaped}"),
        (Some('.' | ')'), None | Some(' ')) if digits > 0 => format!("{}\\{}", &escaped[..digits], &escaped[digits..]),
        _ => escaped,
    }
}

/// `source` on one line, with nothing in it that Markdown or HTML would take for markup.
fn text(source: &str) -> String {
    let mut out = String::with_capacity(source.len());
    let mut before = ' ';
    let mut rest = source.trim().chars().peekable();
    while let Some(found) = rest.next() {
        let within_word = before.is_alphanumeric() && rest.peek().is_some_and(|next| next.is_alphanumeric());
        match found {
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '&' => out.push_str("&amp;"),
            '_' if within_word => out.push('_'),
            '\\' | '`' | '*' | '_' | '[' | ']' | '|' | '~' => out.extend(['\\', found]),
            control if control.is_control() => out.push(' '),
            other => out.push(other),
        }
        before = found;
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(source: &str, expected: &str) {
        assert_eq!(line(source), expected, "{source:?}");
    }

    #[test]
    fn what_would_be_markup_is_escaped() {
        check("errors / requests 31.2 % (limit > 10 %)", "errors / requests 31.2 % (limit &gt; 10 %)");
        check("<script>&amp;", "&lt;script&gt;&amp;amp;");
        check("a|b\nc", "a\\|b c");
        check("snake_case and _emphasis_", "snake_case and \\_emphasis\\_");
        check("[x](http://y) `z` *w*", "\\[x\\](http://y) \\`z\\` \\*w\\*");
        check("# no heading", "\\# no heading");
        check("- no list", "\\- no list");
        check("1. no list", "1\\. no list");
        check("1.5 is a number", "1.5 is a number");
        check("2026-01-31", "2026-01-31");
        check("> no quote", "&gt; no quote");
    }
}
