use crate::document::{Block, Document, Section};

/// The document as one self-contained page: no script, no font, no image from elsewhere.
pub(crate) fn write(document: &Document) -> String {
    let title = text(&document.title);
    let badge = document.badge;
    let mut out = format!(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <title>{title}</title>\n<style>\n{STYLE}</style>\n</head>\n<body>\n<main>\n\
         <header><span class=\"badge {badge}\">{badge}</span>\n<h1>{title}</h1></header>\n<dl>\n"
    );
    for (name, value) in &document.facts {
        out.push_str(&format!("<div><dt>{name}</dt><dd>{}</dd></div>\n", text(value)));
    }
    out.push_str("</dl>\n");
    for section in &document.sections {
        write_section(&mut out, section);
    }
    out.push_str("</main>\n</body>\n</html>\n");
    out
}

fn write_section(out: &mut String, section: &Section) {
    out.push_str(&format!("<section>\n<h2>{}</h2>\n", section.title));
    for block in &section.blocks {
        match block {
            Block::Paragraph(paragraph) => out.push_str(&format!("<p>{}</p>\n", text(paragraph))),
            Block::Heading(heading) => out.push_str(&format!("<h3>{}</h3>\n", text(heading))),
            Block::List(items) => {
                out.push_str("<ul>\n");
                items
                    .iter()
                    .for_each(|item| out.push_str(&format!("<li>{}</li>\n", text(item))));
                out.push_str("</ul>\n");
            }
            Block::Table { head, rows } => write_table(out, head, rows),
        }
    }
    out.push_str("</section>\n");
}

/// On a narrow screen each row becomes a card, and each cell carries the name of its column.
fn write_table(out: &mut String, head: &[&str], rows: &[Vec<String>]) {
    out.push_str("<table>\n<thead><tr>");
    head.iter().for_each(|name| out.push_str(&format!("<th>{name}</th>")));
    out.push_str("</tr></thead>\n<tbody>\n");
    for row in rows {
        out.push_str("<tr>");
        for (name, cell) in head.iter().zip(row) {
            out.push_str(&format!("<td data-name=\"{name}\">{}</td>", text(cell)));
        }
        out.push_str("</tr>\n");
    }
    out.push_str("</tbody>\n</table>\n");
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
