//! The same work for many people, on several threads.

/// Something of each of so many people, in their order, whatever the number of threads. `None` where one is, or a thread died.
pub fn on_threads<T: Send>(people: u64, threads: usize, of: impl Fn(u64) -> Option<T> + Sync) -> Option<Vec<T>> {
    let each = people.div_ceil(threads.max(1) as u64).max(1);
    let of = &of;
    std::thread::scope(|scope| {
        let starts = (0..people).step_by(usize::try_from(each).unwrap_or(usize::MAX));
        let part = |from: u64| move || (from..(from + each).min(people)).map(of).collect::<Option<Vec<T>>>();
        let workers: Vec<_> = starts.map(|from| scope.spawn(part(from))).collect();
        let parts: Option<Vec<Vec<T>>> = workers.into_iter().map(|worker| worker.join().ok().flatten()).collect();
        parts.map(|parts| parts.into_iter().flatten().collect())
    })
}
