use std::time::Duration;

/// CPU time of the calling thread.
pub(crate) fn of_this_thread() -> Duration {
    let text = std::fs::read_to_string("/proc/thread-self/schedstat").expect("Linux counts it");
    let nanoseconds = text.split_whitespace().next().expect("its first word is the time on the CPU");
    Duration::from_nanos(nanoseconds.parse().expect("a number"))
}

/// The middle one.
pub(crate) fn median<T: Copy + PartialOrd>(mut numbers: Vec<T>) -> T {
    numbers.sort_by(|a, b| a.partial_cmp(b).expect("no NaN is measured"));
    numbers[numbers.len() / 2]
}
