use proptest::prelude::*;

use super::header::message;
use super::mask::mask;
use super::words::Words;
use super::*;

fn check_mask(token: &str, expected: &str) {
    let mut masked = String::new();
    mask(token, &mut masked);
    assert_eq!(masked, expected, "{token}");
}

fn masked(line: &str) -> String {
    let mut words = Words::default();
    words.read(line);
    words.tokens().collect::<Vec<_>>().join(" ")
}

/// The template of each line, once all were seen.
fn templates(lines: &[&str]) -> Vec<String> {
    let mut miner = Miner::default();
    let ids: Vec<_> = lines.iter().map(|line| miner.add(line)).collect();
    ids.into_iter().map(|id| miner.text(id).expect("nothing is forgotten")).collect()
}

#[test]
fn values_in_tokens() {
    for value in [
        "0",
        "-1.5",
        "12KB",
        "30ms",
        "99%",
        "0x7f",
        "2026-01-31T14:06:00Z",
        "14:06",
        "14:06:00,123",
        "10.0.0.1",
        "10.0.0.1:80",
        "00:1a:2b:3c:4d:5e",
        "fe80:0:0:0:1",
        "550e8400-e29b-41d4-a716-446655440000",
        "deadbeef0123",
        "blk_-3544583377289625738",
        "attempt_1445144423722_0020_m_000000_0",
        "/var/log/syslog",
        "ip-10-0-0-1.ec2.internal",
        "proxy.cse.cuhk.edu.hk:5070",
        "GitHub.com:443",
    ] {
        check_mask(value, "<*>");
    }
    for word in [
        "started",
        "SOCKS5",
        "user's",
        "read/write",
        "e.g.",
        "android.intent.action.TIME_TICK",
        "(reserved)",
        "-",
        "...",
        "über",
    ] {
        check_mask(word, word);
    }
    check_mask("[10.0.0.1]:", "[<*>]:");
    check_mask("rhost=218.188.2.4,", "rhost=<*>,");
    check_mask("status:200", "status:<*>");
    check_mask("host1/10.0.0.1:8020", "host1/<*>");
    check_mask("https://example.com/a?b=c", "<*>?b=c");
}

#[test]
fn values_by_their_neighbours() {
    for (line, expected) in [
        ("at Sat Jun 18 02:08:12 2005", "at <*>"),
        ("on Sun day", "on Sun day"),
        ("session opened for user cyrus by (uid=0)", "session opened for user <*> by (uid=<*>)"),
        ("rhost=zummit.com user=root", "rhost=<*> user=<*>"),
        ("426 bytes sent, 18846 bytes (18.4 KB) received", "<*> sent, <*> received"),
        ("from 1.2.3.4 (a.b.com) at", "from <*> at"),
        ("took 5 seconds.", "took <*>."),
        ("the user", "the user"),
    ] {
        assert_eq!(masked(line), expected, "{line}");
    }
}

#[test]
fn headers_do_not_count() {
    for (line, expected) in [
        ("[Sun Dec 04 04:47:44 2005] [notice] workerEnv.init() ok", "workerEnv.init() ok"),
        ("081109 203615 148 INFO dfs.DataNode$PacketResponder: PacketResponder 1 done", "PacketResponder 1 done"),
        ("2015-10-18 18:01:47,978 INFO [main] org.apache.App: Created it", "Created it"),
        ("20171223-22:15:29:606|Step_LSC|30002312|onStand|3579", "onStand|3579"),
        ("Jun 14 15:16:01 combo sshd(pam_unix)[19939]: check pass; user unknown", "check pass; user unknown"),
        ("[10.30 16:49:06] chrome.exe - host.example.com:5070 close, 0 bytes", "host.example.com:5070 close, 0 bytes"),
        ("2026-01-31T14:06:00Z WARN retrying: attempt 3", "retrying: attempt 3"),
        ("ERROR: it broke", "it broke"),
        ("10.11.10.1 \"GET /a/b\" status: 200", "10.11.10.1 \"GET /a/b\" status: 200"),
        ("Error while reading", "Error while reading"),
        ("it works", "it works"),
        ("2026-01-31", "2026-01-31"),
        ("", ""),
    ] {
        assert_eq!(message(line), expected, "{line}");
    }
}

#[test]
fn few_words_in_a_place_are_words_and_many_are_values() {
    let states = ["VM Started", "VM Paused", "VM Resumed", "VM Started"];
    assert_eq!(templates(&states), states);
    let names = ["alice", "bob", "carol", "dave", "erin", "frank", "grace"];
    let lines: Vec<_> = names.iter().map(|name| format!("hello {name} welcome")).collect();
    let lines: Vec<&str> = lines.iter().map(String::as_str).collect();
    // The first words of a line tell templates apart before anything is compared.
    assert_eq!(templates(&lines).len(), 7);
    let lines: Vec<_> = names.iter().map(|name| format!("mail was sent to {name} today")).collect();
    let lines: Vec<&str> = lines.iter().map(String::as_str).collect();
    assert_eq!(templates(&lines), ["mail was sent to <*> today"; 7]);
}

#[test]
fn what_was_found_to_be_the_same_has_one_id() {
    let mut miner = Miner::default();
    let ids: Vec<_> =
        ["a", "b", "c", "d", "e", "f"].map(|word| miner.add(&format!("it was sent to {word} now"))).to_vec();
    assert!(ids.iter().all(|id| miner.resolve(*id) == TemplateId(0)), "{ids:?}");
    assert_eq!(miner.add("it was sent to g now"), TemplateId(0));
}

#[test]
fn there_is_room_for_so_many() {
    let mut miner = Miner::with_room(2);
    let [first, second] = ["one thing", "another matter"].map(|line| miner.add(line));
    miner.add("one thing");
    miner.add("third affair entirely");
    assert_eq!(miner.text(first).as_deref(), Some("one thing"));
    assert_eq!(miner.text(second), None);
    assert_ne!(miner.add("another matter"), second);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn every_line_has_a_template_that_is_as_long(lines in proptest::collection::vec(".{0,80}", 1..40)) {
        let mut miner = Miner::default();
        for line in &lines {
            let id = miner.add(line);
            let text = miner.text(id).expect("it was just seen");
            prop_assert_eq!(text.split_whitespace().count(), masked(message(line)).split_whitespace().count());
        }
    }
}
