//! `tocsin templates` as its users call it.

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

const LOG: &[u8] = b"2026-01-31 14:06:00 INFO took 5 ms for /a/b\r\n\
2026-01-31 14:06:01 WARN took 17 ms for /c/d\n\
\n\
{\"level\":\"error\",\"msg\":\"cart 17 is gone\"}\n\
{\"level\":\"error\",\"msg\":\"cart 4 is gone\"}\n\
{\"level\":\"error\",\"msg\":\"cart 4 is gone\",\"trace\":\"t\"}\n\
{not json}\n\
\xff no UTF-8";
const ROWS: &str = "line,template_id,template
1,0,took <*> for <*>
2,0,took <*> for <*>
3,1,
4,2,\"{level,msg} cart <*> is gone\"
5,2,\"{level,msg} cart <*> is gone\"
6,3,\"{level,msg,trace} cart <*> is gone\"
7,4,{not json}
8,5,\u{fffd} no UTF-8
";
const SUMMARY: &str = "8 lines, 6 templates
   count   share    first     last    id  template
       2  25.00%        1        2     0  took <*> for <*>
       2  25.00%        4        5     2  {level,msg} cart <*> is gone
       1  12.50%        3        3     1  ";

fn templates(folder: &Path, arguments: &[&str]) -> (Option<i32>, String, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_tocsin"));
    let Output { status, stdout, stderr } =
        command.current_dir(folder).arg("templates").args(arguments).output().expect("tocsin starts");
    let text = |bytes| String::from_utf8(bytes).expect("tocsin prints UTF-8");
    (status.code(), text(stdout), text(stderr))
}

#[test]
fn a_row_for_each_line_and_a_summary() {
    let folder = tempfile::tempdir().expect("a folder can be made");
    fs::write(folder.path().join("a.log"), LOG).expect("a file can be written");
    let (code, rows, summary) = templates(folder.path(), &["a.log"]);
    assert_eq!((code, rows.as_str()), (Some(0), ROWS));
    assert!(summary.starts_with(SUMMARY), "{summary}");
    let (code, summary, told) = templates(folder.path(), &["a.log", "--out", "a.csv"]);
    assert_eq!((code, told.as_str()), (Some(0), ""));
    assert!(summary.starts_with(SUMMARY), "{summary}");
    assert_eq!(fs::read_to_string(folder.path().join("a.csv")).expect("it is written"), ROWS);
}

#[test]
fn what_cannot_be_read_or_written() {
    let folder = tempfile::tempdir().expect("a folder can be made");
    fs::write(folder.path().join("a.log"), LOG).expect("a file can be written");
    for (arguments, words) in [
        (vec!["missing.log"], "missing.log: No such file"),
        (vec!["."], ".: Is a directory"),
        (vec!["a.log", "--out", "no/such/folder.csv"], "no/such/folder.csv: No such file"),
        (vec!["a.log", "--out", "a.log"], "a.log: would be overwritten"),
    ] {
        let (code, rows, told) = templates(folder.path(), &arguments);
        assert_eq!((code, rows.as_str()), (Some(2), ""), "{told}");
        assert!(told.starts_with(words), "{told}");
    }
    assert_eq!(fs::read(folder.path().join("a.log")).expect("it is there"), LOG);
}
