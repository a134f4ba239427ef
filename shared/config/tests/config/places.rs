use config::Reading;

const FILES: [(&str, &str); 2] = [
    (
        "a.yaml",
        "version: 1\ninclude: [ b.yaml ]\nsources: [ { name: cw, kind: cloudwatch } ]\nservices:\n  - name: shop\n    owner: me\n    resources:\n      - { kind: sqs-queue, queue: q }\n",
    ),
    (
        "b.yaml",
        "monitors:\n  - name: old\n    service: shop\n    signal: { series: q.age }\n    conditions:\n      - severity: SEV2\n        when: \"> 900\"\n      - { severity: SEV3, when: \"> 60\" }\n    datapoints: { breaching: 1, of: 1 }\n",
    ),
];

fn check(part: &str, expected: &str) {
    let mut reading = Reading::of("a.yaml");
    while let Some(name) = reading.wanted() {
        let text = FILES.iter().find(|(file, _)| *file == name).map(|(_, text)| (*text).to_owned());
        reading.give(text.ok_or_else(|| "is not there".to_owned()));
    }
    let (_, places) = reading.finish_placed(None).expect("it is sound");
    let at = places.find(part);
    assert_eq!(format!("{}:{}:{} {}", at.file, at.line, at.column, at.field), expected, "{part}");
}

#[test]
fn each_part_knows_where_it_is_written() {
    check("sources/cw", "a.yaml:3:12 sources[0]");
    check("services/shop", "a.yaml:5:5 services[0]");
    check("monitors/old", "b.yaml:2:5 monitors[0]");
    check("monitors/old/when/SEV2", "b.yaml:7:15 monitors[0].conditions[0].when");
    check("monitors/old/when/SEV3", "b.yaml:8:33 monitors[0].conditions[1].when");
}

#[test]
fn what_comes_with_a_resource_is_where_the_resource_is() {
    check("series/shop/q.age", "a.yaml:8:9 services[0].resources[0]");
    check("monitors/shop/q/age/when/SEV3", "a.yaml:8:9 services[0].resources[0]");
}

#[test]
fn what_is_not_written_is_where_it_belongs() {
    check("monitors/old/when/SEV4", "b.yaml:2:5 monitors[0]");
    check("", "a.yaml:1:1 ");
    check("slos/none", "a.yaml:1:1 ");
}
