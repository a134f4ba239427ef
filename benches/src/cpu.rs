use std::time::Duration;

/// CPU time of the calling thread.
pub(crate) fn of_this_thread() -> Duration {
    let text = std::fs::read_to_string("/proc/thread-self/schedstat").expect("Linux counts it");
    let nanoseconds = text.split_whitespace().next().expect("its first word is the time on the CPU");
    Duration::from_nanos(nanoseconds.parse().expect("a number"))
}

/// CPU time of all processes that this one started and has waited for, in hundredths of a second.
pub(crate) fn of_children() -> Duration {
    let text = std::fs::read_to_string("/proc/self/stat").expect("Linux counts it");
    // Behind the name, which may hold blanks, follow the state and the other fields; the 14th and 15th are these.
    let fields = text.rsplit_once(") ").expect("a name in brackets").1.split_whitespace();
    let hundredths: u64 = fields.skip(13).take(2).map(|field| field.parse::<u64>().expect("a number")).sum();
    Duration::from_millis(hundredths * 10)
}

/// The middle one.
pub(crate) fn median<T: Copy + PartialOrd>(mut numbers: Vec<T>) -> T {
    numbers.sort_by(|a, b| a.partial_cmp(b).expect("no NaN is measured"));
    numbers[numbers.len() / 2]
}
