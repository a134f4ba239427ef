use std::collections::VecDeque;

use tokio::task::JoinSet;
use tokio::time::Instant;

/// Runs `jobs`, at most `at_once` at a time, and starts none after `deadline`. `done` takes each result and may give
/// further jobs. Jobs that were not started are dropped; those that run are waited for, so each has to keep the
/// deadline itself.
pub(crate) async fn run_bounded<J, R, F>(
    jobs: impl IntoIterator<Item = J>,
    at_once: usize,
    deadline: Instant,
    start: impl Fn(J) -> F,
    mut done: impl FnMut(R) -> Vec<J>,
) where
    R: Send + 'static,
    F: Future<Output = R> + Send + 'static,
{
    let mut waiting: VecDeque<J> = jobs.into_iter().collect();
    let mut running = JoinSet::new();
    loop {
        while running.len() < at_once
            && Instant::now() < deadline
            && let Some(job) = waiting.pop_front()
        {
            running.spawn(start(job));
        }
        match running.join_next().await {
            Some(Ok(result)) => waiting.extend(done(result)),
            Some(Err(error)) if error.is_panic() => std::panic::resume_unwind(error.into_panic()),
            Some(Err(_)) => {}
            None => return,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::time::Duration;

    use super::*;

    async fn run(jobs: usize, at_once: usize, budget: Duration) -> (usize, usize) {
        let (now, most) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
        let mut finished = 0;
        run_bounded(
            0..jobs,
            at_once,
            Instant::now() + budget,
            |_| {
                let (now, most) = (now.clone(), most.clone());
                async move {
                    most.fetch_max(now.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
                    tokio::time::sleep(Duration::from_millis(5)).await;
                    now.fetch_sub(1, Ordering::SeqCst);
                }
            },
            |()| {
                finished += 1;
                Vec::new()
            },
        )
        .await;
        (finished, most.load(Ordering::SeqCst))
    }

    #[tokio::test]
    async fn never_runs_more_than_allowed() {
        assert_eq!(run(10, 3, Duration::from_mins(1)).await, (10, 3));
    }

    #[tokio::test]
    async fn starts_nothing_after_the_deadline() {
        assert_eq!(run(10, 3, Duration::ZERO).await, (0, 0));
        assert!(run(1000, 1, Duration::from_millis(50)).await.0 < 1000);
    }
}
