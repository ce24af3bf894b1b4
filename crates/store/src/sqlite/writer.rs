//! One thread writes. It takes whatever has queued up into one transaction, so that a wait for the disk is shared by all who
//! wait for it (group commit), and answers nobody before the disk has answered.

use std::io;
use std::sync::mpsc::{self, Receiver, Sender, SyncSender};
use std::thread::{self, JoinHandle};

use rusqlite::{Connection, Transaction, TransactionBehavior};

/// Jobs per transaction at most: bounds how long the first of a group waits for the others.
const GROUP: usize = 512;

/// The thread that owns the one connection that writes. Dropping it ends the thread after the jobs it has.
pub(super) struct Writer {
    jobs: Option<Sender<Box<dyn Job>>>,
    thread: Option<JoinHandle<()>>,
}

/// Why a job was not done.
#[derive(Debug)]
pub(super) enum Refusal {
    /// The database's words.
    Said(String),
    /// The thread has ended.
    Gone,
}

impl Writer {
    /// Hands the connection to a new thread.
    pub(super) fn start(conn: Connection) -> io::Result<Writer> {
        let (jobs, queue) = mpsc::channel();
        let thread = thread::Builder::new().name("lamella-writer".into()).spawn(move || serve(&conn, &queue))?;
        Ok(Writer { jobs: Some(jobs), thread: Some(thread) })
    }

    /// Does `work` on the writing connection; returns when it is durable, or has left no trace.
    pub(super) fn ask<T, W>(&self, work: W) -> Result<T, Refusal>
    where
        T: Send + 'static,
        W: FnOnce(&Connection) -> rusqlite::Result<T> + Send + 'static,
    {
        let (reply, answer) = mpsc::sync_channel(1);
        let job = Box::new(Asked { work: Some(work), result: None, reply });
        let jobs = self.jobs.as_ref().ok_or(Refusal::Gone)?;
        jobs.send(job).map_err(|_| Refusal::Gone)?;
        let done = answer.recv().map_err(|_| Refusal::Gone)?;
        done.map_err(Refusal::Said)
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        self.jobs = None;
        if let Some(thread) = self.thread.take() {
            // an error here is the thread's own panic; whoever asked it has been told `Gone`
            let _ = thread.join();
        }
    }
}

/// A question whose type of answer the thread need not know.
trait Job: Send {
    /// Does the work and keeps its result.
    fn run(&mut self, conn: &Connection) -> Result<(), String>;
    /// Sends the result, or what befell the whole group.
    fn answer(self: Box<Self>, group: &Result<(), String>);
}

struct Asked<T, W> {
    work: Option<W>,
    result: Option<Result<T, String>>,
    reply: SyncSender<Result<T, String>>,
}

impl<T, W> Job for Asked<T, W>
where
    T: Send,
    W: FnOnce(&Connection) -> rusqlite::Result<T> + Send,
{
    fn run(&mut self, conn: &Connection) -> Result<(), String> {
        let Some(work) = self.work.take() else {
            return Ok(());
        };
        let result = work(conn).map_err(|why| why.to_string());
        let done = result.as_ref().map(drop).map_err(String::clone);
        self.result = Some(result);
        done
    }

    fn answer(self: Box<Self>, group: &Result<(), String>) {
        let answer = match group {
            Ok(()) => self.result,
            Err(why) => Some(Err(why.clone())),
        };
        if let Some(answer) = answer {
            // whoever asked waits for this, unless their thread has died
            let _ = self.reply.send(answer);
        }
    }
}

fn serve(conn: &Connection, queue: &Receiver<Box<dyn Job>>) {
    while let Ok(first) = queue.recv() {
        let mut group = vec![first];
        group.extend(queue.try_iter().take(GROUP - 1));
        let ended = write(conn, &mut group);
        for job in group {
            job.answer(&ended);
        }
        if !conn.is_autocommit() {
            // neither committed nor rolled back: nothing more can be promised on this connection
            return;
        }
    }
}

/// One transaction for the group; on any error nothing of it remains.
fn write(conn: &Connection, group: &mut [Box<dyn Job>]) -> Result<(), String> {
    let words = |why: rusqlite::Error| why.to_string();
    let transaction = Transaction::new_unchecked(conn, TransactionBehavior::Immediate).map_err(words)?;
    for job in group {
        run_apart(&transaction, job.as_mut())?;
    }
    transaction.commit().map_err(words)
}

/// Runs one job so that its failure takes back its own writes and nobody else's. An error is the whole group's: on a full disk
/// SQLite may give up the transaction with the statement.
fn run_apart(conn: &Connection, job: &mut dyn Job) -> Result<(), String> {
    let say = |sql| {
        let done = conn.prepare_cached(sql).and_then(|mut said| said.execute([]));
        done.map(drop).map_err(|why| why.to_string())
    };
    say("SAVEPOINT job")?;
    if let Err(why) = job.run(conn) {
        if conn.is_autocommit() {
            return Err(why);
        }
        say("ROLLBACK TO job")?;
    }
    say("RELEASE job")
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::panic)]
mod tests {
    use std::sync::{Arc, Barrier};
    use std::thread;

    use rusqlite::{Connection, Result, params};

    use super::{Refusal, Writer};

    fn writer() -> Writer {
        let conn = Connection::open_in_memory().unwrap();
        conn.execute_batch(
            "PRAGMA foreign_keys = on;
             CREATE TABLE parent (n INTEGER PRIMARY KEY);
             CREATE TABLE line (n INTEGER UNIQUE, body BLOB);
             CREATE TABLE child (n INTEGER REFERENCES parent DEFERRABLE INITIALLY DEFERRED);",
        )
        .unwrap();
        Writer::start(conn).unwrap()
    }

    fn put(conn: &Connection, n: i64) -> Result<usize> {
        conn.execute("INSERT INTO line (n) VALUES (?1)", [n])
    }

    fn lines(writer: &Writer) -> i64 {
        writer.ask(|conn| conn.query_row("SELECT count(*) FROM line", [], |row| row.get(0))).unwrap()
    }

    /// Asks `works` so that all of them fall into one group: the writer is kept busy until they have queued up.
    fn together<W>(writer: &Writer, works: Vec<W>) -> Vec<Result<usize, Refusal>>
    where
        W: FnOnce(&Connection) -> Result<usize> + Send + 'static,
    {
        let gate = Arc::new(Barrier::new(2));
        let busy = Arc::clone(&gate);
        thread::scope(|scope| {
            let held = scope.spawn(move || {
                writer.ask(move |_| {
                    busy.wait();
                    busy.wait();
                    Ok(())
                })
            });
            gate.wait();
            let asked: Vec<_> = works.into_iter().map(|work| scope.spawn(|| writer.ask(work))).collect();
            thread::sleep(std::time::Duration::from_millis(100));
            gate.wait();
            held.join().unwrap().unwrap();
            asked.into_iter().map(|one| one.join().unwrap()).collect()
        })
    }

    #[test]
    fn a_failing_job_takes_back_its_own_writes_only() {
        let writer = writer();
        let work = |n: i64| {
            move |conn: &Connection| {
                put(conn, n)?;
                // odd ones fail after their first write
                put(conn, if n % 2 == 1 { n } else { n + 100 })
            }
        };
        let done = together(&writer, (0..10).map(work).collect());
        assert_eq!(done.iter().filter(|one| one.is_ok()).count(), 5);
        assert_eq!(lines(&writer), 10);
    }

    #[test]
    fn a_failing_commit_is_told_to_everyone_in_the_group_and_leaves_nothing() {
        let writer = writer();
        let work = |n: i64| {
            move |conn: &Connection| {
                put(conn, n)?;
                // a child without parent is found out at the commit
                conn.execute("INSERT INTO child SELECT ?1 WHERE ?1 = 3", [n])
            }
        };
        let done = together(&writer, (0..5).map(work).collect());
        assert!(done.iter().all(|one| matches!(one, Err(Refusal::Said(why)) if why.contains("FOREIGN KEY"))), "{done:?}");
        assert_eq!(lines(&writer), 0);
        writer.ask(|conn| put(conn, 1)).unwrap();
        assert_eq!(lines(&writer), 1);
    }

    #[test]
    fn a_full_disk_is_an_answer_and_the_writer_goes_on_when_there_is_room_again() {
        let writer = writer();
        let limit = |pages: u32| {
            writer.ask(move |conn| conn.pragma_update_and_check(None, "max_page_count", pages, |_| Ok(()))).unwrap();
        };
        let fill = |n: i64| writer.ask(move |conn| conn.execute("INSERT INTO line VALUES (?1, zeroblob(20000))", params![n]));
        // three tables, an index and the schema take 5 pages; a row takes 5 more
        limit(12);
        fill(1).unwrap();
        assert!(matches!(fill(2), Err(Refusal::Said(why)) if why.contains("full")));
        limit(1000);
        fill(2).unwrap();
        assert_eq!(lines(&writer), 2);
    }

    #[test]
    fn when_the_thread_has_died_every_call_is_answered() {
        let writer = writer();
        let work = |n: i64| {
            move |conn: &Connection| {
                if n == 2 { panic!("on purpose") } else { put(conn, n) }
            }
        };
        let done = together(&writer, (0..5).map(work).collect());
        assert!(done.iter().all(|one| matches!(one, Err(Refusal::Gone))), "{done:?}");
        assert!(matches!(writer.ask(|conn| put(conn, 7)), Err(Refusal::Gone)));
    }
}
