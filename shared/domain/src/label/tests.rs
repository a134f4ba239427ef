//! Cases of Alertmanager's `matcher/parse/parse_test.go`, `matcher/oldparse/parse_test.go` and `matcher/matcher_test.go`,
//! re-expressed, and what the index finds against a scan.

use proptest::prelude::*;

use super::*;

fn labels(pairs: &[(&str, &str)]) -> Labels {
    pairs.iter().map(|(label, value)| ((*label).to_owned(), (*value).to_owned())).collect()
}

/// The text reads as these matchers, written out, or as none at all.
fn check(text: &str, expected: Result<&[&str], &str>) {
    let found = matcher::list(text);
    match (expected, &found) {
        (Ok(expected), Ok(found)) => {
            let shown: Vec<String> = found.iter().map(ToString::to_string).collect();
            assert_eq!(shown, expected, "{text}");
        }
        (Err(words), Err(error)) => assert!(error.to_string().contains(words), "{text}: {error}"),
        _ => panic!("{text}: {found:?} is not {expected:?}"),
    }
}

#[test]
fn todays_syntax_is_read() {
    check("", Ok(&[]));
    check("{}", Ok(&[]));
    for text in ["{foo=bar}", "{foo=bar,}", "foo=bar", "foo=bar,", "{\"foo\"=\"bar\"}", "{ \"foo\" = \"bar\" , }"] {
        check(text, Ok(&["foo=\"bar\""]));
    }
    check("{foo!=bar}", Ok(&["foo!=\"bar\""]));
    check("foo=~[a-z]+", Ok(&["foo=~\"[a-z]+\""]));
    check("{\"foo\"!~\"[a-z]+\"}", Ok(&["foo!~\"[a-z]+\""]));
    check("{foo=🙂bar}", Ok(&["foo=\"🙂bar\""]));
    check(r#"{"foo"="\xf0\x9f\x99\x82"}"#, Ok(&["foo=\"🙂\""]));
    check(r#"{"foo"="\U0001f642"}"#, Ok(&["foo=\"🙂\""]));
    check(r#"{"foo"="\101\u0042"}"#, Ok(&["foo=\"AB\""]));
    check(r#"{"foo"="bar\n"}"#, Ok(&[r#"foo="bar\n""#]));
    check(r#"{"foo"="bar\t"}"#, Ok(&["foo=\"bar\t\""]));
    check(r#"{"foo"="\"bar\""}"#, Ok(&[r#"foo="\"bar\"""#]));
    check(r#"{"foo"="bar\\"}"#, Ok(&[r#"foo="bar\\""#]));
    check("foo=\"bar\",bar!=\"baz\"", Ok(&["foo=\"bar\"", "bar!=\"baz\""]));
    check("{foo=bar,bar!=baz}", Ok(&["foo=\"bar\"", "bar!=\"baz\""]));
    check("\"foo bar\"=baz", Ok(&["\"foo bar\"=\"baz\""]));
}

#[test]
fn what_only_the_classic_syntax_takes_is_read_by_it() {
    check("{foo='}", Ok(&["foo=\"'\""]));
    check("{foo=\\\"}", Ok(&[r#"foo="\"""#]));
    check("job=", Ok(&["job=\"\""]));
    check("{foo=,bar=}}", Ok(&["foo=\"\"", "bar=\"}\""]));
    check("{foo=bar}},}", Ok(&["foo=\"bar}}\""]));
    check("{foo=bar\\t}", Ok(&[r#"foo="bar\\t""#]));
    check("{foo=bar\\n}", Ok(&[r#"foo="bar\n""#]));
    check("{foo=bar\\}", Ok(&[r#"foo="bar\\""#]));
    check("tricky=~~~", Ok(&["tricky=~\"~~\""]));
    check(r#"trickier==\\=\=\""#, Ok(&[r#"trickier="=\\=\\=\"""#]));
    check(
        r#"contains_quote != "\"" , contains_comma !~ "foo,bar" , "#,
        Ok(&[r#"contains_quote!="\"""#, "contains_comma!~\"foo,bar\""]),
    );
    check(r#"code=~"5\d+""#, Ok(&[r#"code=~"5\\d+""#]));
}

#[test]
fn what_is_no_matcher_is_refused_with_a_reason() {
    check(",", Err("a label's name is missing"));
    check("{,}", Err("a label's name is missing"));
    check("{", Err("the closing brace is missing"));
    check("}", Err("the opening brace is missing"));
    check("foo", Err("none of =, !=, =~ and !~"));
    check("{foo=:\"bar\"}", Err("neither a comma nor the end"));
    check(r#"{"foo"="\xf0\x9f"}"#, Err("not valid UTF-8"));
    check("job=\"value", Err("the closing quote is missing"));
    check("job=value\"", Err("neither a comma nor the end"));
    check("contains_unescaped_quote = foo\"bar", Err("neither a comma nor the end"));
    check("{{foo=", Err("a label's name is missing"));
    check("\"\"=x", Err("the label has no name"));
    check("{foo=~\"invalid[regexp\"}", Err("not a regular expression"));
    check("foo=~\"a)(b\"", Err("not a regular expression"));
    check("foo=~\"(a{1000}){1000}\"", Err("not a regular expression"));
    check(&format!("foo={}", "x".repeat(VALUE_BYTES_MAX + 1)), Err("longer than 1024 bytes"));
    check(&format!("{}=x", "f".repeat(LABEL_BYTES_MAX + 1)), Err("longer than 256 bytes"));
    assert_eq!("a=b,c=d".parse::<Matcher>(), Err(MatcherError::NotOne(2)));
    assert_eq!("{}".parse::<Matcher>(), Err(MatcherError::NotOne(0)));
    let many = (0..=MATCHERS_MAX).map(|n| format!("a{n}=b")).collect::<Vec<_>>().join(",");
    assert_eq!(many.parse::<Matchers>(), Err(MatcherError::TooMany(MATCHERS_MAX + 1)));
}

#[test]
fn a_value_satisfies_a_matcher() {
    let cases = [
        ("=", "bar", "bar", true),
        ("=", "bar", "foo-bar", false),
        ("!=", "bar", "bar", false),
        ("!=", "bar", "foo-bar", true),
        ("=~", "bar", "bar", true),
        ("=~", "bar", "foo-bar", false),
        ("=~", ".*bar", "foo-bar", true),
        ("!~", "bar", "bar", false),
        ("!~", "bar", "foo-bar", true),
        ("!~", ".*bar", "foo-bar", false),
        ("=~", "foo.bar", "foo-bar", true),
        ("=~", r"foo\.bar", "foo-bar", false),
        ("=~", r"foo\.bar", "foo.bar", true),
        ("=", "foo\nbar", "foo\nbar", true),
        ("=~", "foo.bar", "foo\nbar", false),
        ("=~", "(?s)foo.bar", "foo\nbar", true),
        ("=", "~!=\"", "~!=\"", true),
        // The shapes that are compared without running the expression.
        ("=~", ".*", "", true),
        ("=~", ".*", "a\nb", false),
        ("=~", ".+", "", false),
        ("=~", ".+", "a", true),
        ("=~", "a|b", "b", true),
        ("=~", "a|b", "ab", false),
        ("=~", "a|", "", true),
        ("=~", "x-(a|b)y", "x-by", true),
        ("=~", "x-(?:a|b)y", "x-ay", true),
        ("=~", "x-(a|b)y", "x-a", false),
        ("=~", "a.*", "abc", true),
        ("=~", "a.*", "a\n", false),
        ("=~", "ab?c", "ac", true),
        ("=~", "ab*", "a", true),
        ("=~", "ab{0,1}c", "ac", true),
        ("=~", "ab+c", "abbc", true),
        ("=~", "ab+c", "bbc", false),
        ("=~", "(?i)abc", "ABC", true),
        ("=~", "(a|b)(c|d)", "bc", true),
        ("=~", "a(b)?|c", "c", true),
        ("=~", ".*(lag|slow).*", "is slow now", true),
        ("=~", ".*(lag|slow).*", "slo", false),
        ("=~", ".*lag|slow.*", "slow", true),
        ("=~", ".*lag|slow.*", "a slow", false),
        ("=~", ".*lag.*", "lag\n", false),
        ("=~", r".*-1\.eu-[0-9]+\..*", "db-1.eu-22.net", true),
        ("=~", r".*-1\.eu-[0-9]+\..*", "db-1.us-22.net", false),
        ("=~", r"[ab]-?x\d+y{0,2}.z", "a-x1-z", true),
        ("=~", r".\x41\x42", "-AB", true),
        ("=~", ".a{2}b", "-aab", true),
        ("=~", "a+??b?", "b", true),
        ("=~", ".[]a]b", "-]b", true),
        ("=~", ".(?i)ab", "-AB", true),
        ("=~", "a[0-9]+.*", "a1b", true),
        ("=~", "a[0-9]+.*", "ab1", false),
        ("=~", "a[0-9]+.*", "a1\nb", false),
        ("=~", "(?s)a[0-9]+.*", "a1\nb", true),
        ("=~", "a[0-9]|b.*", "a1b", false),
        ("=~", r"[ab]\.*", "a..", true),
        ("=~", r"[ab]\.*", "a.b", false),
    ];
    for (operator, asked, value, expected) in cases {
        let operators = [Operator::Equal, Operator::NotEqual, Operator::Matches, Operator::NotMatches];
        let operator = operators.into_iter().find(|one| one.as_str() == operator).unwrap();
        let matcher = Matcher::new("label", operator, asked).unwrap();
        assert_eq!(matcher.matches(&labels(&[("label", value)])), expected, "{matcher} {value:?}");
        assert_eq!(matcher.to_string().parse::<Matcher>().as_ref(), Ok(&matcher), "it reads back as it is");
    }
}

#[test]
fn a_label_that_is_missing_is_equal_to_one_that_is_empty() {
    for (text, expected) in
        [("a=\"\"", true), ("a!=\"\"", false), ("a!=x", true), ("a=~\"x?\"", true), ("a=~.+", false)]
    {
        let matcher: Matcher = text.parse().unwrap();
        assert_eq!(matcher.matches(&labels(&[])), expected, "{text}");
        assert_eq!(matcher.matches(&labels(&[("a", "")])), expected, "{text}");
    }
}

#[test]
fn matchers_are_sorted_texts_in_every_format() {
    let matchers = Matchers::read(["{owner=\"team-A\"}", "level!=critical", "owner=team-A"]).unwrap();
    assert_eq!(matchers.to_string(), "{level!=\"critical\",owner=\"team-A\"}");
    assert_eq!(matchers.failing(&labels(&[("owner", "team-B")])).unwrap().label(), "owner");
    let json = serde_json::to_string(&matchers).unwrap();
    assert_eq!(json, r#"["level!=\"critical\"","owner=\"team-A\""]"#);
    assert_eq!(serde_json::from_str::<Matchers>(&json).unwrap(), matchers);
    let bytes = postcard::to_allocvec(&matchers).unwrap();
    assert_eq!(postcard::from_bytes::<Matchers>(&bytes).unwrap(), matchers);
}

#[test]
fn own_labels_do_not_hide_what_the_alert_is() {
    let own = labels(&[("severity", "none"), ("team", "shop")]);
    let service: ServiceName = "checkout".parse().unwrap();
    let whole = of("Errors", &service, (Severity::Sev1, Category::Technical), &own);
    let expected = [
        ("alertname", "Errors"),
        ("category", "technical"),
        ("service", "checkout"),
        ("severity", "SEV1"),
        ("team", "shop"),
    ];
    assert_eq!(whole, labels(&expected));
}

/// Texts of few labels and values, so that many match.
pub(crate) fn matchers() -> impl Strategy<Value = Matchers> {
    let value =
        prop_oneof!["[xyz]", "x\\|[yz]", "[xy]\\.\\*", "\\(x\\|y\\)", Just(String::new()), Just(".+".to_owned())];
    let operator = prop_oneof![4 => Just("="), 1 => Just("!="), 2 => Just("=~"), 1 => Just("!~")];
    let matcher =
        ("[abc]", operator, value).prop_map(|(label, operator, value)| format!("{label}{operator}\"{value}\""));
    proptest::collection::vec(matcher, 0..4)
        .prop_map(|texts| Matchers::read(texts.iter().map(String::as_str)).expect("these are matchers"))
}

/// Labels that [`matchers`] ask for.
pub(crate) fn some_labels() -> impl Strategy<Value = Labels> {
    proptest::collection::btree_map("[abc]", "[xyz]?", 0..4).prop_map(Labels::from)
}

proptest! {
    #[test]
    fn the_index_finds_what_a_scan_finds(
        lists in proptest::collection::vec(matchers(), 0..40), labels in some_labels(), from in 0u32..10,
    ) {
        let index = Index::new(&lists);
        let scanned = (0..).zip(&lists).skip(from as usize).find(|(_, list)| list.matches(&labels));
        let found = index.first(from, &labels, |position| lists[position as usize].matches(&labels));
        prop_assert_eq!(found, scanned.map(|(position, _)| position));
    }

    /// The shapes that are compared without running the expression.
    #[test]
    fn an_expression_is_taken_for_what_it_is(
        text in "((\\.\\*)?[ab.*+|()?\\\\\\[\\]]{0,7}|[abx1^$.*{}()\\\\\\[\\]-]{0,9})(\\.\\*)?", value in "[ab.|1x\n]{0,4}",
    ) {
        let plain = regex_lite::Regex::new(&text).and_then(|_| regex_lite::Regex::new(&format!("^(?:{text})$")));
        if let (Ok(plain), Ok(matcher)) = (plain, Matcher::new("l", Operator::Matches, text)) {
            prop_assert_eq!(matcher.matches_value(&value), plain.is_match(&value), "{}", matcher);
        }
    }

    #[test]
    fn every_matcher_reads_back(label in "\\PC{1,5}", value in "[\\PC\n\t\"\\\\]{0,5}") {
        let matcher = Matcher::new(label, Operator::NotEqual, value).expect("any text can be compared");
        prop_assert_eq!(matcher.to_string().parse::<Matcher>(), Ok(matcher));
    }

    #[test]
    fn no_text_breaks_the_reader(text in "[ab=!~{},\"\\\\nxuU0 \u{e9}]{0,12}") {
        let _ = text.parse::<Matchers>();
    }
}
