use std::fmt::{Result, Write};

use crate::document::{Block, Document, Section};

/// The document for a terminal: columns under each other, nothing escaped but what would move the cursor.
pub(crate) fn write(document: &Document) -> String {
    let mut out = String::new();
    write_document(&mut out, document).expect("writing to a String does not fail");
    out
}

fn write_document(out: &mut String, document: &Document) -> Result {
    writeln!(out, "{}\n", text(&document.title))?;
    let facts: Vec<_> = document.facts.iter().map(|(name, value)| vec![(*name).to_owned(), text(value)]).collect();
    write_rows(out, &facts, false)?;
    document.sections.iter().try_for_each(|section| write_section(out, section))
}

fn write_section(out: &mut String, section: &Section) -> Result {
    writeln!(out, "\n{}", section.title)?;
    for block in &section.blocks {
        match block {
            Block::Paragraph(words) | Block::Heading(words) => writeln!(out, "  {}", text(words))?,
            Block::List(items) => items.iter().try_for_each(|item| writeln!(out, "  - {}", text(item)))?,
            Block::Table { head, rows } => {
                let head: Vec<String> = head.iter().map(|name| (*name).to_owned()).collect();
                let rows = rows.iter().map(|row| row.iter().map(|cell| text(cell)).collect());
                write_rows(out, &std::iter::once(head).chain(rows).collect::<Vec<_>>(), true)?;
            }
        }
    }
    Ok(())
}

/// Columns as wide as their widest cell; those that hold numbers only, below a head, stand to the right, but for the first.
fn write_rows(out: &mut String, rows: &[Vec<String>], with_head: bool) -> Result {
    let columns = rows.iter().map(Vec::len).max().unwrap_or(0);
    let cells = |column: usize| rows.iter().filter_map(move |row| row.get(column));
    let widths: Vec<usize> =
        (0..columns).map(|column| cells(column).map(|cell| width(cell)).max().unwrap_or(0)).collect();
    let to_the_right: Vec<bool> = (0..columns)
        .map(|column| column > 0 && with_head && cells(column).skip(1).all(|cell| is_number(cell)))
        .collect();
    for row in rows {
        let mut line = String::from(" ");
        for (column, cell) in row.iter().enumerate() {
            let room = " ".repeat(widths[column] - width(cell));
            let padded = if to_the_right[column] { format!("{room}{cell}") } else { format!("{cell}{room}") };
            write!(line, " {padded} ")?;
        }
        writeln!(out, "{}", line.trim_end())?;
    }
    Ok(())
}

fn width(cell: &str) -> usize {
    cell.chars().count()
}

/// Counts, shares and lengths of time, and what stands for none.
fn is_number(cell: &str) -> bool {
    let begins = |cell: &str| cell.starts_with(|first: char| first.is_ascii_digit());
    cell == "-" || (begins(cell.strip_prefix(['+', '-']).unwrap_or(cell)) && !cell.contains(':'))
}

fn text(source: &str) -> String {
    source.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_stand_under_each_other() {
        let rows = vec![vec!["errors".to_owned(), "12".to_owned()], vec!["a\u{1b}[2J".to_owned(), "-".to_owned()]];
        let table = Block::Table { head: &["Monitor", "Pages"], rows };
        let blocks = vec![Block::Paragraph("Words.".to_owned()), Block::List(vec!["one".to_owned()]), table];
        let document = Document {
            title: "Title".to_owned(),
            badge: "",
            facts: vec![("From", "noon".to_owned()), ("Incidents", "7".to_owned())],
            sections: vec![Section { title: "Section", blocks }],
        };
        let expected = "Title\n\n  From       noon\n  Incidents  7\n\nSection\n  Words.\n  - one\n  Monitor  Pages\n  errors      12\n  a [2J        -\n";
        let found = write(&document);
        assert_eq!(found, expected, "{found}");
    }
}
