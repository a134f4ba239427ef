//! By which name a pager knows the incident.
//!
//! A pager adds what it is told by one name to one page, and whoever has acknowledged that page hears nothing of it. So when
//! nobody has the incident any more, it is a new page: the name changes, and the page before is closed.

use super::Incident;
use crate::id::IncidentId;

/// Between the incident's id and the number of the page, where it is not the first.
const BETWEEN: char = '.';

impl Incident {
    /// The names of its pages, the current one first.
    pub fn page_keys(&self) -> impl Iterator<Item = String> {
        let id = self.id.clone();
        (0..=self.releases).rev().map(move |nth| if nth == 0 { id.to_string() } else { format!("{id}{BETWEEN}{nth}") })
    }

    /// The incident of which this is the name of a page.
    pub fn of_page_key(key: &str) -> IncidentId {
        let id = key.rsplit_once(BETWEEN).filter(|(_, nth)| nth.parse::<u32>().is_ok());
        IncidentId::given(id.map_or(key, |(id, _)| id))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample;

    #[test]
    fn each_page_has_a_name_of_its_own_that_leads_to_the_incident() {
        let mut incident = sample::incident();
        let id = incident.id.to_string();
        let keys = |incident: &Incident| incident.page_keys().collect::<Vec<_>>();
        assert_eq!(keys(&incident), std::slice::from_ref(&id));
        incident.releases = 2;
        assert_eq!(keys(&incident), [format!("{id}.2"), format!("{id}.1"), id]);
        assert!(keys(&incident).iter().all(|key| Incident::of_page_key(key) == incident.id));
    }
}
