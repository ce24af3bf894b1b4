//! `lamella rehearse`

use crate::End;
use crate::files::{load_pathways, pathway_files, plain, write};
use crate::out::{complain, say};
use crate::scenario::{self, Check, Files, Source};
use lamella_engine::Pathways;
use lamella_pathway::Diagnostic;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// How many different outcomes of one claim are shown.
const SHOWN: usize = 3;

/// Runs scenario files; a folder stands for the Markdown files in it.
pub fn run(scenarios: &[PathBuf], accept: bool) -> End {
    let mut run = Run { accept, pathways: BTreeMap::new(), total: Total::default() };
    let files = match scenarios.iter().map(|path| scenario_files(path)).collect::<Result<Vec<_>, _>>() {
        Ok(files) => files.concat(),
        Err((what, end)) => {
            complain!("error: {what}");
            return end;
        }
    };
    for file in &files {
        if let Err(end) = run.file(file) {
            return end;
        }
    }
    run.total.end()
}

/// A folder's Markdown files, or the file itself.
fn scenario_files(path: &Path) -> Result<Vec<PathBuf>, (String, End)> {
    if !path.is_dir() {
        return Ok(vec![path.to_path_buf()]);
    }
    let names = pathway_files(path)?.into_iter().map(|(name, _)| path.join(name));
    Ok(names.collect())
}

#[derive(Default)]
struct Total {
    rehearsals: usize,
    lines: usize,
    differences: usize,
    accepted: usize,
    wrong: usize,
}

impl Total {
    fn end(&self) -> End {
        let count = |number: usize, word: &str| if number == 1 { format!("1 {word}") } else { format!("{number} {word}s") };
        let accepted = if self.accepted > 0 { format!(", {} accepted", self.accepted) } else { String::new() };
        let wrong = if self.wrong > 0 { format!(", {}", count(self.wrong, "error")) } else { String::new() };
        let (rehearsals, lines) = (count(self.rehearsals, "rehearsal"), count(self.lines, "line"));
        say!("{rehearsals}, {lines}, {}{accepted}{wrong}", count(self.differences, "difference"));
        if self.wrong == 0 && self.differences == self.accepted { End::Fine } else { End::InputWrong }
    }
}

struct Run {
    accept: bool,
    /// Pathways by folder, each read once.
    pathways: BTreeMap<PathBuf, (Files, Pathways)>,
    total: Total,
}

impl Run {
    fn file(&mut self, path: &Path) -> Result<(), End> {
        let shown = path.display().to_string();
        let text = crate::files::read_text(path).map_err(|error| {
            complain!("error: `{shown}` {}", plain(&error));
            End::InputWrong
        })?;
        let folder = path.parent().unwrap_or(Path::new("")).join(scenario::pathway_of(&text));
        let (files, pathways) = self.pathway(&folder)?.clone();
        let mut source = Source::new(&shown, &text);
        let rehearsals = scenario::read(&mut source, &files, pathways.current());
        self.total.rehearsals += rehearsals.len();
        self.total.lines += rehearsals.iter().map(|rehearsal| rehearsal.lines.len()).sum::<usize>();
        let mut checks = vec![];
        for rehearsal in &rehearsals {
            let played = scenario::play(rehearsal, &pathways, &mut source);
            show(&shown, rehearsal.title.text, &source, &played);
            checks.extend(played);
        }
        self.total.differences += differing(&checks).len();
        self.total.wrong += source.found.len();
        source.found.iter().for_each(|found| crate::out::aside(underlined(found, &text)));
        if self.accept { self.mend(path, &text, &checks) } else { Ok(()) }
    }

    fn pathway(&mut self, folder: &Path) -> Result<&(Files, Pathways), End> {
        if !self.pathways.contains_key(folder) {
            let pathways = load_pathways(folder)?;
            let files = pathway_files(folder).map_err(|(what, end)| {
                complain!("error: {what}");
                end
            })?;
            self.pathways.insert(folder.to_path_buf(), (files, pathways));
        }
        self.pathways.get(folder).ok_or(End::MachineFailed)
    }

    /// Writes what is the case where it differs from what is claimed, and nothing else.
    fn mend(&mut self, path: &Path, text: &str, checks: &[Check]) -> Result<(), End> {
        let mut mended = text.to_string();
        for (start, checks) in differing(checks).into_iter().rev() {
            let mut words: Vec<&str> = checks.iter().map(|check| check.got.as_str()).collect();
            words.dedup();
            let end = checks.first().map_or(start, |check| check.claim.end());
            match words.as_slice() {
                [words] if !words.starts_with("nothing:") => {
                    mended.replace_range(start..end, words);
                    self.total.accepted += 1;
                }
                _ => {
                    let line = Source::new("", text).place(start).0;
                    complain!("error: {}:{line}: not accepted: the days of this line differ; split it", path.display());
                }
            }
        }
        if mended == text {
            return Ok(());
        }
        write(path, &mended).map_err(|what| {
            complain!("error: {what}");
            End::MachineFailed
        })
    }
}

/// All looks at each claim that differs on some day, by where the claim starts.
fn differing<'c, 'a>(checks: &'c [Check<'a>]) -> BTreeMap<usize, Vec<&'c Check<'a>>> {
    let mut by_claim: BTreeMap<usize, Vec<&Check>> = BTreeMap::new();
    for check in checks {
        by_claim.entry(check.claim.start).or_default().push(check);
    }
    by_claim.retain(|_, checks| checks.iter().any(|check| !check.agrees));
    by_claim
}

/// Says each difference: where, when, what was expected, what came. Days that differ alike are said once.
fn show(file: &str, title: &str, source: &Source, checks: &[Check]) {
    for (start, checks) in differing(checks) {
        let (line, column) = source.place(start);
        say!("{file}:{line}:{column}: {title}");
        let differ: Vec<&Check> = checks.into_iter().filter(|check| !check.agrees).collect();
        let alike: Vec<&[&Check]> = differ.chunk_by(|a, b| a.got == b.got).collect();
        for check in alike.iter().filter_map(|alike| alike.first()).take(SHOWN) {
            say!("    {}: expected {}\n    {:width$}  got      {}", check.at, check.expected, "", check.got, width = check.at.len());
        }
        if alike.len() > SHOWN {
            say!("    and {} more that differ", alike.len() - SHOWN);
        }
    }
}

/// What is wrong, with its line underlined. Columns count characters: a claim stands behind an arrow, which is three bytes.
fn underlined(found: &Diagnostic, text: &str) -> String {
    let place = &found.place;
    let line = text.lines().nth(place.line.saturating_sub(1)).unwrap_or("");
    let number = place.line.to_string();
    let (margin, skip) = (" ".repeat(number.len()), " ".repeat(place.column.saturating_sub(1)));
    let hint = if found.hint.is_empty() { String::new() } else { format!("{margin} = {}\n", found.hint) };
    let head = format!("{}:{number}:{}: error[{}]: {}", place.file, place.column, found.name, found.what);
    format!("{head}\n{number} | {line}\n{margin} | {skip}{}\n{hint}", "^".repeat(place.length.max(1)))
}
