use std::fmt::{Result, Write};

use crate::document::{Block, Document, Section};

/// The document as one self-contained page: no script, no font, no image from elsewhere.
pub(crate) fn write(document: &Document) -> String {
    let title = text(&document.title);
    let badge = document.badge;
    let badge =
        if badge.is_empty() { String::new() } else { format!("<span class=\"badge {badge}\">{badge}</span>\n") };
    let mut out = format!(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <title>{title}</title>\n<style>\n{STYLE}</style>\n</head>\n<body>\n<main>\n\
         <header>{badge}<h1>{title}</h1></header>\n"
    );
    write_body(&mut out, document).expect("writing to a String does not fail");
    out.push_str("</main>\n</body>\n</html>\n");
    out
}

fn write_body(out: &mut String, document: &Document) -> Result {
    writeln!(out, "<dl>")?;
    for (name, value) in &document.facts {
        writeln!(out, "<div><dt>{name}</dt><dd>{}</dd></div>", text(value))?;
    }
    writeln!(out, "</dl>")?;
    document.sections.iter().try_for_each(|section| write_section(out, section))
}

fn write_section(out: &mut String, section: &Section) -> Result {
    writeln!(out, "<section>\n<h2>{}</h2>", section.title)?;
    for block in &section.blocks {
        match block {
            Block::Paragraph(paragraph) => writeln!(out, "<p>{}</p>", text(paragraph))?,
            Block::Heading(heading) => writeln!(out, "<h3>{}</h3>", text(heading))?,
            Block::List(items) => {
                writeln!(out, "<ul>")?;
                items.iter().try_for_each(|item| writeln!(out, "<li>{}</li>", text(item)))?;
                writeln!(out, "</ul>")?;
            }
            Block::Table { head, rows } => write_table(out, head, rows)?,
        }
    }
    writeln!(out, "</section>")
}

/// On a narrow screen each row becomes a card, and each cell carries the name of its column.
fn write_table(out: &mut String, head: &[&str], rows: &[Vec<String>]) -> Result {
    write!(out, "<table>\n<thead><tr>")?;
    head.iter().try_for_each(|name| write!(out, "<th>{name}</th>"))?;
    writeln!(out, "</tr></thead>\n<tbody>")?;
    for row in rows {
        write!(out, "<tr>")?;
        for (name, cell) in head.iter().zip(row) {
            write!(out, "<td data-name=\"{name}\">{}</td>", text(cell))?;
        }
        writeln!(out, "</tr>")?;
    }
    writeln!(out, "</tbody>\n</table>")
}

/// `source` as text of an element.
fn text(source: &str) -> String {
    let mut out = String::with_capacity(source.len());
    for found in source.chars() {
        match found {
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '&' => out.push_str("&amp;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            control if control.is_control() => out.push(' '),
            other => out.push(other),
        }
    }
    out
}

const STYLE: &str = include_str!("style.css");
