//! What in a token is a value: each is written as [`VALUE`].

/// Stands for a value.
pub(super) const VALUE: &str = "<*>";
/// A name with so many digits is an identifier.
const DIGITS_OF_AN_IDENTIFIER: usize = 4;
/// So many hexadecimal digits are one, if a digit is among them.
const HEX_MIN: usize = 12;
/// A name of so many parts between dots, in lower case, is that of a host.
const HOST_PARTS: usize = 3;
const UNITS: [&str; 22] = [
    "b", "kb", "mb", "gb", "tb", "kib", "mib", "gib", "k", "m", "g", "ns", "us", "ms", "s", "sec", "secs", "min", "h",
    "d", "%", "x",
];

/// Appends `token` to `out`, with its values masked.
pub(super) fn mask(token: &str, out: &mut String) {
    if token.bytes().all(|byte| byte.is_ascii_alphabetic()) {
        out.push_str(token);
        return;
    }
    let begin = out.len();
    let mut values = 0;
    let mut rest = token;
    while !rest.is_empty() {
        let inside = rest.find(|c: char| !is_atom(c)).unwrap_or(rest.len());
        if inside == 0 {
            let mark = rest.chars().next().map_or(1, char::len_utf8);
            out.push_str(&rest[..mark]);
            rest = &rest[mark..];
        } else {
            values += atom(&rest[..inside], out);
            rest = &rest[inside..];
        }
    }
    if values > 1 {
        collapse(out, begin);
    }
}

fn is_atom(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '_' | '.' | ':' | '/' | '$' | '@' | '%' | '+' | '~' | '-')
}

/// One run of letters, digits and the marks that hold names, times and paths together; returns how many values it has.
fn atom(atom: &str, out: &mut String) -> usize {
    let core = atom.trim_end_matches(['.', ':', '-', '/']);
    let core = if core.is_empty() { atom } else { core };
    let shape = Shape::of(core);
    let values = if shape.is_plain() {
        out.push_str(core);
        0
    } else if shape.is_value(core) {
        out.push_str(VALUE);
        1
    } else if shape.slashes + shape.colons > 0
        && let Some(split) = core.find([':', '/'])
    {
        let before = self::atom(&core[..split], out);
        out.push_str(&core[split..=split]);
        before + self::atom(&core[split + 1..], out)
    } else {
        out.push_str(core);
        0
    };
    out.push_str(&atom[core.len()..]);
    values
}

/// How often what occurs in a run.
#[derive(Default)]
struct Shape {
    digits: usize,
    lower: usize,
    upper: usize,
    dots: usize,
    colons: usize,
    slashes: usize,
    /// `-` and `_`.
    dashes: usize,
    others: usize,
}

impl Shape {
    fn of(text: &str) -> Self {
        let mut shape = Self::default();
        for byte in text.bytes() {
            let count = match byte {
                b'0'..=b'9' => &mut shape.digits,
                b'a'..=b'z' => &mut shape.lower,
                b'A'..=b'Z' => &mut shape.upper,
                b'.' => &mut shape.dots,
                b':' => &mut shape.colons,
                b'/' => &mut shape.slashes,
                b'-' | b'_' => &mut shape.dashes,
                _ => &mut shape.others,
            };
            *count += 1;
        }
        shape
    }

    /// Nothing in it can be a value.
    fn is_plain(&self) -> bool {
        self.digits + self.slashes + self.dots + self.colons == 0
    }

    fn letters(&self) -> usize {
        self.lower + self.upper
    }

    fn is_value(&self, text: &str) -> bool {
        if self.slashes > 0 {
            return self.is_path(text);
        }
        if self.digits == 0 {
            return self.is_host(text);
        }
        let is_identifier = self.digits >= DIGITS_OF_AN_IDENTIFIER && self.dots + self.colons + self.others == 0;
        is_identifier || self.is_moment(text) || is_number(text) || self.is_hex(text) || self.is_host(text)
    }

    /// Two segments or more, or an address with a scheme.
    fn is_path(&self, text: &str) -> bool {
        self.slashes >= 2 && self.letters() + self.digits > 0 || self.colons > 0 && text.contains("://")
    }

    /// Digits between colons, dots and dashes: times, dates, addresses.
    fn is_moment(&self, text: &str) -> bool {
        let letters =
            if self.letters() > 0 { text.bytes().filter(|byte| matches!(byte, b'T' | b'Z')).count() } else { 0 };
        self.letters() == letters
            && text.bytes().all(|byte| byte < 0x80 && byte != b'$' && byte != b'@' && byte != b'~' && byte != b'%')
    }

    /// Hexadecimal digits: many, after `0x`, or between two colons or more.
    fn is_hex(&self, text: &str) -> bool {
        let is_hex = |byte: u8| byte.is_ascii_hexdigit();
        if let Some(digits) = text.strip_prefix("0x").or(text.strip_prefix("0X")) {
            return digits.bytes().all(is_hex);
        }
        if self.colons >= 2 {
            return text.bytes().all(|byte| is_hex(byte) || byte == b':');
        }
        text.len() >= HEX_MIN && text.bytes().all(|byte| is_hex(byte) || byte == b'-')
    }

    /// A dotted name in lower case, or any dotted name with a port.
    fn is_host(&self, text: &str) -> bool {
        if self.dots == 0 || self.others > 0 || self.colons > 1 {
            return false;
        }
        let (name, port) = text.split_once(':').unwrap_or((text, "0"));
        let is_port = !port.is_empty() && port.bytes().all(|byte| byte.is_ascii_digit());
        let parts = if self.colons == 1 { 2 } else { HOST_PARTS };
        is_port
            && (self.upper == 0 || self.colons == 1)
            && self.dots + 1 >= parts
            && name.split('.').all(|part| !part.is_empty())
    }
}

/// A number, also with a sign, a fraction or a unit.
fn is_number(text: &str) -> bool {
    let text = text.strip_prefix(['-', '+']).unwrap_or(text);
    let end = text.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(text.len());
    let (number, unit) = text.split_at(end);
    number.bytes().any(|byte| byte.is_ascii_digit())
        && (unit.is_empty() || UNITS.iter().any(|known| unit.eq_ignore_ascii_case(known)))
}

/// Values that only a mark keeps apart are one.
fn collapse(out: &mut String, begin: usize) {
    let mut at = begin;
    while let Some(found) = out[at..].find(VALUE) {
        at += found + VALUE.len();
        let mut next = at;
        while let Some(bytes) = joined(&out[next..]) {
            next += bytes;
        }
        out.replace_range(at..next, "");
    }
}

/// The length of a value at the beginning, perhaps behind a mark.
fn joined(rest: &str) -> Option<usize> {
    let mark = usize::from(rest.starts_with([':', '.', '-', '/', '_', ',', '@']));
    rest[mark..].starts_with(VALUE).then_some(mark + VALUE.len())
}
