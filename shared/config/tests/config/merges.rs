use crate::sound::{SOUND, edited, mistakes, read};

const OWN: &str = "    signal: { series: latency }\n    unit: milliseconds\n";

/// The cases of <https://yaml.org/type/merge.html>.
#[test]
fn a_merge_key_gives_the_fields_that_are_not_written() {
    for merged in [
        "    <<: { signal: { series: latency }, unit: milliseconds }\n",
        "    unit: milliseconds\n    <<: { signal: { series: latency }, unit: seconds }\n",
        "    <<: { signal: { series: latency }, unit: seconds }\n    unit: milliseconds\n",
        "    <<: [ { unit: milliseconds }, { signal: { series: latency }, unit: seconds } ]\n",
        "    <<: { <<: { signal: { series: orders }, unit: milliseconds }, signal: { series: latency } }\n",
    ] {
        let text = edited(&[(OWN, merged)]);
        assert_eq!(mistakes(&text), "", "{merged}");
        assert_eq!(read(&text).unwrap(), read(SOUND).unwrap(), "{merged}");
    }
}

#[test]
fn what_is_wrong_in_merged_fields_is_told_where_it_stands() {
    let text = edited(&[(OWN, "    <<: { signal: { series: latency }, unit: hours }\n")]);
    let found = mistakes(&text);
    assert!(found.contains("monitors[1].unit: "), "{found}");
}
