//! The same work on many things, on all cores.

use std::io;
use std::num::NonZero;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

/// Lowering and evaluation stop at depths of their own, which leave room for any sane template. A
/// build without optimisation needs more stack for the same depth than a thread has by default, and
/// an overflow cannot be caught. Pages of it that stay unused cost nothing.
const STACK: usize = 32 << 20;

/// What `work` makes of each item, in their order; it must not panic. The error is the system's when
/// it refuses even one thread.
pub(crate) fn each<T: Sync, R: Send>(
    items: &[T],
    work: impl Fn(&T) -> R + Sync,
) -> io::Result<Vec<R>> {
    let next = AtomicUsize::new(0);
    let share = || {
        let mut done = Vec::new();
        loop {
            let index = next.fetch_add(1, Ordering::Relaxed);
            let Some(item) = items.get(index) else {
                return done;
            };
            done.push((index, work(item)));
        }
    };
    let cores = thread::available_parallelism().map_or(1, NonZero::get);
    let mut done = thread::scope(|scope| {
        let mut workers = Vec::new();
        for _ in 0..cores.min(items.len()) {
            match thread::Builder::new()
                .stack_size(STACK)
                .spawn_scoped(scope, share)
            {
                Ok(worker) => workers.push(worker),
                Err(error) if workers.is_empty() => return Err(error),
                // Those that run share the work.
                Err(_) => break,
            }
        }
        Ok(workers
            .into_iter()
            .flat_map(|worker| worker.join().expect("the work does not panic"))
            .collect::<Vec<_>>())
    })?;
    done.sort_by_key(|(index, _)| *index);
    Ok(done.into_iter().map(|(_, result)| result).collect())
}

/// Does work that needs as deep a stack, which must not panic. The error is the system's when it
/// refuses a thread.
pub(crate) fn deep<R: Send>(work: impl FnOnce() -> R + Send) -> io::Result<R> {
    thread::scope(|scope| {
        let worker = thread::Builder::new()
            .stack_size(STACK)
            .spawn_scoped(scope, work)?;
        Ok(worker.join().expect("the work does not panic"))
    })
}

#[cfg(test)]
mod tests {
    use super::each;

    #[test]
    fn results_keep_the_order_of_the_items() {
        let items: Vec<u64> = (0..1_000).collect();
        let results = each(&items, |item| {
            // The first ones take longest.
            (0..(1_000 - item) * 10).fold(*item, |sum, _| std::hint::black_box(sum))
        });
        assert_eq!(results.unwrap(), items);
        assert!(each(&[], |item: &u64| *item).unwrap().is_empty());
    }
}
