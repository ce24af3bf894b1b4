//! The other blocks: rules, phases, restrictions, texts.

use super::*;

impl<'a> Maker<'a> {
    pub(super) fn rule(&mut self, decl: &'a Decl) -> Rule {
        let mut when = None;
        let mut level = None;
        let mut answer_within = None;
        let mut sources = vec![];
        for line in &decl.lines {
            match line.words().as_slice() {
                ["when", ..] => when = self.condition(line, 1).or(Some(Cond::Any(vec![]))),
                ["then", _] => level = self.level_word(line, 1),
                ["then", _, ",", rest @ ..] => {
                    level = self.level_word(line, 1);
                    answer_within = self.within(line, rest, 3);
                }
                ["source", ..] => sources = self.sources_named(line),
                _ => self.not_understood(line, "rule", &["when …", "then LEVEL", "source ID"]),
            }
        }
        if when.is_none() || level.is_none() {
            let missing = if when.is_none() { "when" } else { "then" };
            self.error(&decl.place, "no-rule", format!("`{}` has no `{missing}`", decl.id), format!("add a line `{missing} …`"));
        }
        let when = when.unwrap_or(Cond::Any(vec![]));
        let mut reads: Vec<u16> = vec![];
        let (mut on_stopped, mut remembers) = (false, false);
        when.each(&mut |cond| {
            on_stopped |= matches!(cond, Cond::Stopped);
            remembers |= matches!(cond, Cond::Within { .. } | Cond::First { .. });
            reads.extend(cond.question());
        });
        reads.sort_unstable();
        reads.dedup();
        Rule {
            id: decl.id.clone(),
            text: self.texts(decl, &[]),
            safety: decl.what == What::Rule { safety: true },
            when,
            level: level.unwrap_or(Level::Watch),
            answer_within,
            sources,
            reads,
            on_stopped,
            remembers,
        }
    }

    fn sources_named(&mut self, line: &Line) -> Vec<String> {
        let tree = self.tree;
        let known: Vec<&str> = tree.decls.iter().filter(|decl| decl.what == What::Source).map(|decl| decl.id.as_str()).collect();
        let words = line.words();
        let mut named = vec![];
        for (index, word) in listed(&words).skip(1) {
            if !known.contains(&word) {
                let hint = did_you_mean(word, known.iter().copied());
                self.error(line.at(index), "unknown-source", format!("there is no source `{word}`"), hint);
            }
            named.push(word.to_string());
        }
        named
    }

    pub(super) fn phase(&mut self, decl: &'a Decl) -> Phase {
        let mut phase = Phase {
            id: decl.id.clone(),
            text: self.texts(decl, &[]),
            from: 0,
            to: -1,
            enter: None,
            held_watch_after: None,
            cadence: vec![],
            silence: None,
        };
        for line in &decl.lines {
            match line.words().as_slice() {
                ["day", "from", _] => (phase.from, phase.to) = (i32::from(self.count(line, 2)), i32::MAX),
                ["day", range] => (phase.from, phase.to) = self.range(line, range_of(range)),
                ["enter", "when", "level", "at", "most", _, "over", _, "days"] => {
                    let days = self.count(line, 7);
                    phase.enter = self.level_word(line, 5).map(|level| (level, days));
                }
                ["held", "watch", "after", _, "days" | "day"] => phase.held_watch_after = Some(self.count(line, 3)),
                ["check", "in", "every", _, "days" | "day", rest @ ..] => {
                    let every_days = self.count(line, 3).max(1);
                    let cadence = self.cadence(line, every_days, rest);
                    phase.cadence.extend(cadence);
                }
                ["silence", "watch", "after", _, "days" | "day", ",", "attention", "after", _, "days" | "day"] => {
                    phase.silence = Some((self.count(line, 3), self.count(line, 8)));
                }
                _ => self.not_understood(
                    line,
                    "phase",
                    &[
                        "day A..B",
                        "enter when level at most LEVEL over N days",
                        "held watch after N days",
                        "check in every N days",
                        "silence watch after N days, attention after M days",
                    ],
                ),
            }
        }
        phase
    }

    fn cadence(&mut self, line: &Line, every_days: u16, rest: &[&str]) -> Option<Cadence> {
        let plain = Cadence { every_days, from_day: i32::MIN, calm_days: 0 };
        match rest {
            [] => Some(plain),
            ["from", "day", _] => Some(Cadence { from_day: i32::from(self.count(line, 7)), ..plain }),
            ["when", "calm", "for", _, "days"] => Some(Cadence { calm_days: self.count(line, 8), ..plain }),
            ["from", "day", _, "when", "calm", "for", _, "days"] => {
                Some(Cadence { from_day: i32::from(self.count(line, 7)), calm_days: self.count(line, 11), ..plain })
            }
            _ => {
                self.not_understood(line, "cadence", &["check in every N days from day D when calm for M days"]);
                None
            }
        }
    }

    pub(super) fn restriction(&mut self, decl: &'a Decl) -> Restriction {
        let codes: Vec<String> = decl.section.items.iter().filter_map(|item| answer(item).map(|(code, ..)| code)).collect();
        let mut made = Restriction {
            id: decl.id.clone(),
            text: self.texts(decl, &codes),
            codes,
            rows: vec![],
            clinic_must_confirm: false,
            sources: vec![],
        };
        for line in &decl.lines {
            match line.words().as_slice() {
                ["clinic", "must", "confirm"] => made.clinic_must_confirm = true,
                ["source", ..] => made.sources = self.sources_named(line),
                ["at", "most", number, unit @ .., "on", "day", range] => {
                    let allowed = self.limit(line, number);
                    let (from, to) = self.range(line, range_of(range));
                    made.rows.push(Row { from, to, allowed, unit: unit.join(" ") });
                }
                ["not", "at", "all", "on", "day", range] => {
                    let (from, to) = self.range(line, range_of(range));
                    made.rows.push(Row { from, to, allowed: Allowed::NotAtAll, unit: String::new() });
                }
                ["at", "most", number, unit @ .., "from", "day", _] => {
                    let allowed = self.limit(line, number);
                    let from = i32::from(self.count(line, line.tokens.len() - 1));
                    made.rows.push(Row { from, to: i32::MAX, allowed, unit: unit.join(" ") });
                }
                ["free", "from", "day", _] => {
                    let from = i32::from(self.count(line, 3));
                    made.rows.push(Row { from, to: i32::MAX, allowed: Allowed::Free, unit: String::new() });
                }
                [code, "from", "day", _] => {
                    let from = i32::from(self.count(line, 3));
                    let code = code.to_string();
                    self.coded_row(line, &mut made, &code, (from, i32::MAX));
                }
                [code, "on", "day", range] => {
                    let range = self.range(line, range_of(range));
                    let code = code.to_string();
                    self.coded_row(line, &mut made, &code, range);
                }
                _ => self.not_understood(
                    line,
                    "restriction",
                    &[
                        "at most N UNIT on day A..B",
                        "not at all on day A..B",
                        "CODE on day A..B",
                        "free from day A",
                        "clinic must confirm",
                        "source ID",
                    ],
                ),
            }
        }
        made
    }

    fn limit(&mut self, line: &Line, number: &str) -> Allowed {
        match tenths(number) {
            Some(tenths) => Allowed::AtMost(tenths),
            None => {
                self.error(line.at(2), "bad-number", format!("`{number}` is not a number"), "such as `2` or `2.5`".to_string());
                Allowed::NotAtAll
            }
        }
    }

    fn coded_row(&mut self, line: &Line, made: &mut Restriction, code: &str, (from, to): (i32, i32)) {
        match made.codes.iter().position(|known| known == code) {
            Some(place) => made.rows.push(Row { from, to, allowed: Allowed::Code(place as u8), unit: String::new() }),
            None => {
                let hint = did_you_mean(code, made.codes.iter().map(String::as_str));
                self.error(line.at(0), "unknown-code", format!("`{}` has no level `{code}`", made.id), hint);
            }
        }
    }

    pub(super) fn source(&mut self, decl: &'a Decl) -> Source {
        let mut mark = String::new();
        for line in &decl.lines {
            match line.words().as_slice() {
                ["mark", word @ ("V" | "Vw" | "D" | "M")] => mark = word.to_string(),
                _ => self.not_understood(line, "source", &["mark V", "mark Vw", "mark D", "mark M"]),
            }
        }
        if mark.is_empty() {
            self.error(&decl.place, "no-mark", format!("`{}` has no mark", decl.id), "add `mark V`, `Vw`, `D` or `M`".to_string());
        }
        Source { id: decl.id.clone(), mark, text: self.texts(decl, &[]) }
    }

    pub(super) fn level(&mut self, decl: &'a Decl) -> LevelText {
        let level = match decl.what {
            What::Level(level) => level,
            _ => Level::Watch,
        };
        let mut answer_within = None;
        for line in &decl.lines {
            answer_within = self.within(line, &line.words(), 0);
        }
        LevelText { level, text: self.texts(decl, &[]), answer_within }
    }

    pub(super) fn card(&mut self, decl: &'a Decl) -> Card {
        let level = match decl.what {
            What::Card(level) => level,
            _ => Level::Emergency,
        };
        Card { level, text: self.texts(decl, &[]) }
    }

    pub(super) fn notice(&mut self, decl: &'a Decl) -> Notice {
        const KNOWN: [&str; 7] = ["unknown", "silence", "hold", "as-before", "reviewed", "history", "not-asked"];
        let id = decl.id.trim_start_matches("notice-").to_string();
        if !KNOWN.contains(&id.as_str()) {
            let hint = did_you_mean(&id, KNOWN.into_iter());
            self.error(&decl.place, "unknown-notice", format!("there is no notice `{id}`"), hint);
        }
        Notice { id, text: self.texts(decl, &[]) }
    }

    pub(super) fn page(&mut self, decl: &'a Decl) -> Page {
        Page { id: decl.id.clone(), text: self.texts(decl, &[]) }
    }

    pub(super) fn contact(&mut self, decl: &'a Decl) -> Contact {
        let mut contact = Contact { text: self.texts(decl, &[]), ..Contact::default() };
        for line in &decl.lines {
            let number = |word: &str| word.trim_matches('"').to_string();
            match line.words().as_slice() {
                ["clinic", word] => contact.clinic = number(word),
                ["emergency", word] => contact.emergency = number(word),
                ["crisis", word] => contact.crisis = number(word),
                ["after", "hours", word] => contact.after_hours = number(word),
                ["hours", days, times] => match hours_of(days, times) {
                    Some(hours) => contact.hours.push(hours),
                    None => {
                        let hint = "write it like `hours mon-fri 08:00..17:00`".to_string();
                        self.error(&line.place, "bad-hours", "these are not opening hours".to_string(), hint);
                    }
                },
                _ => self.not_understood(
                    line,
                    "contact",
                    &[
                        "clinic \"NUMBER\"",
                        "emergency \"NUMBER\"",
                        "crisis \"NUMBER\"",
                        "after hours \"NUMBER\"",
                        "hours mon-fri 08:00..17:00",
                    ],
                ),
            }
        }
        contact
    }
}
