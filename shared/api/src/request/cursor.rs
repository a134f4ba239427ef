use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use super::{Form, Text};

/// Rows of one page, unless the caller says otherwise.
const LIMIT_DEFAULT: u32 = 25;
/// Rows of one page at most: incidents of 10 KB each stay below Lambda's answer of 6 MB by far.
const LIMIT_MAX: u32 = 100;

/// Which page is asked for.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Paging {
    /// Rows, 1 to 100.
    pub limit: u32,
    /// Where the page begins, as the list knows it.
    pub cursor: Option<String>,
}

impl Form {
    /// Reads `limit` and `cursor`; a cursor must come from the same list with the same filter.
    pub(crate) fn paging(&mut self, list: &str) -> Paging {
        let limit = self.whole("limit", 1..=LIMIT_MAX).unwrap_or(LIMIT_DEFAULT);
        let given = self.optional("cursor", Text::CURSOR);
        let cursor = given.as_deref().map(|text| decode(list, text));
        if cursor == Some(None) {
            let hint = "take it from the last answer of this list, with the same filter";
            self.wrong("cursor", "it is not a cursor of this list", Some(hint.to_owned()));
        }
        Paging { limit, cursor: cursor.flatten() }
    }
}

/// The page of `all`, a list in memory whose rows have names: its rows by name, and the cursor of the next page.
pub(crate) fn page_by_name<T>(
    list: &str,
    paging: &Paging,
    mut all: Vec<T>,
    name: impl Fn(&T) -> &str,
) -> (Vec<T>, Option<String>) {
    all.sort_by(|a, b| name(a).cmp(name(b)));
    all.retain(|row| paging.cursor.as_deref().is_none_or(|last| name(row) > last));
    let limit = paging.limit as usize;
    let more = all.len() > limit;
    all.truncate(limit);
    let cursor = all.last().filter(|_| more).map(|last| next_cursor(list, name(last)));
    (all, cursor)
}

/// The cursor of `list` that stands for the list's own `place`: a check sum over both, and the place, encoded.
pub(crate) fn next_cursor(list: &str, place: &str) -> String {
    URL_SAFE_NO_PAD.encode(format!("{:08x}{place}", check_sum(list, place)))
}

fn decode(list: &str, text: &str) -> Option<String> {
    let plain = String::from_utf8(URL_SAFE_NO_PAD.decode(text).ok()?).ok()?;
    let (sum, place) = plain.split_at_checked(8)?;
    (sum == format!("{:08x}", check_sum(list, place))).then(|| place.to_owned())
}

/// FNV-1a: it tells a cursor from a slip of the clipboard; it keeps nobody out.
fn check_sum(list: &str, place: &str) -> u32 {
    let bytes = list.bytes().chain(place.bytes());
    bytes.fold(0x811c_9dc5, |sum: u32, byte| (sum ^ u32::from(byte)).wrapping_mul(0x0100_0193))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(query: &str, expected: Result<(u32, Option<&str>), &str>) {
        let mut form = Form::of_query(query);
        let paging = form.paging("things");
        let found = form.finish(Some(paging));
        match expected {
            Ok((limit, cursor)) => {
                let cursor = cursor.map(str::to_owned);
                assert_eq!(found, Ok(Paging { limit, cursor }), "{query}");
            }
            Err(words) => assert!(format!("{found:?}").contains(words), "{query}: {found:?}"),
        }
    }

    #[test]
    fn pages_are_asked_for_within_limits() {
        check("", Ok((25, None)));
        check("limit=1", Ok((1, None)));
        check("limit=100", Ok((100, None)));
        for bad in ["0", "101", "-1", "1.5", "NaN", "inf", "1e2", "x", "99999999999999999999"] {
            check(&format!("limit={bad}"), Err("a whole number from 1 to 100"));
        }
    }

    #[test]
    fn a_list_in_memory_is_paged_by_name() {
        let page = |after: Option<&str>| {
            let paging = Paging { limit: 2, cursor: after.map(str::to_owned) };
            page_by_name("things", &paging, vec!["c", "a", "b", "d"], |name| name)
        };
        assert_eq!(page(None), (vec!["a", "b"], Some(next_cursor("things", "b"))));
        assert_eq!(page(Some("b")), (vec!["c", "d"], None), "the last page is full");
        assert_eq!(page(Some("c")), (vec!["d"], None));
        assert_eq!(page(Some("d")), (vec![], None));
    }

    #[test]
    fn a_cursor_belongs_to_its_list() {
        check(&format!("cursor={}", next_cursor("things", "{\"pk\":\"a\nb\"}")), Ok((25, Some("{\"pk\":\"a\nb\"}"))));
        check(&format!("cursor={}", next_cursor("others", "x")), Err("not a cursor of this list"));
        let mut torn = next_cursor("things", "some place");
        torn.truncate(torn.len() - 2);
        check(&format!("cursor={torn}"), Err("not a cursor of this list"));
        check("cursor=%00", Err("control character"));
        check("cursor=zzz", Err("not a cursor of this list"));
    }
}
