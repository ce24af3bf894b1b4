//! The command `lamella`.
//!
//! Exit codes: 0 fine, 1 the input is wrong (said with its place), 2 the command was used wrongly, 3 the machine failed.

mod assess;
mod calibrate;
mod check;
mod database;
mod demo;
mod files;
mod import;
mod out;
mod rehearse;
mod scenario;
mod serve;
mod simulate;
mod staff;
mod stop;
mod verify;
mod whole;

/// A rehearsal makes and drops small things a million times a second; the system's allocator takes a quarter of its time.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

use clap::{Parser, Subcommand};
use std::path::PathBuf;
use std::process::ExitCode;

#[derive(Parser)]
#[command(
    name = "lamella",
    version,
    about = "A recovery pathway for biologic disc repair: judge, rehearse, serve.",
    arg_required_else_help = true
)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Read a pathway and say what is wrong with it.
    Check {
        /// The pathway's folder, such as pathways/annular-fibrin.
        pathway: PathBuf,
        /// Print JSON for editors: `revision`, `hash`, `diagnostics`.
        #[arg(long)]
        json: bool,
    },
    /// Judge a record by a pathway.
    Assess {
        /// The pathway's folder.
        pathway: PathBuf,
        /// The record file (JSON); `-` reads standard input.
        record: PathBuf,
        /// The moment to judge at, with its offset, such as 2026-03-11T10:42:00+01:00 (default: now).
        #[arg(long)]
        at: Option<String>,
        /// Language of the sentences.
        #[arg(long, default_value = "en", value_parser = ["en", "es"])]
        lang: String,
        /// Pretend that the reading stands at STATE: `reading=STATE`.
        #[arg(long)]
        assume: Option<String>,
        /// Print the whole assessment as JSON.
        #[arg(long)]
        json: bool,
    },
    /// Run scenarios: day-by-day rehearsals with the expected verdict in the line.
    Rehearse {
        /// Scenario files (Markdown).
        #[arg(required = true)]
        scenarios: Vec<PathBuf>,
        /// Write what happened into the files where it differs from what was expected.
        #[arg(long)]
        accept: bool,
    },
    /// Prove properties of a pathway over its whole answer space, or print a witness that breaks one.
    Verify {
        /// The pathway's folder.
        pathway: PathBuf,
        /// Print JSON.
        #[arg(long)]
        json: bool,
    },
    /// Rehearse a pathway on virtual people.
    Simulate(simulate::Simulate),
    /// Find the reading's thresholds for a promised false-alarm rate.
    Calibrate(calibrate::Calibrate),
    /// Take check-ins out of a table (CSV) into records.
    Import(import::Import),
    /// Start a clinic of synthetic patients on this machine.
    Demo(demo::Demo),
    /// Serve a clinic.
    Serve(serve::Serve),
    /// People who work at the clinic.
    #[command(subcommand)]
    Staff(staff::Staff),
}

/// How a command ended.
enum End {
    Fine,
    InputWrong,
    UsedWrongly,
    MachineFailed,
}

impl From<End> for ExitCode {
    fn from(end: End) -> ExitCode {
        ExitCode::from(match end {
            End::Fine => 0,
            End::InputWrong => 1,
            End::UsedWrongly => 2,
            End::MachineFailed => 3,
        })
    }
}

fn main() -> ExitCode {
    let cli = Cli::parse();
    let end = match cli.command {
        Command::Check { pathway, json } => check::run(&pathway, json),
        Command::Assess { pathway, record, at, lang, assume, json } => {
            assess::run(&pathway, &record, at.as_deref(), &lang, assume.as_deref(), json)
        }
        Command::Rehearse { scenarios, accept } => rehearse::run(&scenarios, accept),
        Command::Verify { pathway, json } => verify::run(&pathway, json),
        Command::Simulate(simulate) => simulate::run(&simulate),
        Command::Calibrate(calibrate) => calibrate::run(&calibrate),
        Command::Import(import) => import::run(&import),
        Command::Demo(demo) => demo::run(&demo),
        Command::Serve(serve) => serve::run(&serve),
        Command::Staff(staff) => staff::run(&staff),
    };
    out::ended(end).into()
}
