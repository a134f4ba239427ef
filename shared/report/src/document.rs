/// A report before it has a format. Every text in it is data: the formats escape it.
pub(crate) struct Document {
    pub(crate) title: String,
    /// Stands beside the title, such as `SEV2`; empty: nothing does.
    pub(crate) badge: &'static str,
    pub(crate) facts: Vec<(&'static str, String)>,
    pub(crate) sections: Vec<Section>,
}

pub(crate) struct Section {
    pub(crate) title: &'static str,
    pub(crate) blocks: Vec<Block>,
}

pub(crate) enum Block {
    Paragraph(String),
    /// A line that stands above what belongs to it.
    Heading(String),
    List(Vec<String>),
    Table {
        head: &'static [&'static str],
        rows: Vec<Vec<String>>,
    },
}

impl Block {
    /// A list, or the words for its absence.
    pub(crate) fn list_or(items: &[String], absent: &str) -> Self {
        if items.is_empty() { Self::Paragraph(absent.to_owned()) } else { Self::List(items.to_vec()) }
    }

    /// A table, or the words for its absence.
    pub(crate) fn table_or(head: &'static [&'static str], rows: Vec<Vec<String>>, absent: &str) -> Self {
        if rows.is_empty() { Self::Paragraph(absent.to_owned()) } else { Self::Table { head, rows } }
    }
}
