//! `lamella staff`

use crate::End;
use crate::database::Database;
use crate::files::load_pathways;
use crate::out::{complain, say};
use jiff::tz::TimeZone;
use lamella_desk::DeskError;
use std::io::{BufRead, IsTerminal};
use std::path::PathBuf;

/// People who work at the clinic.
#[derive(clap::Subcommand)]
pub enum Staff {
    /// Add somebody who may sign in, or give them a new password.
    Add {
        /// What they type to sign in.
        login: String,
        /// Their name, as colleagues and patients see it.
        #[arg(long)]
        name: String,
        #[command(flatten)]
        database: Database,
        /// The pathway's folder.
        #[arg(long, default_value = "pathways/annular-fibrin")]
        pathway: PathBuf,
    },
}

/// Adds somebody. The password is asked for on a terminal, or read as one line from standard input.
pub fn run(staff: &Staff) -> End {
    let Staff::Add { login, name, database, pathway } = staff;
    let password = match password() {
        Ok(password) => password,
        Err(what) => {
            complain!("error: {what}");
            return End::InputWrong;
        }
    };
    let pathways = match load_pathways(pathway) {
        Ok(pathways) => pathways,
        Err(end) => return end,
    };
    let desk = match database.desk(pathways, TimeZone::UTC) {
        Ok((desk, _)) => desk,
        Err((what, end)) => {
            complain!("error: {what}");
            return end;
        }
    };
    match desk.add_staff(login, name, &password) {
        Ok(()) => {
            say!("{name} can sign in as {}.", login.trim().to_lowercase());
            End::Fine
        }
        Err(error) => {
            complain!("error: {error}");
            if matches!(error, DeskError::Wrong { .. }) { End::InputWrong } else { End::MachineFailed }
        }
    }
}

fn password() -> Result<String, String> {
    if !std::io::stdin().is_terminal() {
        let mut line = String::new();
        std::io::stdin().lock().read_line(&mut line).map_err(|error| format!("no password could be read: {error}"))?;
        return Ok(line.trim_end_matches(['\r', '\n']).to_string());
    }
    let ask = |prompt: &str| rpassword::prompt_password(prompt).map_err(|error| format!("no password could be read: {error}"));
    let first = ask("Password (at least 12 letters; four random words do well): ")?;
    if first != ask("Once more: ")? {
        return Err("the two passwords differ; nothing was changed".to_string());
    }
    Ok(first)
}
